const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Reads what {@link ByteBuffer} writes. Throws an Error that names the place where the bytes end too early or a number is too long. */
export class ByteReader {
  /** What is read, all of it. */
  readonly bytes: Uint8Array;
  /** The place of the next byte. */
  at: number;
  /** The place behind the last byte. */
  readonly end: number;
  readonly #view: DataView;

  /** Reads `bytes` from `at` up to `end`. */
  constructor(bytes: Uint8Array, at: number = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  /** Whether all has been read. */
  get done(): boolean {
    return this.at >= this.end;
  }
  /** One byte. */
  u8(): number {
    if (this.at >= this.end) throw new Error(`The bytes end at ${this.end}, in the middle of something.`);
    return this.bytes[this.at++]!;
  }
  /** An unsigned number of 32 bits, LEB128. */
  u32(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Error(`The LEB128 number before ${this.at} is longer than 32 bits need.`);
  }
  /** A signed number of 32 bits, LEB128. */
  s32(): number {
    return Number(this.#signed(35n));
  }
  /** A signed number of 64 bits, LEB128. */
  s64(): bigint {
    return this.#signed(70n);
  }
  /** At most `bits` bits, seven a byte; the sign is the last byte's bit 6. */
  #signed(bits: bigint): bigint {
    let value = 0n;
    for (let shift = 0n; shift < bits; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(Number(shift) + 7, value);
    }
    throw new Error(`The LEB128 number before ${this.at} is longer than its type needs.`);
  }
  /** IEEE 754 single precision. */
  f32(): number {
    return this.#view.getFloat32(this.#skip(4), true);
  }
  /** IEEE 754 double precision. */
  f64(): number {
    return this.#view.getFloat64(this.#skip(8), true);
  }
  /** A view of `count` bytes. */
  raw(count: number): Uint8Array {
    const start = this.#skip(count);
    return this.bytes.subarray(start, start + count);
  }
  /** A name: UTF-8 behind its length. */
  name(): string {
    return UTF8.decode(this.raw(this.u32()));
  }
  /** A reader of what stands behind its length, which this reader skips. */
  sized(): ByteReader {
    const size = this.u32();
    const start = this.#skip(size);
    return new ByteReader(this.bytes, start, start + size);
  }
  /** A vector: a count, and so many entries. */
  vector<T>(entry: (index: number) => T): T[] {
    const count = this.u32();
    const entries: T[] = [];
    for (let i = 0; i < count; i++) entries.push(entry(i));
    return entries;
  }
  #skip(count: number): number {
    const start = this.at;
    if (count > this.end - start) throw new Error(`The bytes end at ${this.end}, in the middle of something at ${start}.`);
    this.at += count;
    return start;
  }
}
