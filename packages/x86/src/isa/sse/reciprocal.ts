import type { Builder } from "../../ir/builder.ts";
import { I32, routine, V128, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { getLane, isNan, magnitude, setLane, SINGLE } from "./float-format.ts";
import { readPacked } from "./operands.ts";
import { RECIPROCAL_OFFSET, RESULT_BASE, ROOT_EVEN_OFFSET, ROOT_ODD_OFFSET } from "./reciprocal-tables.ts";

const INFINITY = 0x7f800000, QUIET = 0x400000, INDEFINITE = 0xffc00000 | 0, SIGN = 0x80000000 | 0;

/** The recorded result for the argument's leading fraction bits, as single precision bits. */
function lookUp(m: Builder, offset: Value, x: Value): Value {
  const entry = m.state(STATE.tables).add(offset).add(x.shrU(10).and(0x1ffe));
  return m.hostLoad("i32.load16_u", entry).add(RESULT_BASE).shl(11);
}

/** 1/x as this processor approximates it. Neither rounding control nor DAZ and FTZ matter: denormals count as zero and no exception is raised. */
const RECIPROCAL: Routine = routine("reciprocal", { params: [I32], results: [I32] }, (m, x) => {
  const sign = x!.and(SIGN), exponent = x!.shrU(23).and(0xff);
  m.if(isNan(m, SINGLE, x!), () => m.return(x!.or(QUIET)));
  m.if(exponent.eq(0xff), () => m.return(sign));
  m.if(exponent.eqz(), () => m.return(sign.or(INFINITY)));
  const result = lookUp(m, m.i32(RECIPROCAL_OFFSET), x!).add(m.i32(127).sub(exponent).shl(23));
  m.return(m.choose(result.ltS(0x800000), sign, result.or(sign)));
});

/** 1/sqrt(x) likewise. */
const RECIPROCAL_ROOT: Routine = routine("reciprocal-root", { params: [I32], results: [I32] }, (m, x) => {
  const exponent = x!.shrU(23).and(0xff);
  m.if(isNan(m, SINGLE, x!), () => m.return(x!.or(QUIET)));
  m.if(exponent.eqz(), () => m.return(x!.and(SIGN).or(INFINITY)));
  m.if(x!.sign(), () => m.return(m.i32(INDEFINITE)));
  m.if(magnitude(m, SINGLE, x!).eq(INFINITY), () => m.return(m.i32(0)));
  const odd = exponent.and(1), half = m.choose(odd, 127, 128).sub(exponent).shrS(1);
  m.return(lookUp(m, m.choose(odd, ROOT_ODD_OFFSET, ROOT_EVEN_OFFSET), x!).add(half.shl(23)));
});

function packedRoutine(name: string, scalar: Routine): Routine {
  return routine(name, { params: [V128], results: [V128] }, (m, v) => {
    let result = v!;
    for (let i = 0; i < 4; i++) result = setLane(SINGLE, result, i, m.call1(scalar, getLane(SINGLE, v!, i)));
    m.return(result);
  });
}

function approximation(name: "RCP" | "RSQRT", opcode: string, scalar: Routine, what: string): Instruction[] {
  const packed = packedRoutine(`${scalar.name}-packed`, scalar);
  return [
    instruction(`${name}PS`, {
      forms: [`NP 0F ${opcode} /r  ${name}PS xmm, xmm/m128`], feature: "sse", unit: "sse", title: `${name}PS—Compute ${what} of Packed Single Precision Floating-Point Values`,
      execute(m, dst, src) { m.writeVector(dst!, m.call1(packed, readPacked(m, src!))); },
    }),
    instruction(`${name}SS`, {
      forms: [`F3 0F ${opcode} /r  ${name}SS xmm, xmm/m32`], feature: "sse", unit: "sse", title: `${name}SS—Compute ${what} of Scalar Single Precision Floating-Point Value`,
      execute(m, dst, src) { m.writeVector(dst!, m.call1(scalar, m.readVector(src!, "i32"))); },
    }),
  ];
}

/** RCPxS and RSQRTxS: results recorded from an AMD Zen 4 processor; Intel's differ in the last bits (both keep the documented bound 1.5 · 2^-12). */
export const RECIPROCALS: readonly Instruction[] = [
  ...approximation("RCP", "53", RECIPROCAL, "Reciprocals"),
  ...approximation("RSQRT", "52", RECIPROCAL_ROOT, "Reciprocals of Square Roots"),
];
