import type { Cells } from "./cells.ts";
import type { MemoryViews } from "./linear-memory.ts";
import { HEADER, type PoolLayout } from "./pool-layout.ts";
import { NO_FRAME, type Frame } from "./frame.ts";

/** A search may meet bits that others hold for a moment while they look for a run; after this many rounds it gives up. */
const ROUNDS = 4;

/**
 * Freed frames, one bit each, set by whoever frees and cleared by whoever takes.
 *
 * A bitmap and not a linked list: taking a bit is one atomic AND, without the list's hazard that a frame is taken and freed again
 * between the load of the head and its exchange (ABA), and neighbours are found for runs. `HEADER.free` counts bits that nobody has
 * claimed. Claims come first, bits after, so a claim is always backed by a bit.
 */
export class FreeMap {
  readonly #views: MemoryViews;
  readonly #cells: Cells;
  readonly #word: number;
  readonly #words: number;

  constructor(views: MemoryViews, cells: Cells, layout: PoolLayout, capacity: number) {
    this.#views = views;
    this.#cells = cells;
    this.#word = layout.freeMap >>> 2;
    this.#words = Math.ceil(capacity / 32);
  }

  /** Frames that nobody has claimed. */
  get count(): number {
    return this.#cells.load(this.#views.i32, HEADER.free);
  }

  /** Gives a frame back. */
  put(frame: Frame): void {
    this.#set(frame);
    // Lower frames first: a search begins where the last one was found, and would else go round the whole map for what lies below.
    if (frame >>> 5 < this.#cells.load(this.#views.i32, HEADER.hint)) this.#cells.store(this.#views.i32, HEADER.hint, frame >>> 5);
    this.#cells.add(this.#views.i32, HEADER.free, 1);
  }

  /** Takes one frame, or answers NO_FRAME. */
  take(): Frame {
    if (!this.#claim(1)) return NO_FRAME;
    const i32 = this.#views.i32;
    const start = this.#cells.load(i32, HEADER.hint);
    for (let n = 0; n < this.#words * ROUNDS; n++) {
      const word = (start + n) % this.#words;
      let bits = this.#cells.load(i32, this.#word + word);
      while (bits !== 0) {
        const bit = bits & -bits;
        if (this.#cells.and(i32, this.#word + word, ~bit) & bit) {
          this.#cells.store(i32, HEADER.hint, word);
          return word * 32 + 31 - Math.clz32(bit);
        }
        bits = this.#cells.load(i32, this.#word + word);
      }
    }
    this.#cells.add(i32, HEADER.free, 1);
    return NO_FRAME;
  }

  /** Takes `count` neighbours: the first one, or NO_FRAME where no such run is free. */
  takeRun(count: number): Frame {
    if (!this.#claim(count)) return NO_FRAME;
    let length = 0;
    for (let frame = 0; frame < this.#words * 32; frame++) {
      if (length === 0 && (frame & 31) === 0 && this.#cells.load(this.#views.i32, this.#word + (frame >>> 5)) === 0) {
        frame += 31;
        continue;
      }
      if (!this.#clear(frame)) {
        for (; length > 0; length--) this.#set(frame - length);
        continue;
      }
      if (++length === count) return frame - count + 1;
    }
    for (let back = 1; back <= length; back++) this.#set(this.#words * 32 - back);
    this.#cells.add(this.#views.i32, HEADER.free, count);
    return NO_FRAME;
  }

  #claim(count: number): boolean {
    const i32 = this.#views.i32;
    for (let free = this.#cells.load(i32, HEADER.free); free >= count; ) {
      const seen = this.#cells.compareExchange(i32, HEADER.free, free, free - count);
      if (seen === free) return true;
      free = seen;
    }
    return false;
  }
  #set(frame: Frame): void {
    this.#cells.or(this.#views.i32, this.#word + (frame >>> 5), 1 << (frame & 31));
  }
  #clear(frame: Frame): boolean {
    const bit = 1 << (frame & 31);
    return (this.#cells.and(this.#views.i32, this.#word + (frame >>> 5), ~bit) & bit) !== 0;
  }
}
