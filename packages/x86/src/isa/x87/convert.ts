import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { DENORMAL_ORIGIN, INTEGER_BIT, MAX_EXPONENT, packSign, SIGN, type Float80 } from "./float80.ts";

/** Single or double precision: width, fraction bits, and what takes its exponent to the extended format's. */
export interface ShortFormat { readonly bits: 32 | 64; readonly fraction: number; readonly maxExponent: number; readonly rebias: number }
export const SINGLE_REAL: ShortFormat = { bits: 32, fraction: 23, maxExponent: 0xff, rebias: 16383 - 127 };
export const DOUBLE_REAL: ShortFormat = { bits: 64, fraction: 52, maxExponent: 0x7ff, rebias: 16383 - 1023 };

/** Exponent field, 32 bits. */
export function exponentField(f: ShortFormat, bits: Value): Value { return bits.shrU(f.fraction).fit(32).and(f.maxExponent); }
/** 1 where the exponent field is neither all zeros nor all ones. */
export function isShortNormal(f: ShortFormat, bits: Value): Value { return exponentField(f, bits).sub(1).ltU(f.maxExponent - 1); }
/** Sign in bit 15. */
function shortSign(f: ShortFormat, bits: Value): Value { return bits.shrU(f.bits - 16).fit(32).and(SIGN); }

/** Widens a normal number. */
export function widenNormal(f: ShortFormat, bits: Value): Float80 {
  return {
    significand: bits.zext(64).shl(63 - f.fraction).or(INTEGER_BIT),
    signExponent: exponentField(f, bits).add(f.rebias).or(shortSign(f, bits)),
  };
}

function widenRoutine(f: ShortFormat): Routine {
  return routine(`widen-real-${f.bits}`, { params: [f.bits === 32 ? I32 : I64], results: [I64, I32] }, (m, bits) => {
    const exponent = exponentField(f, bits!), sign = shortSign(f, bits!), top = bits!.zext(64).shl(63 - f.fraction);
    m.if(exponent.eq(f.maxExponent), () => m.return(top.or(INTEGER_BIT), sign.or(MAX_EXPONENT)));
    m.if(exponent.nez(), () => {
      const v = widenNormal(f, bits!);
      m.return(v.significand, v.signExponent);
    });
    const fraction = top.shl(1), up = fraction.clz();
    m.if(fraction.eqz(), () => m.return(m.i64(0), sign));
    // Bit 62 of `top` stands for the exponent field 0 if it were a leading one.
    m.return(fraction.shl(up), m.i32(f.rebias).sub(up.trunc(32)).or(sign).or(DENORMAL_ORIGIN));
  });
}
const WIDEN: { readonly [bits: number]: Routine } = { 32: widenRoutine(SINGLE_REAL), 64: widenRoutine(DOUBLE_REAL) };

/** Widens any single or double exactly; a signalling NaN stays signalling and a denormal is marked. */
export function widenReal(m: Builder, f: ShortFormat, bits: Value): Float80 {
  const [significand, signExponent] = m.call(WIDEN[f.bits]!, bits);
  return { significand: significand!, signExponent: signExponent! };
}

/** An integer of 16, 32 or 64 bits, exactly. */
export function widenInteger(m: Builder, integer: Value): Float80 {
  const i = integer.sext(64), negative = i.ltS(0), magnitude = m.choose(negative, i.neg(), i), up = magnitude.clz();
  const zero = up.eq(64);
  return {
    significand: magnitude.shl(up.and(63)),
    signExponent: m.choose(zero, m.i32(0), packSign(negative, m.i32(16383 + 63).sub(up.trunc(32)))),
  };
}
