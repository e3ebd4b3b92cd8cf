import { FRAME_BYTES, NO_FRAME, type Frame } from "./frame.ts";
import { DirtyLog } from "./dirty-log.ts";
import { addressOf, frameOf, type FramePool } from "./frame-pool.ts";
import { framesOf } from "./linear-memory.ts";
import type { Machine } from "./machine.ts";
import type { OwnerId } from "./owner.ts";

/** Bits of a map entry below the frame's address. */
export const MAP_ENTRY = {
  /** The frame is there. */
  present: 1,
  /** It may be written as it is. */
  writable: 2,
  /** The guest has memory here, be it present or not. Without it the address is a device's, or nobody's. */
  memory: 4,
  /** Writes are the device's (ROM, flash): the frame is never made writable. */
  readOnly: 8,
} as const;

/** How an access to a guest frame went. */
export type MapFault = "ready" | "no-memory" | "read-only" | "exhausted";

/** What fills a guest frame on first touch, before the guest sees it. Zero is the default. */
export type FrameSource = (guestFrame: number, frame: Frame) => void;

/**
 * Guest frame → machine frame, one 32-bit word each, in linear memory where the generated walkers read it. Frames come on first touch;
 * a frame that others hold too is copied before it is written.
 *
 * Only the worker that runs the tenant changes the map. Whoever takes a right away (unmap, write protection) flushes the TLBs of that
 * tenant afterwards; giving rights needs no flush, since no TLB keeps an absence.
 */
export class FrameMap {
  /** Linear address of the first entry. */
  readonly address: number;
  /** Entries: guest frames from 0. */
  readonly frameCount: number;
  readonly #machine: Machine;
  readonly #pool: FramePool;
  readonly #owner: OwnerId;
  /** Fills frames on first touch. */
  source: FrameSource | undefined;
  /** Called when a guest frame's machine frame was taken away, exchanged or lost a right: TLB entries that lead to `frame` must go. */
  onChange: ((guestFrame: number, frame: Frame) => void) | undefined;
  #log: DirtyLog | undefined;

  /** A map of `frameCount` guest frames, all of them nobody's yet. Its own frames are charged to `owner`. Throws OutOfFrames. */
  constructor(machine: Machine, owner: OwnerId, frameCount: number) {
    this.#machine = machine;
    this.#pool = machine.pool;
    this.#owner = owner;
    this.frameCount = frameCount;
    this.address = machine.engineMemory(owner).allocate(frameCount * 4);
  }

  /** Declares guest memory in `count` guest frames from `first`: filled on first touch. */
  addMemory(first: number, count: number): void {
    for (let n = first; n < first + count; n++) this.#set(n, MAP_ENTRY.memory);
  }
  /** Declares read-only guest memory: filled on first touch, writes to it go to the device. */
  addReadOnly(first: number, count: number): void {
    for (let n = first; n < first + count; n++) this.#set(n, MAP_ENTRY.memory | MAP_ENTRY.readOnly);
  }
  /** Takes guest memory away, with what it holds. */
  remove(first: number, count: number): void {
    for (let n = first; n < first + count; n++) {
      this.discard(n);
      this.#set(n, 0);
    }
  }

  /** The entry of a guest frame: address and bits; 0 beyond the map. */
  entry(guestFrame: number): number {
    return guestFrame < this.frameCount ? this.#machine.views.u32[this.#word(guestFrame)]! : 0;
  }
  /** The machine frame of a guest frame, NO_FRAME where none is present. */
  frame(guestFrame: number): Frame {
    const entry = this.entry(guestFrame);
    return entry & MAP_ENTRY.present ? frameOf(entry) : NO_FRAME;
  }

  /** Makes a guest frame present, and writable where `write` says so: zero or the source's content on first touch, a copy where others hold it. */
  fault(guestFrame: number, write: boolean): MapFault {
    const entry = this.entry(guestFrame);
    if (!(entry & MAP_ENTRY.memory)) return "no-memory";
    if (write && entry & MAP_ENTRY.readOnly) return "read-only";
    if (!(entry & MAP_ENTRY.present)) return this.#fill(guestFrame, entry, write);
    if (!write || entry & MAP_ENTRY.writable) return "ready";
    return this.#makeWritable(guestFrame, entry);
  }

