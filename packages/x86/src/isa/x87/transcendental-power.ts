import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import { BIAS, INTEGER_BIT, isInfinite, isZero, normalize, packSign, signOf, type Float80 } from "./float80.ts";
import { noteDenormals, returnFloat80, returnNan } from "./nan.ts";
import { FSW, noteX87 } from "./status.ts";
import { chooseWide, halfWide, multiplyHigh, multiplyScaled, normalizeScaled, scaled64, series, toFraction, wideConstant } from "./transcendental-fixed.ts";
import { finishInexact } from "./transcendental-result.ts";
import { factorialOffset } from "./transcendental-tables.ts";
import { LN2 } from "./transcendental.table.ts";
import { addWide, subtractWide } from "./wide.ts";

/** Terms after the first: the next is below 2^-95 for an argument of ln 2. */
const TERMS = 23;

/** 2^x - 1. Beyond the range that the manuals define the result is x, and -1 for minus infinity. */
export const POWER_80: Routine = routine("power-minus-one-80", { params: [I64, I32], results: [I64, I32] }, (m, significand, signExponent) => {
  const x: Float80 = { significand: significand!, signExponent: signExponent! };
  returnNan(m, x);
  const sign = signOf(x), integerBit = m.i64(BigInt.asIntN(64, INTEGER_BIT));
  m.if(isInfinite(x).and(sign), () => m.return(integerBit, packSign(sign, BIAS)));
  m.if(isInfinite(x).or(isZero(x)), () => returnFloat80(m, x));
  noteDenormals(m, x);
  const n = normalize(m, x), exponent = n.exponent.sub(BIAS);
  m.if(exponent.geS(0), () => {
    noteX87(m, FSW.PE);
    // -1 gives -1/2.
    const minusOne = sign.and(exponent.eqz()).and(x.significand.eq(integerBit));
    m.return(x.significand, x.signExponent.sub(minusOne));
  });
  // e^z - 1 = z + z·(z/2! ± …) with z = x · ln 2, halved to have room.
  const z = normalizeScaled(m, multiplyScaled(m, scaled64(m, n.significand, exponent), { wide: wideConstant(m, LN2), exponent: m.i32(-1) })), f = toFraction(m, z);
  const part = halfWide(multiplyHigh(m, z.wide, multiplyHigh(m, f, series(m, factorialOffset(2), 1, TERMS, sign, f)))), half = halfWide(z.wide);
  const wide = chooseWide(m, sign, subtractWide(half, part), addWide(half, part));
  returnFloat80(m, finishInexact(m, sign, { wide, exponent: z.exponent.add(1) }));
});
