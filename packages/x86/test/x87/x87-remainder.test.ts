import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { show, X87Unit, type Extended } from "./x87-unit.ts";

const unit = new X87Unit(), C0 = 0x100, C1 = 0x200, C2 = 0x400, C3 = 0x4000, LOWEST = 16383 - 120;
const normal: fc.Arbitrary<Extended> = fc.tuple(fc.bigInt({ min: 1n << 63n, max: (1n << 64n) - 1n }), fc.integer({ min: LOWEST, max: 16383 + 200 }), fc.boolean())
  .map(([significand, e, sign]) => ({ significand, signExponent: e | (sign ? 0x8000 : 0) }));
/** The value times 2^(63 + 16383 - LOWEST), whole for every operand. */
const scaled = (v: Extended): bigint => (v.signExponent & 0x8000 ? -1n : 1n) * (v.significand << BigInt((v.signExponent & 0x7fff) - LOWEST));
const abs = (v: bigint): bigint => (v < 0n ? -v : v);

// SDM vol. 2A, "FPREM—Partial Remainder" and "FPREM1—Partial Remainder": remainder = ST(0) - Q · ST(1), Q truncated or rounded to nearest even.
for (const [source, nearest] of [["fprem", false], ["fprem1", true]] as const) {
  describe(source, () => {
    test("repeated until C2 is clear it gives the exact remainder and the quotient's low bits", () => {
      unit.load(source);
      fc.assert(fc.property(normal, normal, (a, b) => {
        let x = a;
        for (let steps = 0; ; steps++) {
          expect(unit.execute({ st: [x, b] })).toBe(true);
          expect(unit.status & 0x3f).toBe(0);
          if (!(unit.status & C2)) break;
          const y = unit.st(0);
          // A partial step takes at least 32 bits off and never more than a multiple of b.
          expect(abs(scaled(y))).toBeLessThan(abs(scaled(x)) >> 31n);
          expect((scaled(x) - scaled(y)) % scaled(b)).toBe(0n);
          x = y;
          expect(steps).toBeLessThan(12);
        }
        const n = abs(scaled(a)), d = abs(scaled(b));
        let q = n / d, r = n % d;
        if (nearest && (2n * r > d || (2n * r === d && (q & 1n) === 1n))) { q += 1n; r -= d; }
        const got = unit.st(0), sign = a.signExponent & 0x8000 ? -1n : 1n;
        // The last remainder may have more low bits than the scale keeps whole: it never has, as neither operand does.
        const value = (got.signExponent & 0x8000 ? -1n : 1n) * ((got.significand << 200n) >> BigInt(LOWEST + 200 - (got.signExponent & 0x7fff)));
        expect(value, `${show(a)} ${show(b)}`).toBe(sign * r);
        const bits = Number(q & 7n);
        // Only the last step's quotient counts: the bits of a multiple of 2^32 are zero.
        expect(unit.status & (C0 | C1 | C3)).toBe((bits & 4 ? C0 : 0) | (bits & 2 ? C3 : 0) | (bits & 1 ? C1 : 0));
      }), { seed: 5, numRuns: 2000 });
    });
    test("a zero remainder has the dividend's sign", () => {
      unit.load(source).execute({ st: [{ significand: 3n << 62n, signExponent: 0xc001 }, { significand: 3n << 62n, signExponent: 0x3fff }] });
      expect(show(unit.st(0))).toBe("8000:0000000000000000");
      expect(unit.status & (C0 | C1 | C2 | C3)).toBe(C0);
    });
  });
}

// SDM vol. 2A, "FSCALE—Scale": the scale is truncated toward zero.
test("fscale adds the whole part to the exponent", () => {
  unit.load("fscale");
  for (const [scale, by] of [[{ significand: 0xb000_0000_0000_0000n, signExponent: 0x4001 }, 5], [{ significand: 0xb000_0000_0000_0000n, signExponent: 0xc001 }, -5], [{ significand: 0xffffn << 48n, signExponent: 0x3ffe }, 0]] as const) {
    unit.execute({ st: [{ significand: 0x9234_5678_9abc_def1n, signExponent: 0x4010 }, scale] });
    expect(show(unit.st(0))).toBe(`${(0x4010 + by).toString(16)}:923456789abcdef1`);
  }
});
