import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { BIAS, INTEGER_BIT, isInfinite, isZero, MAX_EXPONENT, normalize, packSign, SIGN, type Float80 } from "./float80.ts";
import { noteDenormals, returnFloat80, returnInvalid, returnNan } from "./nan.ts";
import { normalizeAndPack80, pack80 } from "./round.ts";
import { FSW, noteX87 } from "./status.ts";
import { divideWide, multiplyWide } from "./wide.ts";

const BINARY = { params: [I64, I32, I64, I32], results: [I64, I32] } as const;
function operands(aSignificand: Value, aSign: Value, bSignificand: Value, bSign: Value): [Float80, Float80] {
  return [{ significand: aSignificand, signExponent: aSign }, { significand: bSignificand, signExponent: bSign }];
}
/** Sign of a product or quotient, 0 or 1. */
function signOfProduct(a: Float80, b: Float80): Value { return a.signExponent.xor(b.signExponent).and(SIGN).nez(); }
function returnInfinity(m: Builder, sign: Value): void { m.return(m.i64(BigInt.asIntN(64, INTEGER_BIT)), packSign(sign, MAX_EXPONENT)); }
function returnZero(m: Builder, sign: Value): void { m.return(m.i64(0), packSign(sign, 0)); }

const MULTIPLY: Routine = routine("multiply-80", BINARY, (m, aSignificand, aSign, bSignificand, bSign) => {
  const [a, b] = operands(aSignificand!, aSign!, bSignificand!, bSign!);
  returnNan(m, a, b);
  const sign = signOfProduct(a, b), zero = isZero(a).or(isZero(b));
  m.if(isInfinite(a).or(isInfinite(b)), () => {
    m.if(zero, () => returnInvalid(m));
    noteDenormals(m, a, b);
    returnInfinity(m, sign);
  });
  noteDenormals(m, a, b);
  m.if(zero, () => returnZero(m, sign));
  const p = normalize(m, a), q = normalize(m, b);
  returnFloat80(m, normalizeAndPack80(m, sign, p.exponent.add(q.exponent).sub(BIAS - 1), multiplyWide(p.significand, q.significand)));
});

const DIVIDE: Routine = routine("divide-80", BINARY, (m, aSignificand, aSign, bSignificand, bSign) => {
  const [a, b] = operands(aSignificand!, aSign!, bSignificand!, bSign!);
  returnNan(m, a, b);
  const sign = signOfProduct(a, b);
  m.if(isInfinite(a), () => {
    m.if(isInfinite(b), () => returnInvalid(m));
    noteDenormals(m, a, b);
    returnInfinity(m, sign);
  });
  m.if(isZero(b), () => {
    m.if(isZero(a), () => returnInvalid(m));
    // A denormal dividend is not reported besides.
    noteX87(m, FSW.ZE);
    returnInfinity(m, sign);
  });
  noteDenormals(m, a, b);
  m.if(isZero(a).or(isInfinite(b)), () => returnZero(m, sign));
  const p = normalize(m, a), q = normalize(m, b), less = p.significand.ltU(q.significand);
  // A quotient of 64 bits with bit 63 set: the dividend is halved where it is not less than the divisor.
  const halve = less.xor(1).zext(64);
  const { quotient, remainder } = divideWide(m, { high: p.significand.shrU(halve), low: p.significand.and(halve).shl(63) }, q.significand);
  // The remainder as a fraction of the divisor, as far as rounding asks: below, equal to or above one half.
  const twice = remainder.shl(1), above = remainder.shrU(63).nez().or(twice.gtU(q.significand));
  const half = above.or(twice.eq(q.significand)), low = half.zext(64).shl(63).or(remainder.nez().and(half.eqz().or(above)).zext(64));
  returnFloat80(m, pack80(m, sign, p.exponent.sub(q.exponent).add(BIAS).sub(less), { high: quotient, low }));
});

export function multiply80(m: Builder, a: Float80, b: Float80): Float80 { return binary(m, MULTIPLY, a, b); }
export function divide80(m: Builder, a: Float80, b: Float80): Float80 { return binary(m, DIVIDE, a, b); }
function binary(m: Builder, r: Routine, a: Float80, b: Float80): Float80 {
  const [significand, signExponent] = m.call(r, a.significand, a.signExponent, b.significand, b.signExponent);
  return { significand: significand!, signExponent: signExponent! };
}
