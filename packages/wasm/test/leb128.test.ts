import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteBuffer, ByteReader } from "../src/index.ts";

/** The signed encoding by its definition: groups of seven bits until what is left is the sign alone. */
function definition(value: bigint, signed: boolean): number[] {
  const bytes: number[] = [];
  for (;;) {
    const group = Number(value & 0x7fn);
    value >>= 7n;
    const last = signed ? (value === 0n && group < 0x40) || (value === -1n && group >= 0x40) : value === 0n;
    bytes.push(last ? group : group | 0x80);
    if (last) return bytes;
  }
}
function written(write: (b: ByteBuffer) => void): Uint8Array {
  const buffer = new ByteBuffer(1);
  write(buffer);
  return buffer.toBytes();
}

test("unsigned 32-bit numbers", () => {
  fc.assert(fc.property(fc.nat({ max: 0xffff_ffff }), (value) => {
    const bytes = written((b) => b.u32(value));
    expect([...bytes]).toEqual(definition(BigInt(value), false));
    expect(new ByteReader(bytes).u32()).toBe(value);
  }));
});
test("signed 32-bit numbers, unsigned ones taken for the same bits", () => {
  fc.assert(fc.property(fc.oneof(fc.integer(), fc.nat({ max: 0xffff_ffff })), (value) => {
    const bytes = written((b) => b.s32(value));
    expect([...bytes]).toEqual(definition(BigInt(value | 0), true));
    expect(new ByteReader(bytes).s32()).toBe(value | 0);
  }));
});
test("64-bit numbers as numbers", () => {
  fc.assert(fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), (value) => {
    const bytes = written((b) => b.s64(value));
    expect([...bytes]).toEqual(definition(BigInt(value), true));
    expect(new ByteReader(bytes).s64()).toBe(BigInt(value));
  }));
});
test("64-bit numbers as bigints, taken modulo 2^64", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(1n << 65n), max: 1n << 65n }), (value) => {
    const bytes = written((b) => b.s64(value));
    expect([...bytes]).toEqual(definition(BigInt.asIntN(64, value), true));
    expect(new ByteReader(bytes).s64()).toBe(BigInt.asIntN(64, value));
  }));
});
test("the edges of each length", () => {
  for (let bits = 6n; bits < 64n; bits++) {
    for (const value of [(1n << bits) - 1n, 1n << bits, -(1n << bits), -(1n << bits) - 1n]) {
      const expected = definition(BigInt.asIntN(64, value), true);
      expect([...written((b) => b.s64(value))]).toEqual(expected);
      if (Number.isSafeInteger(Number(value))) expect([...written((b) => b.s64(Number(value)))]).toEqual(expected);
      expect(new ByteReader(Uint8Array.from(expected)).s64()).toBe(BigInt.asIntN(64, value));
    }
  }
});
test("a number that is no safe integer needs a bigint", () => {
  expect(() => new ByteBuffer().s64(2 ** 60)).toThrow("safe integer");
  expect(() => new ByteBuffer().s64(Number.NaN)).toThrow("safe integer");
});
test("a reader refuses numbers that go on for too long, and bytes that end too early", () => {
  const endless = new Uint8Array(20).fill(0x80);
  for (const read of ["u32", "s32", "s64"] as const) {
    expect(() => new ByteReader(endless)[read]()).toThrow("longer");
    expect(() => new ByteReader(endless.subarray(0, 2))[read]()).toThrow("end");
  }
  expect(() => new ByteReader(Uint8Array.of(4, 1, 2)).name()).toThrow("end");
});
test("a buffer grows and keeps what it has, and sizes what is written inside", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (parts) => {
    const buffer = new ByteBuffer(1);
    for (const part of parts) buffer.sized((b) => b.raw(part));
    const reader = new ByteReader(buffer.toBytes());
    for (const part of parts) {
      const inner = reader.sized();
      expect([...inner.raw(inner.end - inner.at)]).toEqual([...part]);
    }
    expect(reader.done).toBe(true);
  }));
});
