import type { FrameMapping } from "./engine/core.ts";
import type { VcpuMemory } from "./vcpu-memory.ts";

const FRAME = 4096;

/**
 * A vCPU's memory without a machine around it: RAM from guest-physical address 0, every frame present from the start. For tests, labs and tools;
 * guests of a simulated machine use its frame pool.
 */
export class PlainMemory implements VcpuMemory {
  /** The linear memory. */
  readonly memory: WebAssembly.Memory;
  readonly mapping: FrameMapping;
  /** Bytes of guest memory. */
  readonly size: number;
  readonly #ram: number;
  readonly #writers: ((host: number, size: number) => void)[] = [];
  #end: number;

  /** @param mebibytes of guest memory; the linear memory is larger by the engine's structures */
  constructor(mebibytes: number) {
    this.size = mebibytes << 20;
    const frames = this.size / FRAME;
    this.memory = new WebAssembly.Memory({ initial: 16, maximum: Math.min(65536, (mebibytes + 768) * 16) });
    // One flag byte for every frame that the linear memory can ever have.
    this.#end = FRAME;
    const frameFlags = this.allocate(Math.min(65536, (mebibytes + 768) * 16) * 16);
    const frameMap = this.allocate(frames * 4);
    this.#ram = this.allocate(this.size);
    this.mapping = { frameMap, frameCount: frames, frameFlags };
    const map = new Uint32Array(this.memory.buffer, frameMap, frames);
    for (let i = 0; i < frames; i++) map[i] = (this.#ram + i * FRAME) | 3;
  }

  allocate(bytes: number): number {
    const at = this.#end;
    this.#end += Math.ceil(bytes / FRAME) * FRAME;
    const missing = this.#end - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / 65536));
    return at;
  }
  frameFault(): boolean { return false; }
  /** Has `listener` told of every write made through this object, by address in linear memory. */
  onWrite(listener: (host: number, size: number) => void): void { this.#writers.push(listener); }

  /** Copies bytes to a guest-physical address. Throws a RangeError beyond the end. */
  write(physical: number, bytes: Uint8Array | readonly number[]): void {
    new Uint8Array(this.memory.buffer, this.#ram, this.size).set(bytes, physical);
    for (let done = 0; done < bytes.length;) {
      const at = this.#ram + physical + done, size = Math.min(bytes.length - done, FRAME - (at % FRAME));
      for (const listener of this.#writers) listener(at, size);
      done += size;
    }
  }
  /** Guest memory itself, to look at: valid until the linear memory grows. */
  view(physical: number, length: number): Uint8Array { return new Uint8Array(this.memory.buffer, this.#ram + physical, length); }
  /** A copy of guest memory. */
  read(physical: number, length: number): Uint8Array { return new Uint8Array(this.memory.buffer, this.#ram + physical, length).slice(); }
  /** Numbers in guest memory, little-endian. */
  readNumber(physical: number, size: 1 | 2 | 4): number {
    const v = new DataView(this.memory.buffer, this.#ram);
    return size === 1 ? v.getUint8(physical) : size === 2 ? v.getUint16(physical, true) : v.getUint32(physical, true);
  }
  /** A 64-bit number in guest memory, little-endian. */
  readBig(physical: number): bigint { return new DataView(this.memory.buffer, this.#ram).getBigUint64(physical, true); }
  /** Writes a number of 1, 2 or 4 bytes, little-endian. */
  writeNumber(physical: number, size: 1 | 2 | 4, value: number): void {
    this.write(physical, [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24].slice(0, size));
  }
  /** Writes a 64-bit number, little-endian. */
  writeBig(physical: number, value: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
    this.write(physical, bytes);
  }
}