  /** Points a guest frame at a frame that the caller has referenced for the owner already, write-protected. */
  adopt(guestFrame: number, frame: Frame): void {
    this.discard(guestFrame);
    this.#set(guestFrame, addressOf(frame) | (this.entry(guestFrame) & MAP_ENTRY.readOnly) | MAP_ENTRY.memory | MAP_ENTRY.present);
    this.#log?.note(guestFrame);
  }
  /** As `adopt`, of a frame with the same content: nothing that the guest sees has changed. */
  replace(guestFrame: number, frame: Frame): void {
    const log = this.#log;
    this.#log = undefined;
    this.adopt(guestFrame, frame);
    this.#log = log;
  }
  /** Takes the right to write away: the next write finds out whether a copy is needed. */
  protect(guestFrame: number): void {
    const entry = this.entry(guestFrame);
    if (!(entry & MAP_ENTRY.writable)) return;
    this.#set(guestFrame, entry & ~MAP_ENTRY.writable);
    this.onChange?.(guestFrame, frameOf(entry));
  }
  /** Gives a guest frame's content up (a balloon, a reset): the next touch fills it anew. */
  discard(guestFrame: number): void {
    const entry = this.entry(guestFrame);
    if (!(entry & MAP_ENTRY.present)) return;
    this.#set(guestFrame, entry & (MAP_ENTRY.memory | MAP_ENTRY.readOnly));
    this.onChange?.(guestFrame, frameOf(entry));
    this.#pool.release(this.#owner, frameOf(entry));
    this.#log?.note(guestFrame);
  }

  /**
   * Gives another map of the same size, mostly a clone's, everything that this one has: both share the frames until one of them writes.
   * False where the machine has no frame left for the tables; the other map then has a part of it.
   */
  shareWith(other: FrameMap): boolean {
    for (let n = 0; n < this.frameCount; n++) {
      const entry = this.entry(n);
      other.remove(n, 1);
      other.#set(n, entry & (MAP_ENTRY.memory | MAP_ENTRY.readOnly));
      if (!(entry & MAP_ENTRY.present)) continue;
      // Protected before a second tenant has it: an immutable frame is writable in no map.
      this.protect(n);
      if (!this.#pool.reference(other.#owner, frameOf(entry))) return false;
      other.adopt(n, frameOf(entry));
    }
    return true;
  }

  /** Begins to log writes, or a further round of it: every frame is write-protected. */
  startLog(): void {
    this.#log ??= new DirtyLog();
    for (let n = 0; n < this.frameCount; n++) this.protect(n);
  }
  /** Guest frames written or exchanged since the log was started or last asked, in order; they are watched again. Empty where there is no log. */
  takeLog(): number[] {
    const frames = this.#log?.take() ?? [];
    for (const n of frames) this.protect(n);
    return frames;
  }
  /** Logs no more. */
  stopLog(): void {
    this.#log = undefined;
  }

  /** Whom its frames are charged to. */
  get owner(): OwnerId {
    return this.#owner;
  }
  /** Releases all frames and the map itself. */
  dispose(): void {
    this.remove(0, this.frameCount);
    this.#machine.engineMemory(this.#owner).release(this.address, this.frameCount * 4);
  }
  /** Frames of the map itself. */
  get tableFrames(): number {
    return framesOf(this.frameCount * 4);
  }

  #fill(guestFrame: number, entry: number, write: boolean): MapFault {
    const frame = this.#pool.allocate(this.#owner);
    if (frame === NO_FRAME) return "exhausted";
    this.source?.(guestFrame, frame);
    // With a log, the first write must be seen.
    const writable = !(entry & MAP_ENTRY.readOnly) && (write || !this.#log);
    if (write) this.#log?.note(guestFrame);
    this.#set(guestFrame, addressOf(frame) | (entry & MAP_ENTRY.readOnly) | MAP_ENTRY.memory | MAP_ENTRY.present | (writable ? MAP_ENTRY.writable : 0));
    return "ready";
  }
  /** The last holder keeps the frame; references of the tenant's own owners count too, for a clone inside one tenant shares as well. */
  #makeWritable(guestFrame: number, entry: number): MapFault {
    const old = frameOf(entry);
    if (this.#pool.references(old) > 1) {
      const copy = this.#pool.allocate(this.#owner);
      if (copy === NO_FRAME) return "exhausted";
      this.#machine.views.u8.copyWithin(addressOf(copy), addressOf(old), addressOf(old) + FRAME_BYTES);
      this.#set(guestFrame, addressOf(copy) | MAP_ENTRY.memory | MAP_ENTRY.present | MAP_ENTRY.writable);
      this.onChange?.(guestFrame, old);
      this.#pool.release(this.#owner, old);
    } else this.#set(guestFrame, entry | MAP_ENTRY.writable);
    this.#log?.note(guestFrame);
    return "ready";
  }
  #set(guestFrame: number, entry: number): void {
    if (guestFrame >= this.frameCount) throw new Error(`Guest frame ${guestFrame} lies beyond the map of ${this.frameCount} frames.`);
    this.#machine.views.u32[this.#word(guestFrame)] = entry;
  }
  #word(guestFrame: number): number {
    return (this.address >>> 2) + guestFrame;
  }
}
