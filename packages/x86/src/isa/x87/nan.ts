import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { indefinite, isDenormal, isNan, isNanOrUnsupported, isSignalling, isUnsupported, QUIET_BIT, signOf, type Float80 } from "./float80.ts";
import { FSW, noteX87 } from "./status.ts";

/** Of two operands at least one of which is a NaN or unsupported. */
const NAN_OF_TWO: Routine = routine("nan-of-two-80", { params: [I64, I32, I64, I32], results: [I64, I32] }, (m, aSignificand, aSign, bSignificand, bSign) => {
  const a: Float80 = { significand: aSignificand!, signExponent: aSign! }, b: Float80 = { significand: bSignificand!, signExponent: bSign! };
  m.if(isUnsupported(a).or(isUnsupported(b)), () => {
    noteX87(m, FSW.IE);
    const d = indefinite(m);
    m.return(d.significand, d.signExponent);
  });
  noteX87(m, isSignalling(a).or(isSignalling(b)).mul(FSW.IE));
  // The NaN with the larger significand; of equal ones the positive.
  const larger = a.significand.gtU(b.significand).or(a.significand.eq(b.significand).and(signOf(a).leU(signOf(b))));
  const first = isNan(a).and(isNan(b).eqz().or(larger));
  m.return(m.choose(first, a.significand, b.significand).or(QUIET_BIT), m.choose(first, a.signExponent, b.signExponent).and(0xffff));
});

/** The NaN that an operation on two operands gives where one is a NaN or unsupported; notes IE. */
export function nanOfTwo(m: Builder, a: Float80, b: Float80): Float80 {
  const [significand, signExponent] = m.call(NAN_OF_TWO, a.significand, a.signExponent, b.significand, b.signExponent);
  return { significand: significand!, signExponent: signExponent! };
}
/** The same for one operand. */
export function nanOfOne(m: Builder, a: Float80): Float80 { return nanOfTwo(m, a, a); }

/** In a routine with results (significand, sign and exponent): returns the NaN where an operand is a NaN or unsupported. */
export function returnNan(m: Builder, ...operands: readonly Float80[]): void {
  const any = operands.map(isNanOrUnsupported).reduce((x, y) => x.or(y));
  m.if(any, () => returnFloat80(m, nanOfTwo(m, operands[0]!, operands.at(-1)!)));
}
export function returnFloat80(m: Builder, v: Float80): void { m.return(v.significand, v.signExponent); }
/** In such a routine: an invalid operation. */
export function returnInvalid(m: Builder): void {
  noteX87(m, FSW.IE);
  returnFloat80(m, indefinite(m));
}
/** Notes DE where an operand is denormal. */
export function noteDenormals(m: Builder, ...operands: readonly Float80[]): void {
  const any: Value = operands.map(isDenormal).reduce((x, y) => x.or(y));
  noteX87(m, any.mul(FSW.DE));
}
