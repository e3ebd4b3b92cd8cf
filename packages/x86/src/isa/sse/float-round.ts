import type { Builder } from "../../ir/builder.ts";
import { I32, routine, V128, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { beginFloat, commitFloat, MXCSR, noteFloat } from "./float-control.ts";
import { DOUBLE, getLane, isNan, isSignalling, pattern, setLane, SINGLE, toBits, toFloat, type Format } from "./float-format.ts";
import { flushed } from "./float-relation.ts";
import { readPacked } from "./operands.ts";

/** Rounding modes as MXCSR.RC and the immediates encode them. */
export const ROUNDING = { nearest: 0, down: 1, up: 2, zero: 3 } as const;

/** A value (not a NaN) or all lanes of a vector rounded to integers in a given mode: `type` is f32, f64, f32x4 or f64x2. */
export function rounded(m: Builder, type: string, value: Value, mode: Value): Value {
  const result = m.local(value.op(`${type}.nearest`));
  m.if(mode.nez(), () => {
    m.if(mode.eq(ROUNDING.down), () => result.set(value.op(`${type}.floor`)),
      () => m.if(mode.eq(ROUNDING.up), () => result.set(value.op(`${type}.ceil`)), () => result.set(value.op(`${type}.trunc`))));
  });
  return result.get();
}
/** MXCSR.RC. */
export function roundingMode(m: Builder): Value { return m.state(STATE.mxcsr).and(MXCSR.RC).shrU(MXCSR.RCShift); }

/** ROUNDxx of one value: invalid for signalling NaNs, precision unless bit 3 of the control suppresses it; denormals raise nothing of their own. */
function laneRoutine(f: Format): Routine {
  return routine(`round-${f.float}`, { params: [f.slot, I32], results: [f.slot] }, (m, bits, control) => {
    m.if(isNan(m, f, bits!), () => {
      m.if(isSignalling(m, f, bits!), () => noteFloat(m, m.i32(MXCSR.IE)));
      m.return(bits!.or(pattern(m, f, f.quietBit)));
    });
    const value = toFloat(f, flushed(m, f, bits!));
    const integer = rounded(m, f.float, value, m.choose(control!.bit(2), roundingMode(m), control!.and(3)));
    m.if(control!.bit(3).eqz().and(integer.op(`${f.float}.ne`, value)), () => noteFloat(m, m.i32(MXCSR.PE)));
    m.return(toBits(f, integer));
  });
}

function roundInstructions(f: Format): Instruction[] {
  const lane = laneRoutine(f), letters = f.bits === 32 ? ["PS", "SS"] : ["PD", "SD"], precision = f.bits === 32 ? "Single" : "Double";
  const packed = routine(`round-${f.floats}`, { params: [V128, I32], results: [V128], mayFault: true }, (m, v, control) => {
    beginFloat(m);
    let result = v!;
    for (let i = 0; i < f.lanes; i++) result = setLane(f, result, i, m.call1(lane, getLane(f, v!, i), control!));
    commitFloat(m);
    m.return(result);
  });
  const scalar = routine(`round-scalar-${f.float}`, { params: [f.slot, I32], results: [f.slot], mayFault: true }, (m, bits, control) => {
    beginFloat(m);
    const result = m.call1(lane, bits!, control!);
    commitFloat(m);
    m.return(result);
  });
  return [
    instruction(`ROUND${letters[0]}`, {
      forms: [`66 0F 3A ${f.bits === 32 ? "08" : "09"} /r ib  ROUND${letters[0]} xmm, xmm/m128, imm8`], feature: "sse4_1", unit: "sse", title: `ROUND${letters[0]}—Round Packed ${precision} Precision Floating-Point Values`,
      execute(m, dst, src, imm) { m.writeVector(dst!, m.call1(packed, readPacked(m, src!), m.immediate(imm!).zext(32))); },
    }),
    instruction(`ROUND${letters[1]}`, {
      forms: [`66 0F 3A ${f.bits === 32 ? "0A" : "0B"} /r ib  ROUND${letters[1]} xmm, xmm/m${f.bits}, imm8`], feature: "sse4_1", unit: "sse", title: `ROUND${letters[1]}—Round Scalar ${precision} Precision Floating-Point Values`,
      execute(m, dst, src, imm) { m.writeVector(dst!, m.call1(scalar, m.readVector(src!, f.int), m.immediate(imm!).zext(32))); },
    }),
  ];
}

export const FLOAT_ROUND: readonly Instruction[] = [...roundInstructions(SINGLE), ...roundInstructions(DOUBLE)];
