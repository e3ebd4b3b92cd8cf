import { assemble } from "@ringzero/x86";
import type { BootImage, Segment } from "../boot/image.ts";
import { MEMORY } from "../layout.ts";
import { memoryMap } from "../memory-map.ts";
import { biosSource } from "./bios.asm.ts";

const SEGMENT = 0xf000, MAP = 0xf000;
/** Entries of the table at the BIOS's beginning. */
const START = 0, NOTHING = 1, MASTER = 12, SLAVE = 13, ABSENT = 14;
/** Which entry each interrupt vector leads to; others do nothing. */
const BIOS_VECTORS: Readonly<Record<number, number>> = {
  0x08: 2, 0x09: 3, 0x0a: MASTER, 0x0b: MASTER, 0x0c: MASTER, 0x0d: MASTER, 0x0e: MASTER, 0x0f: MASTER,
  0x10: 4, 0x11: 5, 0x12: 6, 0x13: 7, 0x14: ABSENT, 0x15: 8, 0x16: 9, 0x17: ABSENT, 0x19: 10, 0x1a: 11,
  0x70: SLAVE, 0x71: SLAVE, 0x72: SLAVE, 0x73: SLAVE, 0x74: SLAVE, 0x75: SLAVE, 0x76: SLAVE, 0x77: SLAVE,
};
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
  return { segments, enter: (reset) => ({ ...reset, rip: BigInt(START), segments: reset.segments.map((s, i) => (i === 1 ? { ...s, selector: SEGMENT, base: BigInt(SEGMENT * 16) } : s)) }) };
}
function vectors(): Uint8Array {
  const bytes = new Uint8Array(1024), view = new DataView(bytes.buffer);
  for (let n = 0; n < 256; n++) {
    view.setUint16(n * 4, (BIOS_VECTORS[n] ?? NOTHING) * 3, true);
    view.setUint16(n * 4 + 2, SEGMENT, true);
  }
  return bytes;
}
