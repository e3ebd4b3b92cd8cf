import { MAX_LEB32, MAX_LEB64, putS32, putS64, putU32 } from "./leb128.ts";

const SCRATCH = new DataView(new ArrayBuffer(8));
const SCRATCH_BYTES = new Uint8Array(SCRATCH.buffer);
const UTF8 = new TextEncoder();

/**
 * Bytes that grow. Written once and used again by `reset`, so that a code generator allocates nothing for each function.
 * The names of its methods are those of the core spec, "Binary Format: Values".
 */
export class ByteBuffer {
  /** The bytes; those from `length` on mean nothing. Replaced by a longer array when they are full. */
  bytes: Uint8Array;
  /** Bytes written. */
  length: number = 0;

  /** An empty buffer with room for `capacity` bytes before it grows. */
  constructor(capacity: number = 1 << 12) {
    this.bytes = new Uint8Array(capacity);
  }
  /** Empties the buffer and keeps its room. */
  reset(): void {
    this.length = 0;
  }
  /** Makes room for `more` bytes. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const longer = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    longer.set(this.bytes.subarray(0, this.length));
    this.bytes = longer;
  }
  /** One byte. */
  u8(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = value;
  }
  /** An unsigned number of 32 bits, LEB128. */
  u32(value: number): void {
    this.reserve(MAX_LEB32);
    this.length = putU32(this.bytes, this.length, value);
  }
  /** A signed number of 32 bits, LEB128. */
  s32(value: number): void {
    this.reserve(MAX_LEB32);
    this.length = putS32(this.bytes, this.length, value);
  }
  /** A signed number of 64 bits, LEB128. A number must be a safe integer and costs no BigInt; throws an Error where it is not one. */
  s64(value: bigint | number): void {
    this.reserve(MAX_LEB64);
    this.length = putS64(this.bytes, this.length, value);
  }
  /** IEEE 754 single precision, 4 bytes. */
  f32(value: number): void {
    SCRATCH.setFloat32(0, value, true);
    this.raw(SCRATCH_BYTES, 0, 4);
  }
  /** IEEE 754 double precision, 8 bytes. */
  f64(value: number): void {
    SCRATCH.setFloat64(0, value, true);
    this.raw(SCRATCH_BYTES, 0, 8);
  }
  /** Bytes as they are, those from `start` to `end`. */
  raw(source: Uint8Array, start: number = 0, end: number = source.length): void {
    this.reserve(end - start);
    this.bytes.set(source.subarray(start, end), this.length);
    this.length += end - start;
  }
  /** A name: its length in bytes and its UTF-8. */
  name(text: string): void {
    const encoded = UTF8.encode(text);
    this.u32(encoded.length);
    this.raw(encoded);
  }
  /** What `write` writes, behind its length in bytes. */
  sized(write: (buffer: ByteBuffer) => void): void {
    // The length is not known yet. Five bytes are kept for it, and the contents moved up against it afterwards.
    this.reserve(MAX_LEB32);
    const start = this.length;
    this.length += MAX_LEB32;
    write(this);
    const size = this.length - start - MAX_LEB32;
    const contents = putU32(this.bytes, start, size);
    this.bytes.copyWithin(contents, start + MAX_LEB32, this.length);
    this.length = contents + size;
  }
  /** A copy of the bytes written. */
  toBytes(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}
