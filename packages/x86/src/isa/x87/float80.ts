import type { Builder } from "../../ir/builder.ts";
import type { Value } from "../../ir/value.ts";

/**
 * A double extended precision number in two values (SDM vol. 1, "x87 FPU Data Types"). Bit 63 of the significand is the integer bit.
 * A number that was widened from a single or double precision denormal carries DENORMAL_ORIGIN above its sign: it counts as a denormal operand.
 */
export interface Float80 {
  /** 64 bits. */
  readonly significand: Value;
  /** 32 bits: exponent in bits 14-0 (bias 16383), sign in bit 15. */
  readonly signExponent: Value;
}

export const BIAS = 16383;
export const MAX_EXPONENT = 0x7fff;
export const SIGN = 0x8000;
/** Marks a widened denormal in `signExponent`. */
export const DENORMAL_ORIGIN = 0x10000;
export const INTEGER_BIT: bigint = 1n << 63n;
export const QUIET_BIT: bigint = 1n << 62n;

/** A literal. `negative` sets the sign. */
export function float80(m: Builder, significand: bigint, signExponent: number): Float80 {
  return { significand: m.i64(BigInt.asIntN(64, significand)), signExponent: m.i32(signExponent) };
}
/** The default NaN: "QNaN floating-point indefinite". */
export function indefinite(m: Builder): Float80 { return float80(m, INTEGER_BIT | QUIET_BIT, SIGN | MAX_EXPONENT); }

export function exponentOf(v: Float80): Value { return v.signExponent.and(MAX_EXPONENT); }
/** 0 or 1. */
export function signOf(v: Float80): Value { return v.signExponent.shrU(15).and(1); }
/** Sign (0 or 1) and biased exponent together. */
export function packSign(sign: Value, exponent: Value | number): Value { return sign.shl(15).or(exponent); }

// Facts, 0 or 1.
/** Exponent 1-7FFE with the integer bit set. */
export function isNormal(v: Float80): Value {
  return exponentOf(v).sub(1).ltU(MAX_EXPONENT - 1).and(v.significand.ltS(0));
}
/** As isNormal, in two branches: where most numbers are normal that is less than one condition. */
export function ifNormal(m: Builder, v: Float80, then: () => void): void {
  m.ifLikely(v.significand.ltS(0), () => m.ifLikely(exponentOf(v).sub(1).ltU(MAX_EXPONENT - 1), then));
}
export function isZero(v: Float80): Value { return exponentOf(v).zext(64).or(v.significand).eqz(); }
export function isInfinite(v: Float80): Value { return exponentOf(v).eq(MAX_EXPONENT).and(v.significand.shl(1).eqz()); }
export function isNan(v: Float80): Value { return exponentOf(v).eq(MAX_EXPONENT).and(v.significand.shl(1).nez()); }
export function isSignalling(v: Float80): Value { return isNan(v).and(v.significand.shrU(62).trunc(32).and(1).eqz()); }
/** Denormal or pseudo-denormal, or widened from a denormal: raises DE as an operand. */
export function isDenormal(v: Float80): Value {
  return exponentOf(v).eqz().and(v.significand.nez()).or(v.signExponent.shrU(16));
}
/** Unnormal, pseudo-infinity or pseudo-NaN: the exponent is not zero and the integer bit is clear. */
export function isUnsupported(v: Float80): Value { return exponentOf(v).nez().and(v.significand.geS(0)); }
/** NaN or unsupported. */
export function isNanOrUnsupported(v: Float80): Value { return isNan(v).or(isUnsupported(v)); }

/** A finite number other than zero with the integer bit shifted up to bit 63; the biased exponent may be below 1. */
export interface Normalized { readonly sign: Value; readonly exponent: Value; readonly significand: Value }

/** Unpacks a finite, supported number. A zero keeps a zero significand. */
export function normalize(m: Builder, v: Float80): Normalized {
  const up = v.significand.clz(), field = exponentOf(v);
  return {
    sign: signOf(v),
    // A denormal's exponent is 1.
    exponent: m.choose(field.eqz(), m.i32(1), field).sub(up.trunc(32)),
    significand: v.significand.shl(up.and(63)),
  };
}
