import type { Builder } from "../../ir/builder.ts";
import { routine, V128, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { addF32, addF64, divF32, divF64, mulF32, mulF64, sqrtF32, sqrtF64, subF32, subF64 } from "./float-software.ts";
import { beginFloat, commitFloat, isPlain } from "./float-control.ts";
import { all, arithmetic, both, compare, DOUBLE, either, getLane, isClearOfUnderflow, isFinite, isOrdinary, number, setLane, SINGLE, toBits, toFloat, type Format, type Shape } from "./float-format.ts";
import { readPacked } from "./operands.ts";

/** The soft-float routines of one operation. */
interface Soft { readonly f32: Routine; readonly f64: Routine }
type Operation = "add" | "sub" | "mul" | "div" | "sqrt";
const SOFT: { readonly [operation in Operation]: Soft } = {
  add: { f32: addF32, f64: addF64 }, sub: { f32: subF32, f64: subF64 }, mul: { f32: mulF32, f64: mulF64 },
  div: { f32: divF32, f64: divF64 }, sqrt: { f32: sqrtF32, f64: sqrtF64 },
};

/** The operation in software on bit patterns, flags collected. */
export function soft(m: Builder, operation: Operation, f: Format, ...operands: Value[]): Value { return m.call1(SOFT[operation][f.float], ...operands); }

/** The operation on every lane in software with MXCSR's rounding, flags and exceptions: one routine for each vector format. */
function packedRoutine(operation: Operation, f: Format): Routine {
  const unary = operation === "sqrt";
  return routine(`${operation}-${f.floats}`, { params: unary ? [V128] : [V128, V128], results: [V128], mayFault: true }, (m, a, b) => {
    beginFloat(m);
    let result = a!;
    for (let i = 0; i < f.lanes; i++) {
      const operands = unary ? [getLane(f, a!, i)] : [getLane(f, a!, i), getLane(f, b!, i)];
      result = setLane(f, result, i, soft(m, operation, f, ...operands));
    }
    commitFloat(m);
    m.return(result);
  });
}
function scalarRoutine(operation: Operation, f: Format): Routine {
  const unary = operation === "sqrt";
  return routine(`${operation}-${f.float}`, { params: unary ? [f.slot] : [f.slot, f.slot], results: [f.slot], mayFault: true }, (m, ...operands) => {
    beginFloat(m);
    const result = soft(m, operation, f, ...operands);
    commitFloat(m);
    m.return(result);
  });
}

/**
 * The result `r` of plain arithmetic is what the processor computes, and raises nothing new but perhaps PE. The operands are then finite,
 * as NaN and infinity would show in `r`, or in a zero quotient.
 */
export function isExactlySo(m: Builder, s: Shape, operation: Operation, r: Value, a: Value | undefined, b: Value): Value {
  let ok = both(s, isFinite(m, s, r), isOrdinary(m, s, b));
  if (a) ok = both(s, ok, isOrdinary(m, s, a));
  // A sum that is denormal is exact. A product or quotient is zero by underflow unless a factor or the dividend is.
  if (operation === "mul") {
    const zero = number(m, s, 0n);
    ok = both(s, ok, either(s, isClearOfUnderflow(m, s, r), either(s, compare(s, "eq", a!, zero), compare(s, "eq", b, zero))));
  } else if (operation === "div") ok = both(s, ok, either(s, isClearOfUnderflow(m, s, r), compare(s, "eq", a!, number(m, s, 0n))));
  return all(s, ok).and(isPlain(m));
}

/** Names and titles. */
const WORDS: { readonly [operation in Operation]: string } = { add: "Add", sub: "Subtract", mul: "Multiply", div: "Divide", sqrt: "Square Root of" };
const OPCODES: { readonly [operation in Operation]: string } = { add: "58", mul: "59", sub: "5C", div: "5E", sqrt: "51" };

function packedInstruction(operation: Operation, f: Format): Instruction {
  const name = `${operation.toUpperCase()}${f.bits === 32 ? "PS" : "PD"}`, slow = packedRoutine(operation, f);
  return instruction(name, {
    forms: [`${f.bits === 32 ? "NP" : "66"} 0F ${OPCODES[operation]} /r  ${name} xmm, xmm/m128`], feature: f.bits === 32 ? "sse" : "sse2", unit: "sse",
    title: `${name}—${WORDS[operation]} ${f.bits === 32 ? "Single" : "Double"} Precision Floating-Point Values`,
    execute(m, dst, src) {
      const s: Shape = { format: f, packed: true };
      const b = readPacked(m, src!), a = operation === "sqrt" ? undefined : m.readVector(dst!, "v128");
      const fast = a ? arithmetic(s, operation, a, b) : arithmetic(s, operation, b), result = m.local(fast);
      m.if(isExactlySo(m, s, operation, fast, a, b).eqz(), () => result.set(a ? m.call1(slow, a, b) : m.call1(slow, b)));
      m.writeVector(dst!, result.get());
    },
  });
}

function scalarInstruction(operation: Operation, f: Format): Instruction {
  const name = `${operation.toUpperCase()}${f.bits === 32 ? "SS" : "SD"}`, slow = scalarRoutine(operation, f);
  return instruction(name, {
    forms: [`${f.bits === 32 ? "F3" : "F2"} 0F ${OPCODES[operation]} /r  ${name} xmm, xmm/m${f.bits}`], feature: f.bits === 32 ? "sse" : "sse2", unit: "sse",
    title: `${name}—${WORDS[operation]} Scalar ${f.bits === 32 ? "Single" : "Double"} Precision Floating-Point Value`,
    execute(m, dst, src) {
      const s: Shape = { format: f, packed: false };
      // Bit patterns are what moves: a NaN keeps its bits only as an integer.
      const bBits = m.readVector(src!, f.int), aBits = operation === "sqrt" ? undefined : m.readVector(dst!, f.int);
      const b = toFloat(f, bBits), a = aBits && toFloat(f, aBits);
      const fast = a ? arithmetic(s, operation, a, b) : arithmetic(s, operation, b), result = m.local(toBits(f, fast));
      m.if(isExactlySo(m, s, operation, fast, a, b).eqz(), () => result.set(aBits ? m.call1(slow, aBits, bBits) : m.call1(slow, bBits)));
      m.writeVector(dst!, result.get());
    },
  });
}

const OPERATIONS: readonly Operation[] = ["add", "mul", "sub", "div", "sqrt"];

/** ADD, MUL, SUB, DIV and SQRT of packed and scalar single and double precision values. */
export const FLOAT_ARITHMETIC: readonly Instruction[] = OPERATIONS.flatMap((operation) => [
  packedInstruction(operation, SINGLE), packedInstruction(operation, DOUBLE), scalarInstruction(operation, SINGLE), scalarInstruction(operation, DOUBLE),
]);
