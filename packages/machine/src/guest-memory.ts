import type { FrameCaches } from "./frame-caches.ts";
import { FRAME_BYTES, type Frame } from "./frame.ts";
import { addressOf } from "./frame-pool.ts";
import type { FrameMap } from "./frame-map.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { OutOfFrames, type EngineMemory, type Machine } from "./machine.ts";
import type { OwnerId } from "./owner.ts";
import type { MemoryViews } from "./linear-memory.ts";

/** Why guest memory could not be reached: nothing there, read-only memory, or the machine out of frames. */
export type MemoryFailure = "no-memory" | "read-only" | "exhausted";

/** What an access answers: undefined = done. */
export type MemoryResult = MemoryFailure | undefined;

/** The map as the generated walkers read it. */
export interface GuestMapping {
  /** Linear address of the map: a 32-bit word for each guest frame, see {@link MAP_ENTRY}. */
  readonly frameMap: number;
  /** Guest frames in the map. */
  readonly frameCount: number;
  /** Linear address of the flag byte of machine frame 0. */
  readonly frameFlags: number;
}

/**
 * Guest-physical memory. To JavaScript (devices' DMA, firmware, loaders, debuggers): addresses are guest-physical, in bytes, safe integers.
 * Reads and writes bring absent frames in; writes copy shared ones and go through the tenant's {@link FrameWriter}. To a processor: the
 * memory it runs on, with what it must ask and what it must be told.
 */
export class GuestMemory {
  /** Which frame is where. */
  readonly map: FrameMap;
  /** The door for writes by linear address. */
  readonly writer: FrameWriter;
  /** Where the walkers find the map and the flags. */
  readonly mapping: GuestMapping;
  readonly #machine: Machine;
  readonly #engine: EngineMemory;
  readonly #scratch = new DataView(new ArrayBuffer(8));
  readonly #scratchBytes = new Uint8Array(this.#scratch.buffer);

  /** Takes over the map's `onChange`. `engine` is charged for what processors allocate for themselves. */
  constructor(machine: Machine, map: FrameMap, writer: FrameWriter, engine: OwnerId) {
    this.#machine = machine;
    this.#engine = machine.engineMemory(engine);
    this.map = map;
    this.writer = writer;
    this.mapping = { frameMap: map.address, frameCount: map.frameCount, frameFlags: machine.frameFlags };
    map.onChange = (_, frame) => writer.code.dropTranslations(frame);
  }

  /** The linear memory that generated modules import. */
  get memory(): WebAssembly.Memory {
    return this.#machine.memory;
  }
  /** Current views of it. */
  get views(): MemoryViews {
    return this.#machine.views;
  }
  /** Linear address of zeroed bytes for a processor's own structures. Throws OutOfFrames. */
  allocate(bytes: number): number {
    return this.#engine.allocate(bytes);
  }
  /** Makes the frame of a guest-physical address present, and writable where `write` says so. False where no memory answers there. */
  frameFault(physical: number, write: boolean): boolean {
    const fault = this.map.fault(Math.floor(physical / FRAME_BYTES), write);
    if (fault === "exhausted") throw new OutOfFrames(`No frame is left for guest address ${physical.toString(16)} of tenant ${this.writer.tenant}. Give the machine more memory, or end something.`);
    return fault === "ready";
  }
  /** Bytes of one frame, at a linear address, were written by generated code that found the frame's flag byte not zero. */
  frameWritten(address: number, size: number): void {
    this.writer.written(address, size);
  }
  /** A processor has nothing decoded from a frame any more. */
  codeGone(frame: Frame): void {
    this.writer.code.unmark(frame);
  }
  /** A processor begins to decode from a frame: from here on writes to it are seen. */
  codeMarked(frame: Frame): void {
    this.writer.code.mark(frame);
  }
  /** Adds a processor's caches to those that are told. Returns what takes them away. */
  attach(caches: FrameCaches): () => void {
    return this.writer.code.observe(caches);
  }

  /** Copies from guest memory into `into`. After a failure the bytes before it have been copied. */
  read(address: number, into: Uint8Array): MemoryResult {
    for (let done = 0; done < into.length; ) {
      const host = this.#reach(address + done, false);
      if (typeof host === "string") return host;
      const size = Math.min(into.length - done, FRAME_BYTES - (host % FRAME_BYTES));
      into.set(this.#machine.views.u8.subarray(host, host + size), done);
      done += size;
    }
    return undefined;
  }
  /** Copies to guest memory. After a failure the bytes before it have been written. */
  write(address: number, bytes: Uint8Array): MemoryResult {
    for (let done = 0; done < bytes.length; ) {
      const host = this.#reach(address + done, true);
      if (typeof host === "string") return host;
      const size = Math.min(bytes.length - done, FRAME_BYTES - (host % FRAME_BYTES));
      this.writer.write(host, bytes.subarray(done, done + size));
      done += size;
    }
    return undefined;
  }
  /** Sets `length` bytes to one value. */
  fill(address: number, length: number, value: number): MemoryResult {
    for (let done = 0; done < length; ) {
      const host = this.#reach(address + done, true);
      if (typeof host === "string") return host;
      const size = Math.min(length - done, FRAME_BYTES - (host % FRAME_BYTES));
      this.writer.fill(host, size, value);
      done += size;
    }
    return undefined;
  }

  /** The little-endian number of 1, 2 or 4 bytes at an address; all ones where nothing answers, as on a bus that nobody drives. */
  readNumber(address: number, size: 1 | 2 | 4): number {
    const scratch = this.#scratchBytes.subarray(0, size).fill(0xff);
    this.read(address, scratch);
    if (size === 1) return this.#scratch.getUint8(0);
    return size === 2 ? this.#scratch.getUint16(0, true) : this.#scratch.getUint32(0, true);
  }
  /** The little-endian 64-bit number at an address; all ones where nothing answers. */
  readBig(address: number): bigint {
    this.#scratchBytes.fill(0xff);
    this.read(address, this.#scratchBytes);
    return this.#scratch.getBigUint64(0, true);
  }
  /** Writes the low bytes of a number, little-endian. */
  writeNumber(address: number, size: 1 | 2 | 4, value: number): MemoryResult {
    this.#scratch.setUint32(0, value >>> 0, true);
    return this.write(address, this.#scratchBytes.subarray(0, size));
  }
  /** Writes a 64-bit number, little-endian. */
  writeBig(address: number, value: bigint): MemoryResult {
    this.#scratch.setBigUint64(0, value, true);
    return this.write(address, this.#scratchBytes);
  }

  #reach(address: number, write: boolean): number | MemoryFailure {
    const guestFrame = Math.floor(address / FRAME_BYTES);
    const fault = this.map.fault(guestFrame, write);
    if (fault !== "ready") return fault;
    return addressOf(this.map.frame(guestFrame)) + (address % FRAME_BYTES);
  }
}
