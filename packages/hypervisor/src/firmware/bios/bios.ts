import { assemble } from "@ringzero/x86";
import type { BootImage, Segment } from "../../boot/image.ts";
import { MEMORY } from "../../layout.ts";
import { memoryMap } from "../../memory-map.ts";
import { BIOS_ENTRIES, biosSource } from "./bios.asm.ts";

const SEGMENT = 0xf000, MAP = 0xf000;
type Entry = (typeof BIOS_ENTRIES)[number];
/** Which entry each interrupt vector leads to; others do nothing. */
const BIOS_VECTORS: Readonly<Record<number, Entry>> = {
  0x08: "int08", 0x09: "int09", 0x0a: "master", 0x0b: "master", 0x0c: "master", 0x0d: "master", 0x0e: "master", 0x0f: "master",
  0x10: "int10", 0x11: "int11", 0x12: "int12", 0x13: "int13", 0x14: "absent", 0x15: "int15", 0x16: "int16", 0x17: "absent", 0x19: "int19", 0x1a: "int1a",
  0x70: "slave", 0x71: "slave", 0x72: "slave", 0x73: "slave", 0x74: "slave", 0x75: "slave", 0x76: "slave", 0x77: "slave",
};
/** Offset in the BIOS's segment of the jump to a label. */
const entry = (label: Entry): number => BIOS_ENTRIES.indexOf(label) * 3;
let code: Uint8Array | undefined;

/** Our BIOS, about to run: its code, the interrupt vectors, and the processor in real mode at its beginning. */
export function biosBoot(memory: number): BootImage {
  code ??= assemble(biosSource, { bits: 16, origin: 0, file: "bios" }).bytes;
  const map = memoryMap(memory), table = new Uint8Array(2 + 20 * map.length), view = new DataView(table.buffer);
  view.setUint16(0, map.length, true);
  map.forEach((r, i) => {
    view.setBigUint64(2 + 20 * i, BigInt(r.base), true);
    view.setBigUint64(10 + 20 * i, BigInt(r.length), true);
    view.setUint32(18 + 20 * i, r.kind, true);
  });
  const segments: Segment[] = [
    { address: 0, bytes: vectors() }, { address: SEGMENT * 16, bytes: code }, { address: SEGMENT * 16 + MAP, bytes: table },
    // Keyboard buffer: empty.
    { address: MEMORY.biosData + 0x1a, bytes: Uint8Array.of(0x1e, 0, 0x1e, 0) },
  ];
  return { segments, enter: (reset) => ({ ...reset, rip: BigInt(entry("start")), segments: reset.segments.map((s, i) => (i === 1 ? { ...s, selector: SEGMENT, base: BigInt(SEGMENT * 16) } : s)) }) };
}
function vectors(): Uint8Array {
  const bytes = new Uint8Array(1024), view = new DataView(bytes.buffer);
  for (let n = 0; n < 256; n++) {
    view.setUint16(n * 4, entry(BIOS_VECTORS[n] ?? "nothing"), true);
    view.setUint16(n * 4 + 2, SEGMENT, true);
  }
  return bytes;
}
