import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { BIAS, exponentOf, float80, INTEGER_BIT, isInfinite, isNanOrUnsupported, isZero, MAX_EXPONENT, normalize, signOf, type Float80 } from "./float80.ts";
import { noteDenormals, returnFloat80, returnInvalid, returnNan } from "./nan.ts";
import { chooseWide, divideScaled, halfWide, multiplyHigh, negateWide, normalizeScaled, scaled64, series, toFraction, wideConstant, type Scaled } from "./transcendental-fixed.ts";
import { finishInexact } from "./transcendental-result.ts";
import { REDUCTION_PI, TWO_OVER_PI } from "./transcendental.table.ts";
import { factorialOffset } from "./transcendental-tables.ts";
import { addWide, multiplyWide, subtractWide, type Wide } from "./wide.ts";

/** Terms after the first: the next is below 2^-93 for an argument of pi/4. */
const TERMS = 12;

/**
 * |x| = significand · 2^(exponent - 63) as a multiple of pi/2 and a rest of at most pi/4: the multiple modulo 4, the rest's sign and the rest, normalized.
 * Pi has 66 bits here, as on the processors (SDM vol. 1, "Approximation of Pi"), and the rest is exact in units of 2^-65.
 */
const REDUCE: Routine = routine("reduce-angle", { params: [I64, I32], results: [I32, I32, I32, I64, I64] }, (m, significand, exponent) => {
  m.if(exponent!.ltS(-1), () => m.return(m.i32(0), m.i32(0), exponent!, significand!, m.i64(0)));
  const halfPi = wideConstant(m, REDUCTION_PI), shift = m.i64(62).sub(exponent!.sext(64));
  // The multiple may be one too low, where the rest is above pi/4.
  const estimate = multiplyWide(significand!, m.i64(TWO_OVER_PI)).high.shrU(shift).add(1).shrU(1);
  const product = multiplyWide(estimate, halfPi.low);
  const multiple: Wide = { high: product.high.add(estimate.mul(halfPi.high)), low: product.low };
  // In units of 2^-65: exponent + 2 places to the left, 1 to 64.
  const whole: Wide = { high: significand!.shrU(shift), low: significand!.shl(1).shl(m.i64(63).sub(shift)) };
  const rest = subtractWide(whole, multiple);
  // More than pi/4, half of REDUCTION_PI in these units, which is above 2^64.
  const more = rest.high.geS(1).and(rest.high.gtS(1).or(rest.low.gtU(BigInt.asUintN(64, REDUCTION_PI >> 1n))));
  const corrected = chooseWide(m, more, subtractWide(rest, halfPi), rest), negative = corrected.high.sign();
  const r = normalizeScaled(m, { wide: chooseWide(m, negative, negateWide(corrected), corrected), exponent: m.i32(127 - 65) });
  m.return(estimate.trunc(32).add(more).and(3), negative, r.exponent, r.wide.high, r.wide.low);
});

interface Reduced { readonly quadrant: Value; readonly negative: Value; readonly rest: Scaled }
function reduce(m: Builder, significand: Value, exponent: Value): Reduced {
  const [quadrant, negative, e, high, low] = m.call(REDUCE, significand, exponent);
  return { quadrant: quadrant!, negative: negative!, rest: { exponent: e!, wide: { high: high!, low: low! } } };
}

const SINE: Routine = routine("sine-128", { params: [I32, I64, I64], results: [I64, I64] }, (m, exponent, high, low) => {
  const r: Wide = { high: high!, low: low! }, f = toFraction(m, { wide: r, exponent: exponent! }), square = multiplyHigh(m, f, f);
  // r - r³/3! + …: always a little below r.
  const part = multiplyHigh(m, r, multiplyHigh(m, square, series(m, factorialOffset(3), 2, TERMS, 1, square)));
  const result = subtractWide(r, addWide(part, wideConstant(m, 1n)));
  m.return(result.high, result.low);
});
/** sin r, not normalized, 0 < r <= pi/4. */
function sine(m: Builder, r: Scaled): Scaled {
  const [high, low] = m.call(SINE, r.exponent, r.wide.high, r.wide.low);
  return { wide: { high: high!, low: low! }, exponent: r.exponent };
}
const COSINE: Routine = routine("cosine-128", { params: [I32, I64, I64], results: [I64, I64] }, (m, exponent, high, low) => {
  const f = toFraction(m, { wide: { high: high!, low: low! }, exponent: exponent! }), square = multiplyHigh(m, f, f);
  // 1 - (r²/2! - …): always a little below 1, which is 2^128.
  const part = multiplyHigh(m, square, series(m, factorialOffset(2), 2, TERMS, 1, square));
  const result = negateWide(addWide(part, wideConstant(m, 1n)));
  m.return(result.high, result.low);
});
/** cos r, normalized. */
function cosine(m: Builder, r: Scaled): Scaled {
  const [high, low] = m.call(COSINE, r.exponent, r.wide.high, r.wide.low);
  return { wide: { high: high!, low: low! }, exponent: m.i32(-1) };
}

