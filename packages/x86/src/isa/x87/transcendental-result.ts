import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { BIAS, exponentOf, type Float80 } from "./float80.ts";
import { normalizeAndPackExtended80 } from "./round.ts";
import { FSW, noteX87 } from "./status.ts";
import type { Scaled } from "./transcendental-fixed.ts";

const FINISH: Routine = routine("finish-transcendental-80", { params: [I32, I32, I64, I64], results: [I64, I32] }, (m, sign, exponent, high, low) => {
  const r = normalizeAndPackExtended80(m, sign!, exponent!.add(BIAS), { high: high!, low: low! });
  // PE is raised by exact results too, and so is UE where they are denormal.
  noteX87(m, exponentOf(r).eqz().mul(FSW.UE).or(FSW.PE));
  m.return(r.significand, r.signExponent);
});
/** Rounds a result other than zero. The processor reports every computed result as inexact. */
export function finish(m: Builder, sign: Value, v: Scaled): Float80 {
  const [significand, signExponent] = m.call(FINISH, sign, v.exponent, v.wide.high, v.wide.low);
  return { significand: significand!, signExponent: signExponent! };
}
/** The same for a result that stands for an irrational number just above or at `v`. */
export function finishInexact(m: Builder, sign: Value, v: Scaled): Float80 {
  return finish(m, sign, { wide: { high: v.wide.high, low: v.wide.low.or(1) }, exponent: v.exponent });
}
