import { FRAME_BYTES, type FrameStore } from "./frame-store.ts";
import type { IoBuffer } from "./io-buffer.ts";

/**
 * The pages of one file, machine frames all of them: mappings of the file refer to the same frames. A page that was never written is a hole and reads as
 * zeros. What a page holds beyond the file's end is zero.
 */
export class PageCache {
  readonly #store: FrameStore;
  readonly #pages = new Map<number, number>();
  /** Bytes. */
  size = 0;
  readonly #copy = new Uint8Array(FRAME_BYTES);

  constructor(store: FrameStore) {
    this.#store = store;
  }
  /** Frames in use. */
  get count(): number { return this.#pages.size; }

  /** Linear address of page `index`, made where it is a hole. Throws ENOSPC. */
  page(index: number): number {
    let page = this.#pages.get(index);
    if (page === undefined) this.#pages.set(index, (page = this.#store.allocate()));
    return page;
  }
  /** Copies up to buffer.length bytes from `position` on. Returns how many: 0 at the end. */
  read(position: number, buffer: IoBuffer): number {
    const length = Math.max(0, Math.min(buffer.length, this.size - position));
    for (let done = 0; done < length; ) {
      const at = position + done, within = at % FRAME_BYTES, size = Math.min(length - done, FRAME_BYTES - within);
      const page = this.#pages.get((at - within) / FRAME_BYTES);
      if (page === undefined) buffer.putZeros(done, size);
      else buffer.putFrom(done, page + within, size);
      done += size;
    }
    return length;
  }
  /** Copies the whole buffer to `position`; the file grows as needed. Throws ENOSPC, with `size` covering what was written before. */
  write(position: number, buffer: IoBuffer): number {
    const { length } = buffer;
    for (let done = 0; done < length; ) {
      const at = position + done, within = at % FRAME_BYTES, size = Math.min(length - done, FRAME_BYTES - within);
      buffer.take(done, this.#copy, 0, size);
      this.#store.write(this.page((at - within) / FRAME_BYTES) + within, this.#copy, 0, size);
      done += size;
      this.size = Math.max(this.size, at + size);
    }
    return length;
  }
  /** Sets the size. Frames wholly beyond are released, and the rest of the last one is cleared, for a mapping shows it. */
  truncate(size: number): void {
    const keep = Math.ceil(size / FRAME_BYTES);
    for (const [index, page] of this.#pages) {
      if (index < keep) continue;
      this.#pages.delete(index);
      this.#store.release(page);
    }
    const within = size % FRAME_BYTES, last = this.#pages.get(keep - 1);
    if (size < this.size && within > 0 && last !== undefined) this.#store.zero(last + within, FRAME_BYTES - within);
    this.size = size;
  }
}
