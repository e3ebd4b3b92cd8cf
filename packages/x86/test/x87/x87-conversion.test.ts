import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { extended } from "./operands.ts";
import { controlWord } from "./rational-model.ts";
import { DATA, show, X87Unit, type Extended } from "./x87-unit.ts";

const unit = new X87Unit(), SEED = 87, AT = `[${DATA}]`;
const bytes = (size: number, write: (v: DataView) => void): Uint8Array => {
  const v = new DataView(new ArrayBuffer(size));
  write(v);
  return new Uint8Array(v.buffer);
};
const view = (size: number): DataView => new DataView(unit.data(size).buffer);
/** The number of a finite register value by JavaScript's own rounding of exact products (to 53 bits): for values that a double holds. */
const toNumber = (v: Extended): number => (v.signExponent & 0x8000 ? -1 : 1) * Number(v.significand) * 2 ** Math.max((v.signExponent & 0x7fff) - 16446, -1074);
const REALS = { dword: { size: 4, set: (v: DataView, x: number): void => v.setFloat32(0, x, true), get: (v: DataView): number => v.getFloat32(0, true) },
  qword: { size: 8, set: (v: DataView, x: number): void => v.setFloat64(0, x, true), get: (v: DataView): number => v.getFloat64(0, true) } } as const;

describe("reals", () => {
  for (const [word, f] of Object.entries(REALS)) {
    test(`fld and fstp ${word} give the same number back`, () => {
      fc.assert(fc.property(word === "dword" ? fc.float() : fc.double(), (x) => {
        unit.setData(bytes(f.size, (v) => f.set(v, x)));
        unit.load(`fld ${word} ${AT}`).execute({ st: [] });
        const loaded = unit.st(0);
        unit.setData(new Uint8Array(8));
        unit.load(`fstp ${word} ${AT}`).execute({ st: [loaded] });
        expect(f.get(view(f.size))).toBe(x);
        if (Number.isFinite(x) && (x === 0 || Math.abs(x) > 2 ** -900)) expect(toNumber(loaded)).toBe(x);
      }), { seed: SEED, numRuns: 500 });
    });
  }
  // A double widened and narrowed to single precision rounds as Math.fround does (ECMA-262, "Math.fround": ties to even).
  test("fstp dword rounds to nearest even", () => {
    fc.assert(fc.property(fc.oneof(fc.double({ noNaN: true }), fc.double({ min: -1e39, max: 1e39, noNaN: true }), fc.double({ min: -1e-37, max: 1e-37, noNaN: true })), (x) => {
      unit.setData(bytes(8, (v) => v.setFloat64(0, x, true)));
      unit.load(`fld qword ${AT}`).execute({ st: [] });
      unit.load(`fstp dword ${AT}`).execute({ st: [unit.st(0)] });
      expect(view(4).getFloat32(0, true)).toBe(Math.fround(x));
      expect((unit.status >> 5) & 1).toBe(Math.fround(x) === x ? 0 : 1);
    }), { seed: SEED, numRuns: 1000 });
  });
});

