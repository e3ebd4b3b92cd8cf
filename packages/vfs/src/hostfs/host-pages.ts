import { FRAME_BYTES, type FrameStore } from "../frame-store.ts";
import type { Inode, Timestamp } from "../inode.ts";

/** Whom the pages are counted for. */
interface PageOwner {
  readonly store: FrameStore;
  pages: number;
}

/** Pages of a file of the host that are, or were, in mappings. They are those of one state of the file: where the host has changed it they are read anew. */
export class HostPages {
  readonly #owner: PageOwner;
  readonly #pages = new Map<number, number>();
  #state: { readonly modified: Timestamp; readonly changed: Timestamp } | undefined;

  constructor(owner: PageOwner) {
    this.#owner = owner;
  }
  /** Gives up pages of another state than the file's. */
  fresh(file: Inode): void {
    const { modified, changed } = file;
    if (this.#state && !(same(this.#state.modified, modified) && same(this.#state.changed, changed))) this.clear();
    this.#state = { modified, changed };
  }
  /** The pages have followed what was written: the file's state is theirs. */
  accept(file: Inode): void { this.#state = { modified: file.modified, changed: file.changed }; }
  /** Follows a write to the host's file. */
  written(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const at = position + done, within = at % FRAME_BYTES, size = Math.min(bytes.length - done, FRAME_BYTES - within), page = this.#pages.get((at - within) / FRAME_BYTES);
      if (page !== undefined) this.#owner.store.write(page + within, bytes.subarray(done, done + size));
      done += size;
    }
  }
  /** Linear address of a page, read where it is not there; 0 beyond the file's end. Throws ENOSPC. */
  page(index: number, size: number, read: (position: number, into: Uint8Array) => number): number {
    const position = index * FRAME_BYTES;
    if (position >= size) return 0;
    const known = this.#pages.get(index);
    if (known !== undefined) return known;
    const bytes = new Uint8Array(Math.min(FRAME_BYTES, size - position)), n = read(position, bytes), page = this.#owner.store.allocate();
    this.#owner.store.write(page, bytes.subarray(0, n));
    this.#pages.set(index, page);
    this.#owner.pages++;
    return page;
  }
  clear(): void {
    for (const page of this.#pages.values()) this.#owner.store.release(page);
    this.#owner.pages -= this.#pages.size;
    this.#pages.clear();
  }
}

function same(a: Timestamp, b: Timestamp): boolean { return a.seconds === b.seconds && a.nanoseconds === b.nanoseconds; }
