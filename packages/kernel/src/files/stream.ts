import { POLLHUP, POLLIN, POLLOUT } from "@ringzero/linux-abi";
import { FileDescription, WaitQueue, WOULD_BLOCK, type Inode, type IoBuffer, type WouldBlock } from "@ringzero/vfs";

/** Bytes that one write takes; the rest follows. */
const WRITE_MOST = 1 << 16;

/** A stream to the world outside the kernel, as the standard files of a program whose output is wanted: no terminal. */
export class Stream extends FileDescription {
  readonly #queue: Uint8Array[] = [];
  readonly #changed = new WaitQueue();
  #ended = false;
  #full = false;
  /** Told how many bytes programs have read. */
  onRead: ((bytes: number) => void) | undefined;
  /** Gets what programs write. */
  onOutput: ((bytes: Uint8Array) => void) | undefined;

  constructor(inode: Inode, flags: number, onOutput?: (bytes: Uint8Array) => void) {
    super(inode, undefined, flags);
    this.onOutput = onOutput;
  }
  /** Gives programs bytes to read: an input, to be offered through the tenant's log. */
  push(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#queue.push(bytes.slice());
    this.#changed.wake();
  }
  /** No bytes will follow. */
  end(): void {
    this.#ended = true;
    this.#changed.wake();
  }
  /** Whether whoever is outside takes nothing more for now: writers wait. */
  get full(): boolean { return this.#full; }
  /** Makes writers wait, or lets them go on. */
  setFull(full: boolean): void {
    this.#full = full;
    if (!full) this.#changed.wake();
  }
  read(buffer: IoBuffer): number | WouldBlock {
    const first = this.#queue[0];
    if (!first) return this.#ended ? 0 : WOULD_BLOCK;
    const n = Math.min(buffer.length, first.length);
    buffer.put(0, first.subarray(0, n));
    if (n === first.length) this.#queue.shift();
    else this.#queue[0] = first.subarray(n);
    this.onRead?.(n);
    return n;
  }
  write(buffer: IoBuffer): number | WouldBlock {
    if (this.#full) return WOULD_BLOCK;
    const bytes = new Uint8Array(Math.min(buffer.length, WRITE_MOST));
    buffer.take(0, bytes);
    this.onOutput?.(bytes);
    return bytes.length;
  }
  override poll(): number { return (this.#queue.length > 0 || this.#ended ? POLLIN : 0) | (this.#full ? 0 : POLLOUT) | (this.#ended && this.#queue.length === 0 ? POLLHUP : 0); }
  override get changed(): WaitQueue { return this.#changed; }
}
