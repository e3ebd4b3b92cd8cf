import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { BIAS, INTEGER_BIT, isInfinite, isZero, MAX_EXPONENT, normalize, packSign, signOf, type Float80 } from "./float80.ts";
import { noteDenormals, returnFloat80, returnInvalid, returnNan } from "./nan.ts";
import { FSW, noteX87 } from "./status.ts";
import { chooseWide, divideScaled, fromFixed, halfWide, multiplyHigh, multiplyScaled, negateWide, normalizeScaled, scaled64, series, toFixed, toFraction, wideConstant, type Scaled } from "./transcendental-fixed.ts";
import { finish, finishInexact } from "./transcendental-result.ts";
import { ODD_OFFSET } from "./transcendental-tables.ts";
import { SQRT2, TWO_OVER_LN2 } from "./transcendental.table.ts";
import { addWide, shiftRightSticky, subtractWide, type Wide } from "./wide.ts";

/** Terms after the first: the next is below 2^-95 for an argument of 0.1716, (sqrt 2 - 1) / (sqrt 2 + 1). */
const TERMS = 17;
/** Bits before the point of a logarithm with its sign. */
const LOGARITHM_BITS = 17;

/**
 * y · (whole + log2((1 + s) / (1 - s))) rounded: log2((1 + s) / (1 - s)) = 2/ln 2 · artanh s. Of y the sign (with that of the operand's limits), exponent
 * and significand; of s (normalized, not zero) sign, exponent and significand.
 */
const SCALE: Routine = routine("scaled-logarithm", { params: [I32, I32, I64, I32, I32, I32, I64, I64], results: [I64, I32] }, (m, ySign, ye, ys, whole, sSign, se, sh, sl) => {
  const s: Wide = { high: sh!, low: sl! }, f = toFraction(m, { wide: s, exponent: se! }), square = multiplyHigh(m, f, f);
  // s + s³/3 + …, halved to have room.
  const part = multiplyHigh(m, s, multiplyHigh(m, square, series(m, ODD_OFFSET, 1, TERMS, 0, square)));
  const artanh: Scaled = { wide: addWide(halfWide(s), halfWide(part)), exponent: se!.add(1) };
  const fraction = normalizeScaled(m, multiplyScaled(m, artanh, { wide: wideConstant(m, TWO_OVER_LN2), exponent: m.i32(1) })), y = scaled64(m, ys!, ye!);
  m.if(whole!.eqz(), () => returnFloat80(m, finishInexact(m, ySign!.xor(sSign!), multiplyScaled(m, fraction, y))));
  const fixed = toFixed(m, fraction, LOGARITHM_BITS), integer: Wide = { high: whole!.sext(64).shl(64 - LOGARITHM_BITS), low: m.i64(0) };
  const sum = chooseWide(m, sSign!, subtractWide(integer, fixed), addWide(integer, fixed)), negative = sum.high.sign();
  const magnitude = normalizeScaled(m, fromFixed(m, chooseWide(m, negative, negateWide(sum), sum), LOGARITHM_BITS));
  returnFloat80(m, finishInexact(m, ySign!.xor(negative), multiplyScaled(m, magnitude, y)));
});

/** y · log2 v for v = wide · 2^(exponent - 127), normalized and not 1. */
const LOGARITHM: Routine = routine("logarithm-128", { params: [I32, I32, I64, I32, I64, I64], results: [I64, I32] }, (m, ySign, ye, ys, exponent, high, low) => {
  // v = m · 2^whole with m between the root of 1/2 and the root of 2; s = (m - 1) / (m + 1) in units of m's last bit.
  const up = high!.gtU(SQRT2), whole = exponent!.add(up), v: Wide = { high: high!, low: low! };
  const rest = chooseWide(m, up, v, { high: high!.xor(BigInt.asIntN(64, INTEGER_BIT)), low: low! }), over = chooseWide(m, up, negateWide(v), rest);
  m.if(over.high.or(over.low).eqz(), () => {
    // A power of two: the product is exact.
    const negative = whole.sign(), magnitude = m.choose(negative, whole.neg(), whole).zext(64), at = magnitude.clz();
    returnFloat80(m, finish(m, ySign!.xor(negative), multiplyScaled(m, scaled64(m, magnitude.shl(at), m.i32(63).sub(at.trunc(32))), scaled64(m, ys!, ye!))));
  });
  const half = halfWide(rest), under: Wide = { high: half.high.or(BigInt.asIntN(64, INTEGER_BIT)), low: half.low };
  const s = divideScaled(m, normalizeScaled(m, { wide: over, exponent: m.i32(127) }), { wide: under, exponent: m.i32(128) });
  m.return(...m.call(SCALE, ySign!, ye!, ys!, whole, up, s.exponent, s.wide.high, s.wide.low));
});

