import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { FRACTION_BYTES } from "./transcendental-tables.ts";
import { addWide, divideWide, multiplyWide, shiftRightSticky, subtractWide, type Wide } from "./wide.ts";

/**
 * Arithmetic of the transcendental routines: 128-bit fractions (v stands for v · 2^-128) and scaled numbers. Errors are a few units of the
 * last of 128 bits, so that all but about one in 2^55 results are rounded correctly to 64 bits.
 */

/** v · 2^(exponent - 127). Bit 127 is set where a routine says "normalized". */
export interface Scaled { readonly wide: Wide; readonly exponent: Value }

/** A 128-bit literal. */
export function wideConstant(m: Builder, v: bigint): Wide { return { high: m.i64(BigInt.asIntN(64, v >> 64n)), low: m.i64(BigInt.asIntN(64, v)) }; }
export function negateWide(v: Wide): Wide {
  return { high: v.high.not().add(v.low.eqz().zext(64)), low: v.low.neg() };
}
export function chooseWide(m: Builder, condition: Value, yes: Wide, no: Wide): Wide {
  return { high: m.choose(condition, yes.high, no.high), low: m.choose(condition, yes.low, no.low) };
}
export function halfWide(v: Wide): Wide { return { high: v.high.shrU(1), low: v.low.shrU(1).or(v.high.shl(63)) }; }
/** v · factor, factor less than 16 (64 bits wide), modulo 2^128. */
export function timesSmall(v: Wide, factor: Value): Wide {
  return { high: v.high.mul(factor).add(multiplyWide(v.low, factor).high), low: v.low.mul(factor) };
}

const MULTIPLY: Routine = routine("multiply-high-128", { params: [I64, I64, I64, I64], results: [I64, I64] }, (m, ah, al, bh, bl) => {
  // The product of the low halves counts for less than one unit.
  const zero = m.i64(0), top = multiplyWide(ah!, bh!);
  const sum = addWide(addWide(top, { high: zero, low: multiplyWide(ah!, bl!).high }), { high: zero, low: multiplyWide(al!, bh!).high });
  m.return(sum.high, sum.low);
});
/** Upper half of the product of two 128-bit numbers, at most three units too low: the product of two fractions. */
export function multiplyHigh(m: Builder, a: Wide, b: Wide): Wide {
  const [high, low] = m.call(MULTIPLY, a.high, a.low, b.high, b.low);
  return { high: high!, low: low! };
}
/** Product of normalized numbers; bit 127 or 126 is its leading one. */
export function multiplyScaled(m: Builder, a: Scaled, b: Scaled): Scaled {
  return { wide: multiplyHigh(m, a.wide, b.wide), exponent: a.exponent.add(b.exponent).add(1) };
}

const SERIES: Routine = routine("series-128", { params: [I32, I32, I32, I32, I64, I64], results: [I64, I64] }, (m, offset, step, count, alternate, xh, xl) => {
  const first = m.state(STATE.tables).add(offset!), x: Wide = { high: xh!, low: xl! };
  const read = (at: Value): Wide => ({ high: m.hostLoad("i64.load", at, 8), low: m.hostLoad("i64.load", at) });
  const at = m.local(first.add(step!.mul(count!.sub(1)))), last = read(at.get());
  const high = m.local(last.high), low = m.local(last.low);
  m.loop(() => {
    const now = at.get();
    m.breakIf(now.eq(first));
    const next = now.sub(step!), coefficient = read(next);
    const product = multiplyHigh(m, x, { high: high.get(), low: low.get() });
    const sum = chooseWide(m, alternate!, subtractWide(coefficient, product), addWide(coefficient, product));
    at.set(next);
    high.set(sum.high);
    low.set(sum.low);
  });
  m.return(high.get(), low.get());
});
/**
 * c0 + x·c1 + x²·c2 + … of `count` coefficients from the constant tables, every `step`-th from `offset` on; with alternating signs where
 * `alternate` is 1. Fractions, as is the result: it must stay below 1.
 */
