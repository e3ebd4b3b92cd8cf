import type { Builder } from "../../ir/builder.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { BIAS, exponentOf, MAX_EXPONENT, SIGN, type Float80 } from "./float80.ts";
import { combine } from "./sum.ts";
import { divideWide, multiplyWide, type Wide } from "./wide.ts";

/**
 * The common case of arithmetic, written where it is needed instead of being called: normal operands, rounding to nearest, 64 bits of precision, the
 * precision exception masked, a normal result. The same steps as the routines' on a part of their domain. `done` writes what is done
 * with the result; where it is not reached the routine has to do it.
 */
export interface FastResult {
  readonly value: Float80;
  /** 1 where it is inexact, and where rounding went up. */
  readonly inexact: Value;
  readonly up: Value;
}

/** Rounding to nearest, 64-bit precision, PE masked. */
export function isPlainControl(m: Builder): Value { return m.state(STATE.fcw).and(0xf20).eq(0x320); }

const HALF = 1n << 63n;

/** 1 (64 bits) where the lower half is more than half a unit, or just that and the unit is odd, which is rare. */
function roundsUp(m: Builder, high: Value, low: Value): Value {
  const up = m.local(low.shrU(63));
  m.ifUnlikely(low.eq(HALF), () => up.set(high.and(1)));
  return up.get();
}

/** Goes on with a number whose top bit is set, rounded by `up` (64 bits), where the result is normal; `low` is zero where it is exact. `sign` is in bit 15. */
function finish(m: Builder, high: Value, low: Value, up: Value, sign: () => Value, exponent: Value, done: (r: FastResult) => void): void {
  const sum = high.add(up);
  // A carry leaves zero; so does a difference with nothing in the upper half, which is not normalized here.
  m.ifLikely(exponent.sub(1).ltU(MAX_EXPONENT - 1), () => m.ifLikely(sum.ltS(0), () => {
    done({ value: { significand: sum, signExponent: exponent.or(sign()) }, inexact: low.nez(), up: up.trunc(32) });
  }));
}

/** Product of normal numbers. */
export function fastProduct(m: Builder, a: Float80, b: Float80, done: (r: FastResult) => void): void {
  const p = multiplyWide(a.significand, b.significand), top = p.high.shrU(63), up = top.xor(1);
  const exponent = exponentOf(a).add(exponentOf(b)).sub(BIAS).add(top.trunc(32));
  const high = p.high.shl(up).or(p.low.shrU(63).and(up)), low = p.low.shl(up);
  finish(m, high, low, roundsUp(m, high, low), () => a.signExponent.xor(b.signExponent).and(SIGN), exponent, done);
}

/** Quotient of normal numbers. */
export function fastQuotient(m: Builder, a: Float80, b: Float80, done: (r: FastResult) => void): void {
  const divisor = b.significand, less = a.significand.ltU(divisor), halve = less.xor(1).zext(64);
  const { quotient, remainder } = divideWide(m, { high: a.significand.shrU(halve), low: a.significand.and(halve).shl(63) }, divisor);
  // More than half of the divisor is left. Exactly half never is: the quotient would have 65 bits and an odd one last, more than a dividend has.
  const up = remainder.gtU(divisor.sub(remainder)), exponent = exponentOf(a).sub(exponentOf(b)).add(BIAS).sub(less);
  finish(m, quotient, remainder, up.zext(64), () => a.signExponent.xor(b.signExponent).and(SIGN), exponent, done);
}

/** Sum of normal numbers whose exponents differ by less than 64; the signs of a and b are inverted first where `negateA` or `negateB` is SIGN. */
export function fastSum(m: Builder, a: Float80, b: Float80, negateA: number, negateB: number, done: (r: FastResult) => void): void {
  const ea = exponentOf(a), eb = exponentOf(b), apart = ea.sub(eb);
  const swap = apart.ltS(0), distance = m.choose(swap, eb.sub(ea), apart);
  m.ifLikely(distance.ltU(64), () => {
    const large = m.choose(swap, b.significand, a.significand), small = m.choose(swap, a.significand, b.significand), d = distance.zext(64);
    // What a rotation brings to the top beyond the shifted number is what the shift loses.
    const shifted = small.shrU(d), aligned: Wide = { high: shifted, low: small.rotr(d).sub(shifted) };
    const largeExponent = m.choose(swap, b.signExponent, a.signExponent), sign = largeExponent.and(SIGN), sameNegation = negateA === negateB;
    const shownSign = m.local(sameNegation ? (negateA ? sign.xor(SIGN) : sign) : sign.xor(m.choose(swap, negateB, negateA)));
    const differ = a.signExponent.xor(b.signExponent).and(SIGN), differs = sameNegation ? differ : differ.xor(SIGN);
    // With equal exponents the difference may turn out negative.
    const raw = combine(m, differs, large, largeExponent.and(MAX_EXPONENT), aligned, () => shownSign.set(shownSign.get().xor(SIGN)));
    const high = m.local(raw.high), low = m.local(raw.low), e = m.local(raw.exponent);
    m.if(raw.high.geS(0), () => {
      const up = raw.high.clz();
      high.set(raw.high.shl(up).or(raw.low.shrU(1).shrU(up.xor(63))));
      low.set(raw.low.shl(up));
      e.set(raw.exponent.sub(up.trunc(32)));
    });
    const top = high.get(), bottom = low.get();
    finish(m, top, bottom, roundsUp(m, top, bottom), () => shownSign.get(), e.get(), done);
  });
}
