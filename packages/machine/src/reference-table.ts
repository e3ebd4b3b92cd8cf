import type { Cells } from "./cells.ts";
import { FRAME_SHIFT, NO_FRAME, type Frame } from "./frame.ts";
import type { MemoryViews } from "./linear-memory.ts";

/** Frames that one leaf of a table counts: 1024 32-bit words fill a frame. */
const LEAF_SHIFT = 10, LEAF_FRAMES = 1 << LEAF_SHIFT;
/** Words of a directory, enough for 4 GiB of frames. */
const DIRECTORY_WORDS = 1024;

/** Where a table's own frames come from. */
export interface TableFrames {
  /** A zeroed frame or NO_FRAME. */
  take(): Frame;
  give(frame: Frame): void;
  /** Makes a frame that another worker took visible here. False where the machine has no such frame. */
  reach(frame: Frame): boolean;
}

/**
 * How often one owner references each frame: a directory of leaves, one 32-bit count a frame, made where first needed. It lies in
 * linear memory so that any worker can read the whole ledger, and a dead worker's references can be taken back by another.
 */
export class ReferenceTable {
  readonly #views: MemoryViews;
  readonly #cells: Cells;
  readonly #frames: TableFrames;
  readonly #directory: number;
  /** Leaves by slot, as far as they are visible here: one stays as long as the table. */
  readonly #leaves: (Frame | undefined)[] = [];
  /** The table's first frame. */
  readonly directory: Frame;

  /** `directory` is the table's first frame, zeroed when the table is new. */
  constructor(views: MemoryViews, cells: Cells, frames: TableFrames, directory: Frame) {
    this.#views = views;
    this.#cells = cells;
    this.#frames = frames;
    this.directory = directory;
    this.#directory = directory << (FRAME_SHIFT - 2);
    frames.reach(directory);
  }

  /** Index of the word with a frame's count, in the view by signed words; -1 where there is none yet, which means 0. */
  word(frame: Frame): number {
    const leaf = this.#leaf(frame >>> LEAF_SHIFT);
    return leaf === NO_FRAME ? -1 : wordOf(leaf, frame);
  }
  /** The count of a frame. */
  get(frame: Frame): number {
    const leaf = this.#leaf(frame >>> LEAF_SHIFT);
    return leaf === NO_FRAME ? 0 : this.#cells.load(this.#views.i32, wordOf(leaf, frame));
  }

  /** Adds one: the count before, or -1 where no frame for a leaf was to be had. */
  add(frame: Frame): number {
    const slot = frame >>> LEAF_SHIFT;
    let leaf = this.#leaf(slot);
    if (leaf === NO_FRAME) {
      const made = this.#frames.take();
      if (made === NO_FRAME) return -1;
      leaf = this.#cells.compareExchange(this.#views.i32, this.#directory + slot, NO_FRAME, made);
      if (leaf === NO_FRAME) leaf = made;
      else {
        this.#frames.give(made);
        this.#frames.reach(leaf);
      }
    }
    return this.#cells.add(this.#views.i32, wordOf(leaf, frame), 1);
  }

  /** Takes one off: the count before. 0 means that there was nothing to take, and nothing was taken. */
  subtract(frame: Frame): number {
    const leaf = this.#leaf(frame >>> LEAF_SHIFT);
    if (leaf === NO_FRAME) return 0;
    const word = wordOf(leaf, frame);
    for (let count = this.#cells.load(this.#views.i32, word); count > 0; ) {
      const seen = this.#cells.compareExchange(this.#views.i32, word, count, count - 1);
      if (seen === count) return count;
      count = seen;
    }
    return 0;
  }

  /** Visits every frame whose count is not 0, in order of number. Of a table that another worker disposes of meanwhile it may visit anything. */
  each(visit: (frame: Frame, count: number) => void): void {
    for (let slot = 0; slot < DIRECTORY_WORDS; slot++) {
      const leaf = this.#leaf(slot);
      if (leaf === NO_FRAME) continue;
      for (let n = 0; n < LEAF_FRAMES; n++) {
        const frame = slot * LEAF_FRAMES + n;
        const count = this.#cells.load(this.#views.i32, wordOf(leaf, frame));
        if (count !== 0) visit(frame, count);
      }
    }
  }

  /** Gives the leaves and the directory back. The table must not be used any more. */
  dispose(): void {
    for (let slot = 0; slot < DIRECTORY_WORDS; slot++) {
      const leaf = this.#cells.exchange(this.#views.i32, this.#directory + slot, NO_FRAME);
      if (leaf !== NO_FRAME) this.#frames.give(leaf);
    }
    this.#frames.give(this.directory);
  }

  /** The leaf of a slot, visible here; NO_FRAME where there is none. */
  #leaf(slot: number): Frame {
    const known = this.#leaves[slot];
    if (known !== undefined) return known;
    const leaf = this.#cells.load(this.#views.i32, this.#directory + slot);
    if (leaf === NO_FRAME || !this.#frames.reach(leaf)) return NO_FRAME;
    return this.#seen(slot, leaf);
  }
  #seen(slot: number, leaf: Frame): Frame {
    while (this.#leaves.length < slot) this.#leaves.push(undefined);
    return (this.#leaves[slot] = leaf);
  }
}

function wordOf(leaf: Frame, frame: Frame): number {
  return leaf * LEAF_FRAMES + (frame & (LEAF_FRAMES - 1));
}
