/**
 * Where a read puts its bytes or a write takes them from: memory of a program, or bytes of the kernel. Positions count from its start; the
 * caller stays below `length`. A place that cannot be reached throws EFAULT; what came before it has been copied.
 *
 * Bytes in machine memory are passed by linear address: reaching the program's memory may make that memory grow, which would leave a
 * Uint8Array over it without its bytes.
 */
export interface IoBuffer {
  /** Bytes. */
  readonly length: number;
  /** Into the buffer, from bytes outside machine memory: all of them, or `length` from `start` on. */
  put(at: number, bytes: Uint8Array, start?: number, length?: number): void;
  /** Into the buffer, from a linear address; the bytes lie in one frame. */
  putFrom(at: number, address: number, length: number): void;
  /** Zeros into the buffer. */
  putZeros(at: number, length: number): void;
  /** Out of the buffer, to bytes outside machine memory: to fill them, or `length` of them from `start` on. */
  take(at: number, into: Uint8Array, start?: number, length?: number): void;
}

/** A buffer of the kernel's own. */
export class BytesBuffer implements IoBuffer {
  /** The bytes themselves. */
  readonly bytes: Uint8Array;
  readonly #memory: { readonly u8: Uint8Array } | undefined;

  /** `memory` is the machine's views, needed where files are read whose pages lie there. */
  constructor(bytes: Uint8Array, memory?: { readonly u8: Uint8Array }) {
    this.bytes = bytes;
    this.#memory = memory;
  }
  /** Bytes. */
  get length(): number { return this.bytes.length; }
  put(at: number, bytes: Uint8Array, start: number = 0, length: number = bytes.length - start): void { this.bytes.set(bytes.subarray(start, start + length), at); }
  putFrom(at: number, address: number, length: number): void {
    this.bytes.set(this.#memory!.u8.subarray(address, address + length), at);
  }
  putZeros(at: number, length: number): void { this.bytes.fill(0, at, at + length); }
  take(at: number, into: Uint8Array, start: number = 0, length: number = into.length - start): void { into.set(this.bytes.subarray(at, at + length), start); }
}
