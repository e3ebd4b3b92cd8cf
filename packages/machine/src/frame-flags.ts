import type { Cells } from "./cells.ts";
import type { Frame } from "./frame.ts";
import type { MemoryViews } from "./linear-memory.ts";
import type { PoolLayout } from "./pool-layout.ts";

/** Frame flag: an engine holds code decoded from the frame. */
export const FRAME_CODE: number = 1;
/** Frame flag: more than one tenant references the frame, so nobody may write it. */
export const FRAME_IMMUTABLE: number = 2;

/**
 * One byte a frame, in linear memory, so that generated code tests it with one load: zero means that a write needs no ceremony.
 * Engines enter no TLB entry for writing while it is not zero.
 */
export class FrameFlags {
  readonly #views: MemoryViews;
  readonly #cells: Cells;
  /** Linear address of the byte of frame 0. */
  readonly address: number;

  constructor(views: MemoryViews, cells: Cells, layout: PoolLayout) {
    this.#views = views;
    this.#cells = cells;
    this.address = layout.flags;
  }
  /** All flags of a frame. */
  get(frame: Frame): number {
    return this.#cells.load(this.#views.u8, this.address + frame);
  }
  /** Sets flags; atomic, because neighbours on other workers set other flags of the same frame. */
  set(frame: Frame, flags: number): void {
    this.#cells.or(this.#views.u8, this.address + frame, flags);
  }
  /** Clears flags. */
  clear(frame: Frame, flags: number): void {
    this.#cells.and(this.#views.u8, this.address + frame, ~flags & 0xff);
  }
}
