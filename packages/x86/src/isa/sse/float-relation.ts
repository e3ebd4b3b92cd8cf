import type { Builder } from "../../ir/builder.ts";
import { I32, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { denormalsAreZero, MXCSR, noteFloat } from "./float-control.ts";
import { DOUBLE, isDenormal, isNan, isSignalling, pattern, SINGLE, toFloat, type Format } from "./float-format.ts";

/** How two values relate, one bit set or none (greater). */
export const RELATION = { less: 1, equal: 2, unordered: 4 } as const;

/** The operand as DAZ makes it: a denormal is a zero of its sign. */
export function flushed(m: Builder, f: Format, bits: Value): Value {
  const flush = isDenormal(m, f, bits).and(denormalsAreZero(m));
  return m.choose(flush, bits.and(pattern(m, f, f.sign)), bits);
}

/**
 * Relation of two bit patterns, flags collected: invalid for a signalling NaN, and for a quiet one where `quietIsInvalid`;
 * denormal operand where there is no NaN and DAZ is off.
 */
function relationRoutine(f: Format): Routine {
  return routine(`relation-${f.float}`, { params: [f.slot, f.slot, I32], results: [I32] }, (m, a, b, quietIsInvalid) => {
    m.if(isNan(m, f, a!).or(isNan(m, f, b!)), () => {
      m.if(isSignalling(m, f, a!).or(isSignalling(m, f, b!)).or(quietIsInvalid!), () => noteFloat(m, m.i32(MXCSR.IE)));
      m.return(m.i32(RELATION.unordered));
    });
    m.if(denormalsAreZero(m).eqz().and(isDenormal(m, f, a!).or(isDenormal(m, f, b!))), () => noteFloat(m, m.i32(MXCSR.DE)));
    const x = toFloat(f, flushed(m, f, a!)), y = toFloat(f, flushed(m, f, b!));
    m.return(x.op(`${f.float}.lt`, y).or(x.op(`${f.float}.eq`, y).shl(1)));
  });
}
const RELATIONS: { readonly [float: string]: Routine } = { f32: relationRoutine(SINGLE), f64: relationRoutine(DOUBLE) };

/** Relation of `a` to `b` (bit patterns) in software; see `RELATION`. */
export function relation(m: Builder, f: Format, a: Value, b: Value, quietIsInvalid: Value): Value {
  return m.call1(RELATIONS[f.float]!, a, b, quietIsInvalid);
}