describe("integers", () => {
  for (const [word, bits] of [["word", 16], ["dword", 32], ["qword", 64]] as const) {
    test(`fild ${word} is exact and fistp gives it back`, () => {
      fc.assert(fc.property(fc.bigInt({ min: -(1n << BigInt(bits - 1)), max: (1n << BigInt(bits - 1)) - 1n }), (i) => {
        unit.setData(bytes(8, (v) => v.setBigInt64(0, i, true)));
        unit.load(`fild ${word} ${AT}`).execute({ st: [] });
        const v = unit.st(0);
        expect((v.significand << 64n) >> BigInt(16383 + 127 - (v.signExponent & 0x7fff))).toBe(i < 0n ? -i : i);
        unit.setData(new Uint8Array(8));
        unit.load(`fistp ${word} ${AT}`).execute({ st: [v] });
        expect(BigInt.asIntN(bits, view(8).getBigInt64(0, true))).toBe(i);
        expect(unit.status & 0x7f).toBe(0);
      }), { seed: SEED, numRuns: 300 });
    });
  }
  test("fistp rounds by the rounding control, fisttp to zero; what does not fit is invalid", () => {
    const floor = (n: bigint, d: bigint): bigint => (n >= 0n ? n / d : -((-n + d - 1n) / d));
    fc.assert(fc.property(extended, fc.constantFrom(0, 1, 2, 3, "truncate"), (v, rounding) => {
      unit.load(`${rounding === "truncate" ? "fisttp" : "fistp"} dword ${AT}`);
      unit.execute({ st: [v], control: controlWord({ precision: 3, rounding: rounding === "truncate" ? 2 : rounding as 0 }) });
      const e = v.signExponent & 0x7fff, got = view(4).getInt32(0, true);
      const invalid = (): void => { expect([got, unit.status & 0x3f]).toEqual([-0x8000_0000, 1]); };
      if (e === 0x7fff || (e !== 0 && v.significand < 1n << 63n) || e > 16383 + 40) { invalid(); return; }
      // The value times 2^16446, whole.
      const n = (v.signExponent & 0x8000 ? -v.significand : v.significand) << BigInt(Math.max(e, 1)), d = 1n << 16446n, down = floor(n, d), rest = n - down * d;
      const mode = rounding === "truncate" ? 3 : rounding;
      const up = rest !== 0n && (mode === 2 || (mode === 3 && n < 0n) || (mode === 0 && (2n * rest > d || (2n * rest === d && (down & 1n) === 1n))));
      const rounded = up ? down + 1n : down;
      if (BigInt.asIntN(32, rounded) !== rounded) { invalid(); return; }
      expect([got, unit.status & 0x3f]).toEqual([Number(rounded), rest === 0n ? 0 : 0x20]);
    }), { seed: SEED, numRuns: 2000 });
  });
});

describe("decimals", () => {
  const LIMIT = 10n ** 18n - 1n;
  test("fbld and fbstp", () => {
    fc.assert(fc.property(fc.bigInt({ min: -LIMIT, max: LIMIT }), (i) => {
      const digits = (i < 0n ? -i : i).toString().padStart(18, "0");
      const image = Array.from({ length: 9 }, (_, k) => Number.parseInt(digits.slice(16 - 2 * k, 18 - 2 * k), 16)).concat(i < 0n ? 0x80 : 0);
      unit.setData(image);
      unit.load(`fbld tbyte ${AT}`).execute({ st: [] });
      const v = unit.st(0), e = v.signExponent & 0x7fff;
      expect((v.significand << 64n) >> BigInt(16383 + 127 - e)).toBe(i < 0n ? -i : i);
      unit.setData(new Uint8Array(10));
      unit.load(`fbstp tbyte ${AT}`).execute({ st: [v] });
      expect([...unit.data(10)]).toEqual(image);
    }), { seed: SEED, numRuns: 500 });
  });
  // SDM vol. 1, "BCD and Packed BCD Integers": the packed BCD indefinite.
  test("10^18 does not fit", () => {
    unit.load(`fbstp tbyte ${AT}`).execute({ st: [{ significand: (10n ** 18n) << 4n, signExponent: 16383 + 59 }] });
    expect(Buffer.from(unit.data(10)).toString("hex")).toBe("000000000000" + "00c0ffff");
    expect(unit.status & 0x7f).toBe(1);
  });
});

// SDM vol. 2A, "FLD1/FLDL2T/FLDL2E/FLDPI/FLDLG2/FLDLN2/FLDZ—Load Constant": the internal 66-bit constant is rounded.
test("constants in each rounding mode", () => {
  const load = (name: string, rounding: 0 | 1 | 2 | 3): string => {
    unit.load(name).execute({ st: [], control: controlWord({ precision: 3, rounding }) });
    return show(unit.st(0));
  };
  for (const [name, down, up, nearest] of [
    ["fldpi", "4000:c90fdaa22168c234", "4000:c90fdaa22168c235", "4000:c90fdaa22168c235"], ["fldl2t", "4000:d49a784bcd1b8afe", "4000:d49a784bcd1b8aff", "4000:d49a784bcd1b8afe"],
    ["fldln2", "3ffe:b17217f7d1cf79ab", "3ffe:b17217f7d1cf79ac", "3ffe:b17217f7d1cf79ac"], ["fld1", "3fff:8000000000000000", "3fff:8000000000000000", "3fff:8000000000000000"],
  ] as const) {
    expect([load(name, 0), load(name, 1), load(name, 2), load(name, 3)]).toEqual([nearest, down, up, down]);
  }
});
