import type { MemoryViews } from "./linear-memory.ts";

/** 32-bit words of a ring's header. Each side writes one of the counters, so they lie in cache lines of their own. */
const RING = { capacity: 0, written: 16, read: 32, bytes: 192 } as const;

/** A message that ends the room before the buffer's end: the next one begins at its start. */
const WRAP = 0xffff_ffff;

/** Bytes that a ring for so many bytes of messages takes. Each message costs 4 to 7 more. */
export function ringBytes(capacity: number): number {
  return RING.bytes + capacity;
}

/**
 * Messages from one worker to another through linear memory: one side sends, one receives, and neither ever waits for the other. A message
 * is its length in 32 bits, its bytes, and padding to a multiple of 4. The counters run on modulo 2^32; what they differ by is in the
 * buffer, so that it can be full and empty. A counter is published after the bytes it covers (release and acquire by Atomics).
 */
export class Ring {
  readonly #views: MemoryViews;
  /** Linear address. */
  readonly address: number;
  /** Bytes of the buffer, a power of two. */
  readonly capacity: number;

  private constructor(views: MemoryViews, address: number, capacity: number) {
    this.#views = views;
    this.address = address;
    this.capacity = capacity;
  }
  /** Lays an empty ring out in zeroed memory of {@link ringBytes} at a multiple of 4. Throws an Error where `capacity` is no power of two from 64 to 2^30. */
  static create(views: MemoryViews, address: number, capacity: number): Ring {
    if (!(capacity >= 64 && capacity <= 2 ** 30 && (capacity & (capacity - 1)) === 0)) throw new Error(`A ring's capacity is a power of two from 64 to 2^30, not ${capacity}.`);
    Atomics.store(views.i32, address >>> 2, capacity);
    return new Ring(views, address, capacity);
  }
  /** The ring that another worker has laid out. */
  static attach(views: MemoryViews, address: number): Ring {
    return new Ring(views, address, Atomics.load(views.i32, address >>> 2));
  }

  /** The longest message that fits: half of the ring, so that it fits wherever the counters stand. */
  get longest(): number {
    return this.capacity / 2 - 8;
  }
  /** Sends a message. False where the receiver has not made room yet. Throws an Error where it is longer than {@link Ring.longest}. */
  send(message: Uint8Array): boolean {
    if (message.length > this.longest) throw new Error(`A message of ${message.length} bytes does not fit a ring of ${this.capacity}: ${this.longest} is the most.`);
    const size = sizeOf(message.length);
    let written = this.#load(RING.written);
    const free = this.capacity - ((written - this.#load(RING.read)) >>> 0);
    const room = this.capacity - this.#place(written);
    if (size + (room < size ? room : 0) > free) return false;
    if (room < size) {
      this.#views.u32[this.#word(written)] = WRAP;
      written = (written + room) | 0;
    }
    this.#views.u32[this.#word(written)] = message.length;
    this.#views.u8.set(message, this.#word(written) * 4 + 4);
    this.#publish(RING.written, written + size);
    return true;
  }
  /** The next message, undefined where there is none. */
  receive(): Uint8Array | undefined {
    let read = this.#load(RING.read);
    if (read === this.#load(RING.written)) return undefined;
    let length = this.#views.u32[this.#word(read)]!;
    if (length === WRAP) {
      read = (read + this.capacity - this.#place(read)) | 0;
      length = this.#views.u32[this.#word(read)]!;
    }
    const at = this.#word(read) * 4 + 4;
    const message = this.#views.u8.slice(at, at + length);
    this.#publish(RING.read, read + sizeOf(length));
    return message;
  }
  /** Whether nothing waits. */
  get empty(): boolean {
    return this.#load(RING.read) === this.#load(RING.written);
  }
  /**
   * Blocks the receiver's worker until a message waits, or for so many milliseconds. Whether one waits. A page's main thread may not block, nor
   * does an unshared memory let anybody else write meanwhile: there it answers at once.
   */
  wait(milliseconds: number): boolean {
    const read = this.#load(RING.read);
    if (this.#load(RING.written) === read && this.#views.i32.buffer instanceof SharedArrayBuffer) Atomics.wait(this.#views.i32, (this.address >>> 2) + RING.written, read, milliseconds);
    return !this.empty;
  }

  #load(word: number): number {
    return Atomics.load(this.#views.i32, (this.address >>> 2) + word);
  }
  #publish(word: number, value: number): void {
    Atomics.store(this.#views.i32, (this.address >>> 2) + word, value | 0);
    Atomics.notify(this.#views.i32, (this.address >>> 2) + word);
  }
  #place(counter: number): number {
    return counter & (this.capacity - 1);
  }
  #word(counter: number): number {
    return (this.address + RING.bytes + this.#place(counter)) >>> 2;
  }
}

function sizeOf(length: number): number {
  return 4 + ((length + 3) & ~3);
}
