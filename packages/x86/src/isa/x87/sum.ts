import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { isInfinite, normalize, packSign, SIGN, type Float80, type Normalized } from "./float80.ts";
import { noteDenormals, returnFloat80, returnInvalid, returnNan } from "./nan.ts";
import { normalizeAndPack80, roundingControl } from "./round.ts";
import { RC } from "./status.ts";
import { shiftRightSticky, type Wide } from "./wide.ts";

/** What the two magnitudes of a sum become before rounding: not normalized; `exponent` belongs to bit 127. */
export interface RawSum { readonly high: Value; readonly low: Value; readonly exponent: Value }

/**
 * Adds (or, where the signs differ, subtracts) a magnitude, already aligned, to the significand of the one with the larger exponent. Of equal
 * exponents the first must be the larger magnitude unless `negative` says what to do where it is not; the difference is positive then, too.
 */
export function combine(m: Builder, differ: Value, large: Value, exponent: Value, small: Wide, negative?: () => void): RawSum {
  const high = m.local(large), low = m.local(small.low), e = m.local(exponent);
  m.if(differ, () => {
    low.set(small.low.neg());
    high.set(large.sub(small.high).sub(small.low.nez().zext(64)));
    if (negative) m.if(large.ltU(small.high), () => {
      high.set(small.high.sub(large));
      negative();
    });
  }, () => {
    const sum = large.add(small.high);
    high.set(sum);
    m.if(sum.ltU(large), () => {
      high.set(sum.shrU(1).or(1n << 63n));
      low.set(sum.shl(63).or(small.low.shrU(1)).or(small.low.and(1)));
      e.set(exponent.add(1));
    });
  });
  return { high: high.get(), low: low.get(), exponent: e.get() };
}

/** 1 where p has the smaller magnitude. */
function isSmaller(p: Normalized, q: Normalized): Value {
  return p.exponent.ltS(q.exponent).or(p.exponent.eq(q.exponent).and(p.significand.ltU(q.significand)));
}

/** a + b, with the sign of b inverted first where `negate` is SIGN (but not that of a NaN). */
const SUM: Routine = routine("sum-80", { params: [I64, I32, I64, I32, I32], results: [I64, I32] }, (m, aSignificand, aSign, bSignificand, bSign, negate) => {
  const a: Float80 = { significand: aSignificand!, signExponent: aSign! }, b: Float80 = { significand: bSignificand!, signExponent: bSign! };
  returnNan(m, a, b);
  const c: Float80 = { significand: b.significand, signExponent: b.signExponent.xor(negate!) };
  const differ = a.signExponent.xor(c.signExponent).and(SIGN).nez();
  m.if(isInfinite(a).or(isInfinite(c)), () => {
    m.if(isInfinite(a).and(isInfinite(c)).and(differ), () => returnInvalid(m));
    noteDenormals(m, a, b);
    m.if(isInfinite(a), () => returnFloat80(m, a));
    returnFloat80(m, c);
  });
  noteDenormals(m, a, b);
  const p = normalize(m, a), q = normalize(m, c), swap = isSmaller(p, q);
  const sign = m.choose(swap, q.sign, p.sign), exponent = m.choose(swap, q.exponent, p.exponent);
  const distance = m.choose(swap, q.exponent.sub(p.exponent), p.exponent.sub(q.exponent));
  const small = shiftRightSticky(m, { high: m.choose(swap, p.significand, q.significand), low: m.i64(0) }, distance);
  const sum = combine(m, differ, m.choose(swap, q.significand, p.significand), exponent, small);
  m.if(sum.high.or(sum.low).eqz(), () => {
    // Like-signed zeros keep their sign; any other zero sum is negative only when rounding down.
    m.return(m.i64(0), packSign(m.choose(differ, roundingControl(m).eq(RC.down), sign), 0));
  });
  returnFloat80(m, normalizeAndPack80(m, sign, sum.exponent, { high: sum.high, low: sum.low }));
});

export function add80(m: Builder, a: Float80, b: Float80): Float80 { return sum(m, a, b, 0); }
export function subtract80(m: Builder, a: Float80, b: Float80): Float80 { return sum(m, a, b, SIGN); }
function sum(m: Builder, a: Float80, b: Float80, negate: number): Float80 {
  const [significand, signExponent] = m.call(SUM, a.significand, a.signExponent, b.significand, b.signExponent, m.i32(negate));
  return { significand: significand!, signExponent: signExponent! };
}