interface Factor { readonly sign: Value; readonly exponent: Value; readonly significand: Value }
function factor(m: Builder, y: Float80): Factor {
  const n = normalize(m, y);
  return { sign: n.sign, exponent: n.exponent.sub(BIAS), significand: n.significand };
}
function returnLogarithm(m: Builder, y: Factor, v: Scaled): void {
  m.return(...m.call(LOGARITHM, y.sign, y.exponent, y.significand, v.exponent, v.wide.high, v.wide.low));
}
function returnInfinity(m: Builder, sign: Value): void { m.return(m.i64(BigInt.asIntN(64, INTEGER_BIT)), packSign(sign, MAX_EXPONENT)); }
function returnZero(m: Builder, sign: Value): void { m.return(m.i64(0), packSign(sign, 0)); }
const BINARY = { params: [I64, I32, I64, I32], results: [I64, I32] } as const;

/** y · log2 x. */
export const LOGARITHM_80: Routine = routine("logarithm-80", BINARY, (m, ySignificand, ySignExponent, xSignificand, xSignExponent) => {
  const y: Float80 = { significand: ySignificand!, signExponent: ySignExponent! }, x: Float80 = { significand: xSignificand!, signExponent: xSignExponent! };
  returnNan(m, y, x);
  const ySign = signOf(y);
  m.if(isZero(x), () => {
    m.if(isZero(y), () => returnInvalid(m));
    // A denormal factor is not reported besides.
    m.if(isInfinite(y).eqz(), () => noteX87(m, FSW.ZE));
    returnInfinity(m, ySign.xor(1));
  });
  m.if(signOf(x), () => returnInvalid(m));
  const one = x.signExponent.eq(BIAS).and(x.significand.eq(BigInt.asIntN(64, INTEGER_BIT)));
  m.if(isInfinite(x).and(isZero(y)).or(one.and(isInfinite(y))), () => returnInvalid(m));
  noteDenormals(m, y, x);
  m.if(isInfinite(x), () => returnInfinity(m, ySign));
  const below = x.signExponent.and(MAX_EXPONENT).ltU(BIAS);
  m.if(isInfinite(y), () => returnInfinity(m, ySign.xor(below)));
  m.if(isZero(y), () => returnZero(m, ySign.xor(below)));
  m.if(one, () => returnZero(m, ySign));
  const n = normalize(m, x);
  returnLogarithm(m, factor(m, y), scaled64(m, n.significand, n.exponent.sub(BIAS)));
});

/** 1 + x for a finite x above -1 of magnitude 1/8 and more, normalized. */
function onePlus(m: Builder, sign: Value, exponent: Value, significand: Value): Scaled {
  const above = m.choose(exponent.gtS(0), exponent, 0), zero = m.i64(0);
  // In units of 2^(above - 126).
  const a = shiftRightSticky(m, halfWide({ high: significand, low: zero }), above.sub(exponent)), one = shiftRightSticky(m, { high: m.i64(1n << 62n), low: zero }, above);
  return normalizeScaled(m, { wide: chooseWide(m, sign, subtractWide(one, a), addWide(one, a)), exponent: above.add(1) });
}

/** y · log2(x + 1). Beyond the range that the manuals define the processor computes on to -1; from there down the result is x. */
export const LOGARITHM_PLUS_ONE_80: Routine = routine("logarithm-plus-one-80", BINARY, (m, ySignificand, ySignExponent, xSignificand, xSignExponent) => {
  const y: Float80 = { significand: ySignificand!, signExponent: ySignExponent! }, x: Float80 = { significand: xSignificand!, signExponent: xSignExponent! };
  returnNan(m, y, x);
  const sign = signOf(y).xor(signOf(x)), infinite = isInfinite(x);
  m.if(infinite.and(signOf(x).or(isZero(y))).or(isZero(x).and(isInfinite(y))), () => returnInvalid(m));
  noteDenormals(m, y, x);
  m.if(infinite.or(isInfinite(y)), () => returnInfinity(m, sign));
  m.if(isZero(x).or(isZero(y)), () => returnZero(m, sign));
  const n = normalize(m, x), exponent = n.exponent.sub(BIAS);
  m.if(n.sign.and(exponent.geS(0)), () => {
    noteX87(m, FSW.PE);
    returnFloat80(m, x);
  });
  const f = factor(m, y);
  m.if(exponent.geS(-3), () => returnLogarithm(m, f, onePlus(m, n.sign, exponent, n.significand)));
  // s = x / (2 + x): relative to a small x nothing is lost. In units of 2^-126.
  const a = shiftRightSticky(m, halfWide({ high: n.significand, low: m.i64(0) }), exponent.neg()), two: Wide = { high: m.i64(BigInt.asIntN(64, INTEGER_BIT)), low: m.i64(0) };
  const under = normalizeScaled(m, { wide: chooseWide(m, n.sign, subtractWide(two, a), addWide(two, a)), exponent: m.i32(1) });
  const s = divideScaled(m, scaled64(m, n.significand, exponent), under);
  m.return(...m.call(SCALE, f.sign, f.exponent, f.significand, m.i32(0), n.sign, s.exponent, s.wide.high, s.wide.low));
});
