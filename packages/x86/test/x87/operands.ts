import fc from "fast-check";
import type { Extended } from "./x87-unit.ts";

const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const TOP_BIT = 1n << 63n, ALL = (1n << 64n) - 1n;
/** Significands: random ones, runs of ones and zeros, single bits, few leading bits. */
const significand: fc.Arbitrary<bigint> = fc.oneof(
  u64, fc.nat(63).map((n) => (ALL << BigInt(n)) & ALL), fc.nat(63).map((n) => TOP_BIT | (1n << BigInt(n))), fc.nat(63).map((n) => ALL ^ (1n << BigInt(n))),
  fc.tuple(u64, fc.nat(63)).map(([m, n]) => (m << BigInt(n)) & ALL), fc.tuple(u64, fc.nat(63)).map(([m, n]) => m >> BigInt(n)),
).map((m) => m | TOP_BIT);
const range = (low: number, high: number): fc.Arbitrary<number> => fc.integer({ min: low, max: high });
const biased: fc.Arbitrary<number> = fc.oneof(
  range(16383 - 70, 16383 + 70), range(16381, 16385), range(1, 80), range(0x7ffe - 70, 0x7ffe), range(8192 - 40, 8192 + 40), range(1, 0x7ffe),
);
const special: fc.Arbitrary<Extended> = fc.oneof(
  fc.constant({ significand: 0n, signExponent: 0 }), fc.constant({ significand: TOP_BIT, signExponent: 0x7fff }),
  significand.map((m) => ({ significand: m, signExponent: 0x7fff })), u64.map((m) => ({ significand: m >> 1n, signExponent: 0 })),
  fc.tuple(u64, fc.nat(63)).map(([m, n]) => ({ significand: m >> BigInt(n), signExponent: 0 })),
  fc.tuple(u64, range(1, 0x7fff)).map(([m, e]) => ({ significand: m & (TOP_BIT - 1n), signExponent: e })),
);
const positive: fc.Arbitrary<Extended> = fc.oneof({ weight: 4, arbitrary: fc.tuple(significand, biased).map(([m, e]) => ({ significand: m, signExponent: e })) }, { weight: 1, arbitrary: special });

/** Every kind of encoding: normals near each other, near the format's ends and anywhere; zeros, infinities, NaNs, denormals, unsupported ones. */
export const extended: fc.Arbitrary<Extended> = fc.tuple(positive, fc.boolean()).map(([v, sign]) => ({ ...v, signExponent: v.signExponent | (sign ? 0x8000 : 0) }));