const SIN = 0, COS = 1;
/** Rounds the sine (0) or cosine (1) of a number of sign `sign` whose magnitude was reduced. */
const CIRCULAR: Routine = routine("circular-80", { params: [I32, I32, I32, I32, I32, I64, I64], results: [I64, I32] }, (m, which, sign, quadrant, negative, exponent, high, low) => {
  const r: Scaled = { wide: { high: high!, low: low! }, exponent: exponent! };
  // cos x = sin(x + pi/2).
  const turned = quadrant!.add(which!), odd = turned.and(1), half = turned.shrU(1).and(1);
  m.if(odd, () => returnFloat80(m, finishInexact(m, half.xor(which!.eqz().and(sign!)), cosine(m, r))));
  returnFloat80(m, finishInexact(m, half.xor(negative!).xor(which!.eqz().and(sign!)), sine(m, r)));
});
function circular(m: Builder, which: typeof SIN | typeof COS, sign: Value, a: Reduced): Float80 {
  const [significand, signExponent] = m.call(CIRCULAR, m.i32(which), sign, a.quadrant, a.negative, a.rest.exponent, a.rest.wide.high, a.rest.wide.low);
  return { significand: significand!, signExponent: signExponent! };
}

function one(m: Builder): Float80 { return float80(m, INTEGER_BIT, BIAS); }
/** 1 where FSIN, FCOS, FSINCOS and FPTAN set C2 and leave their operand: a number of 2^63 and more. */
export function isOutOfRange(v: Float80): Value { return exponentOf(v).sub(BIAS + 63).ltU(MAX_EXPONENT - BIAS - 63).and(v.significand.ltS(0)); }

const TANGENT: Routine = routine("tangent-128", { params: [I32, I64, I64], results: [I32, I64, I64] }, (m, exponent, high, low) => {
  const r: Scaled = { wide: { high: high!, low: low! }, exponent: exponent! };
  // r + r³/3, always a little above r, where the quotient's error could hide the second term.
  m.if(exponent!.ltS(-40), () => {
    const f = toFraction(m, r), part = multiplyHigh(m, r.wide, multiplyHigh(m, multiplyHigh(m, f, f), wideConstant(m, (1n << 128n) / 3n)));
    const sum = addWide(halfWide(r.wide), addWide(halfWide(part), wideConstant(m, 1n)));
    m.return(exponent!.add(1), sum.high, sum.low);
  });
  const t = divideScaled(m, normalizeScaled(m, sine(m, r)), cosine(m, r));
  m.return(t.exponent, t.wide.high, t.wide.low);
});
/** tan of a reduced angle; of an odd multiple of pi/2 and a rest it is -1 / tan of the rest. */
function tangent(m: Builder, sign: Value, a: Reduced): Float80 {
  const [exponent, high, low] = m.call(TANGENT, a.rest.exponent, a.rest.wide.high, a.rest.wide.low), odd = a.quadrant.and(1);
  const t = normalizeScaled(m, { exponent: exponent!, wide: { high: high!, low: low! } }), e = m.local(t.exponent), h = m.local(t.wide.high), l = m.local(t.wide.low);
  m.if(odd, () => {
    const inverse = divideScaled(m, scaled64(m, m.i64(BigInt.asIntN(64, INTEGER_BIT)), m.i32(0)), t);
    e.set(inverse.exponent);
    h.set(inverse.wide.high);
    l.set(inverse.wide.low);
  });
  return finishInexact(m, sign.xor(a.negative).xor(odd), { exponent: e.get(), wide: { high: h.get(), low: l.get() } });
}

const UNARY = { params: [I64, I32], results: [I64, I32] } as const;
function unaryRoutine(name: string, zero: (m: Builder, a: Float80) => Float80, compute: (m: Builder, sign: Value, a: Reduced) => Float80): Routine {
  return routine(name, UNARY, (m, significand, signExponent) => {
    const a: Float80 = { significand: significand!, signExponent: signExponent! };
    returnNan(m, a);
    m.if(isInfinite(a), () => returnInvalid(m));
    m.if(isZero(a), () => returnFloat80(m, zero(m, a)));
    noteDenormals(m, a);
    const n = normalize(m, a);
    returnFloat80(m, compute(m, signOf(a), reduce(m, n.significand, n.exponent.sub(BIAS))));
  });
}
/** The sine, cosine and tangent of a number below 2^63, a NaN or an infinity. */
export const SINE_80: Routine = unaryRoutine("sine-80", (_m, a) => a, (m, sign, a) => circular(m, SIN, sign, a));
export const COSINE_80: Routine = unaryRoutine("cosine-80", one, (m, sign, a) => circular(m, COS, sign, a));
export const TANGENT_80: Routine = unaryRoutine("tangent-80", (_m, a) => a, (m, sign, a) => tangent(m, sign, a));
/** Both: sine, then cosine. */
export const SINE_COSINE_80: Routine = routine("sine-cosine-80", { params: [I64, I32], results: [I64, I32, I64, I32] }, (m, significand, signExponent) => {
  const a: Float80 = { significand: significand!, signExponent: signExponent! };
  m.if(isInfinite(a).or(isNanOrUnsupported(a)).or(isZero(a)), () => m.return(...m.call(SINE_80, significand!, signExponent!), ...m.call(COSINE_80, significand!, signExponent!)));
  noteDenormals(m, a);
  const n = normalize(m, a), r = reduce(m, n.significand, n.exponent.sub(BIAS));
  const sin = circular(m, SIN, signOf(a), r), cos = circular(m, COS, signOf(a), r);
  m.return(sin.significand, sin.signExponent, cos.significand, cos.signExponent);
});