export function series(m: Builder, offset: number, step: number, count: number, alternate: Value | number, x: Wide): Wide {
  const sign = typeof alternate === "number" ? m.i32(alternate) : alternate;
  const [high, low] = m.call(SERIES, m.i32(offset), m.i32(step * FRACTION_BYTES), m.i32(count), sign, x.high, x.low);
  return { high: high!, low: low! };
}

const NORMALIZE: Routine = routine("normalize-128", { params: [I32, I64, I64], results: [I32, I64, I64] }, (m, exponent, high, low) => {
  const h = m.local(high!), l = m.local(low!), e = m.local(exponent!);
  m.if(high!.eqz(), () => { h.set(low!); l.set(0n); e.set(exponent!.sub(64)); });
  const up = h.get().clz(), bottom = l.get();
  m.return(e.get().sub(up.trunc(32)), h.get().shl(up).or(bottom.shrU(1).shrU(up.xor(63))), bottom.shl(up));
});
/** Shifts a number other than zero up to bit 127. */
export function normalizeScaled(m: Builder, v: Scaled): Scaled {
  const [exponent, high, low] = m.call(NORMALIZE, v.exponent, v.wide.high, v.wide.low);
  return { exponent: exponent!, wide: { high: high!, low: low! } };
}

/** A number below 1 as a fraction. */
export function toFraction(m: Builder, v: Scaled): Wide { return toFixed(m, v, 0); }
/** v · 2^(128 - integerBits); v is less than 2^integerBits. */
export function toFixed(m: Builder, v: Scaled, integerBits: number): Wide {
  return shiftRightSticky(m, v.wide, m.i32(integerBits - 1).sub(v.exponent));
}
/** The inverse: not normalized. */
export function fromFixed(m: Builder, v: Wide, integerBits: number): Scaled { return { wide: v, exponent: m.i32(integerBits - 1) }; }

const QUOTIENT: Routine = routine("quotient-128", { params: [I64, I64, I64, I64], results: [I64, I64, I32] }, (m, ah, al, bh, bl) => {
  const a: Wide = { high: ah!, low: al! }, b: Wide = { high: bh!, low: bl! };
  const less = ah!.ltU(bh!).or(ah!.eq(bh!).and(al!.ltU(bl!))), halved = halfWide(a);
  // A quotient between 1/4 and 1/2: its first digit to the base 2^64 is estimated with the divisor's upper half and put right.
  const first = divideWide(m, chooseWide(m, less, halved, halfWide(halved)), bh!);
  const product = multiplyWide(first.quotient, bl!), rest = subtractWide({ high: first.remainder, low: m.i64(0) }, product);
  const digit = m.local(first.quotient), high = m.local(rest.high), low = m.local(rest.low);
  const negative = m.local(first.remainder.ltU(product.high).or(first.remainder.eq(product.high).and(product.low.nez())));
  m.loop(() => {
    m.breakIf(negative.get().eqz());
    const before: Wide = { high: high.get(), low: low.get() }, after = addWide(before, b);
    negative.set(after.high.gtU(before.high).or(after.high.eq(before.high).and(after.low.geU(before.low))));
    digit.set(digit.get().sub(1));
    high.set(after.high);
    low.set(after.low);
  });
  // The second digit is at most two too high.
  const second = m.local(m.i64(-1));
  m.if(high.get().ltU(bh!), () => second.set(divideWide(m, { high: high.get(), low: low.get() }, bh!).quotient));
  const bottom = second.get();
  m.return(digit.get().shl(1).or(bottom.shrU(63)), bottom.shl(1), less);
});
/** Quotient of two normalized numbers, normalized. */
export function divideScaled(m: Builder, a: Scaled, b: Scaled): Scaled {
  const [high, low, less] = m.call(QUOTIENT, a.wide.high, a.wide.low, b.wide.high, b.wide.low);
  return { wide: { high: high!, low: low! }, exponent: a.exponent.sub(b.exponent).sub(less!) };
}

/** A 64-bit significand with its top bit set as a scaled number. */
export function scaled64(m: Builder, significand: Value, exponent: Value): Scaled { return { wide: { high: significand, low: m.i64(0) }, exponent }; }
