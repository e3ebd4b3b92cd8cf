import { FRAME_BYTES, type FrameMap, type GuestMemory, type TenantTimeState } from "@ringzero/machine";
import type { VcpuState } from "@ringzero/x86";

/** Version of the snapshot's schema. A reader refuses what it does not know. */
export const SNAPSHOT_VERSION = 1;

/** The architectural state of a virtual machine between two instructions, plain data: no caches, no frame numbers of the machine. */
export interface VirtualMachineSnapshot {
  /** Of this schema. */
  readonly version: typeof SNAPSHOT_VERSION;
  /** Bytes of memory, and the processor model's name: a snapshot goes back into the same platform. */
  readonly memory: number;
  /** Name of the processor's model. */
  readonly model: string;
  /** The processor. */
  readonly vcpu: VcpuState;
  /** Devices by name. */
  readonly board: { readonly [part: string]: unknown };
  /** Clock and armed timers. */
  readonly time: TenantTimeState;
  /** Guest frames that are not all zeros, in order, and their contents one after the other. */
  readonly frames: Uint32Array;
  /** The frames' bytes. */
  readonly contents: Uint8Array;
}

/** The first `frames` guest frames, those with something in them. */
export function saveMemory(map: FrameMap, memory: GuestMemory, frames: number): Pick<VirtualMachineSnapshot, "frames" | "contents"> {
  const numbers: number[] = [], page = new Uint8Array(FRAME_BYTES), words = new BigUint64Array(page.buffer);
  let contents = new Uint8Array(1 << 20), used = 0;
  for (let n = 0; n < frames; n++) {
    if (!(map.entry(n) & 1)) continue;
    memory.read(n * FRAME_BYTES, page);
    if (words.every((w) => w === 0n)) continue;
    if (used + FRAME_BYTES > contents.length) {
      const larger = new Uint8Array(contents.length * 2);
      larger.set(contents);
      contents = larger;
    }
    contents.set(page, used);
    used += FRAME_BYTES;
    numbers.push(n);
  }
  return { frames: Uint32Array.from(numbers), contents: contents.slice(0, used) };
}

const MAGIC = 0x5a52_4d56, HEADER = 20;

/** A snapshot as bytes, for a store: a header of lengths, the state as JSON, frame numbers, contents. Not compressed. */
export function encodeSnapshot(snapshot: VirtualMachineSnapshot): Uint8Array {
  const { frames, contents, ...state } = snapshot;
  const text = new TextEncoder().encode(JSON.stringify(state, (_key, value: unknown) => {
    if (typeof value === "bigint") return { $bigint: value.toString() };
    return value instanceof Uint8Array ? { $bytes: [...value] } : value;
  }));
  const bytes = new Uint8Array(HEADER + text.length + frames.length * 4 + contents.length), view = new DataView(bytes.buffer);
  [MAGIC, SNAPSHOT_VERSION, text.length, frames.length, contents.length].forEach((n, i) => view.setUint32(i * 4, n, true));
  bytes.set(text, HEADER);
  frames.forEach((n, i) => view.setUint32(HEADER + text.length + i * 4, n, true));
  bytes.set(contents, HEADER + text.length + frames.length * 4);
  return bytes;
}
/** The snapshot in such bytes. Throws an Error where they are none, or another version's. */
export function decodeSnapshot(bytes: Uint8Array): VirtualMachineSnapshot {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [magic, version, text, frames, contents] = bytes.length < HEADER ? [0, 0, 0, 0, 0] : ([0, 4, 8, 12, 16].map((at) => view.getUint32(at, true)) as [number, number, number, number, number]);
  if (magic !== MAGIC || bytes.length !== HEADER + text + frames * 4 + contents || contents !== frames * FRAME_BYTES) throw new Error("These bytes are no snapshot of a virtual machine, or a part of one only. Boot it anew.");
  if (version !== SNAPSHOT_VERSION) throw new Error(`The snapshot has version ${version}; this build reads version ${SNAPSHOT_VERSION}. Boot anew.`);
  const state = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER, HEADER + text)), (_key, value: unknown) => {
    if (value && typeof value === "object" && "$bigint" in value) return BigInt(value.$bigint as string);
    return value && typeof value === "object" && "$bytes" in value ? Uint8Array.from(value.$bytes as number[]) : value;
  }) as Omit<VirtualMachineSnapshot, "frames" | "contents">;
  const at = HEADER + text;
  return { ...state, frames: Uint32Array.from({ length: frames }, (_, i) => view.getUint32(at + i * 4, true)), contents: bytes.subarray(at + frames * 4) };
}
