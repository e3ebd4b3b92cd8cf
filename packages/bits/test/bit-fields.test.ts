import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bitFields, type BitRange } from "../src/index.ts";

describe("fields of a word", () => {
  // SDM vol. 3A, "Control Registers" and "4-Level Paging and 5-Level Paging": a page-table entry that maps a 4-KByte page.
  const CR0 = bitFields("CR0", 32, { PE: 0, MP: 1, EM: 2, TS: 3, ET: 4, NE: 5, WP: 16, AM: 18, NW: 29, CD: 30, PG: 31 });
  const PTE = bitFields("PTE", 64, { P: 0, RW: 1, US: 2, PWT: 3, PCD: 4, A: 5, D: 6, PAT: 7, G: 8, address: [51, 12], key: [62, 59], XD: 63 });

  test("masks", () => {
    expect([CR0.PG.mask, CR0.WP.mask, CR0.$mask]).toEqual([0x80000000, 0x10000, 0xe005003f]);
    expect([PTE.address.mask, PTE.XD.mask]).toEqual([0x000f_ffff_ffff_f000n, 1n << 63n]);
    expect(PTE.$mask).toBe(0xf80f_ffff_ffff_f1ffn);
  });
  test("the highest bit is not a sign", () => {
    expect(CR0.PG.get(-1)).toBe(1);
    expect(CR0.PG.set(0x11, 1)).toBe(0x80000011);
    expect(PTE.XD.set(0x1001n, 1n)).toBe(0x8000_0000_0000_1001n);
  });
  test("whole words", () => {
    const word = PTE.$encode({ P: 1n, RW: 1n, address: 0x12345n, XD: 1n });
    expect(word).toBe(0x8000_0000_1234_5003n);
    expect(PTE.$decode(word)).toMatchObject({ P: 1n, RW: 1n, US: 0n, address: 0x12345n, XD: 1n });
    expect(CR0.$encode({ TS: 0 }, 0x80000008)).toBe(0x80000000);
  });
  test("a value that does not fit is refused", () => {
    expect(() => CR0.PE.set(0, 2)).toThrow(RangeError);
    expect(() => CR0.PE.set(0, -1)).toThrow(RangeError);
    expect(() => CR0.PE.set(0, 0.5)).toThrow(RangeError);
    expect(() => PTE.key.set(0n, 16n)).toThrow(RangeError);
  });
  test("32 bits as one field", () => {
    const all = bitFields("all", 32, { value: [31, 0] });
    expect(all.value.set(0, 0xffffffff)).toBe(0xffffffff);
    expect(all.value.get(-1)).toBe(0xffffffff);
  });
});

describe("mistakes", () => {
  test.each<[string, { [name: string]: BitRange }, string]>([
    ["an overlap", { a: [7, 4], b: 5 }, "b and w.a both have bit 5"],
    ["beyond the word", { a: 8 }, "from 0 to 7"],
    ["ends exchanged", { a: [3, 5] }, "higher one first"],
    ["a name for words", { $mask: 1 }, "does not begin with $"],
  ])("%s", (_, fields, message) => {
    expect(() => bitFields("w", 8, fields)).toThrow(message);
  });
});

/** Non-overlapping ranges from random cut points. */
const ranges = (width: number): fc.Arbitrary<{ [name: string]: BitRange }> =>
  fc.uniqueArray(fc.nat({ max: width - 1 }), { minLength: 1, maxLength: 10 }).map((lows) => {
    const sorted = lows.toSorted((a, b) => a - b);
    return Object.fromEntries(sorted.map((low, i) => [`f${i}`, [Math.max(low, (sorted[i + 1] ?? width) - 1 - (low % 3)), low] as const]));
  });

describe("any word", () => {
  test.each([8, 16, 32] as const)("of %d bits", (width) => {
    fc.assert(fc.property(ranges(width), fc.nat({ max: 2 ** width - 1 }), fc.nat({ max: 2 ** width - 1 }), (fields, word, other) => {
      const layout = bitFields("w", width, fields);
      for (const field of layout.$fields) {
        // By digits, which is what a manual's figure shows.
        const digits = word.toString(2).padStart(width, "0");
        expect(field.get(word)).toBe(Number.parseInt(digits.slice(width - field.low - field.width, width - field.low), 2));
        const value = field.get(other);
        const changed = field.set(word, value);
        expect(field.get(changed)).toBe(value);
        expect((changed & ~field.mask) >>> 0).toBe((word & ~field.mask) >>> 0);
      }
      expect(layout.$encode(layout.$decode(word), (word & ~layout.$mask) >>> 0)).toBe(word);
    }));
  });
  test("of 64 bits", () => {
    fc.assert(fc.property(ranges(64), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (fields, word, other) => {
      const layout = bitFields("w", 64, fields);
      for (const field of layout.$fields) {
        const digits = word.toString(2).padStart(64, "0");
        expect(field.get(word)).toBe(BigInt(`0b${digits.slice(64 - field.low - field.width, 64 - field.low)}`));
        const value = field.get(other);
        const changed = field.set(word, value);
        expect(field.get(changed)).toBe(value);
        expect(changed & ~field.mask).toBe(word & ~field.mask);
      }
      expect(layout.$encode(layout.$decode(word), word & ~layout.$mask)).toBe(word);
    }));
  });
});
