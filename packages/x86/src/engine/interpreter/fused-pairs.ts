import type { Variant } from "../../isa/instruction-builder.ts";
import type { BuiltVariant } from "../../isa/variants.ts";

/**
 * Pairs of operations that the loop carries out with one dispatch. A dispatch that the processor under us mispredicts costs four times what
 * an operation does, and code of any size mispredicts: fewer dispatches are what makes an interpreter faster. The pairs are what compilers
 * put side by side: two simple operations, a comparison and its branch, stack traffic around calls. More pairs measured no better: their code
 * no longer fits the first-level cache.
 */

/** How a variant is written below: mnemonic, operands (r register, o register in an opcode without 64-bit mode, m memory, i8 and i immediates, j8 and j targets), operand size. */
export function shapeOf(v: Variant): string {
  const { form, instruction } = v;
  const shape = form.operands.map((o) => {
    if (o.kind === "rm") return v.memory ? "m" : "r";
    // INC and DEC in one byte: 32-bit compilers choose them, and 64-bit mode has none.
    if (o.kind === "gpr") return form.attributes.has("i64") ? "o" : "r";
    if (o.kind === "memory") return instruction.unit === "x87" ? `m${o.size}` : "m";
    if (o.kind === "immediate") return form.immediates.includes("b") ? "i8" : "i";
    if (o.kind === "relative") return form.immediates.includes("cb") ? "j8" : "j";
    return o.text;
  });
  // Of the two encodings of register, register the one whose destination is r/m is what assemblers choose.
  const reversed = shape.join() === "r,r" && form.operands[0]!.kind === "gpr" && form.operands[1]!.kind === "rm" && !/^MOV[SZ]X/.test(v.instruction.name);
  return `${v.instruction.name} ${shape.join()}${reversed ? "'" : ""}/${form.operands.some((o) => o.size === 8 && (o.kind === "gpr" || o.kind === "rm")) ? 8 : v.bits}`;
}

const cross = (first: readonly string[], second: readonly string[]): [string, string][] => first.flatMap((a) => second.map((b): [string, string] => [a, b]));

const SIMPLE = ["ADD", "SUB", "XOR", "AND", "OR"];
const REGISTER = SIMPLE.map((n) => `${n} r,r/32`), IMMEDIATE = SIMPLE.map((n) => `${n} r,i/32`);
const LOAD = "MOV r,m/32", STORE = "MOV m,r/32", COPY = "MOV r,r/32";
const COMMON = [...REGISTER, ...IMMEDIATE, LOAD, STORE];
const CONDITIONS = ["E", "NE", "B", "AE", "BE", "A", "L", "GE", "LE", "G", "S", "NS"];
const branches = (bits: number): string[] => [...CONDITIONS.map((c) => `J${c} j8/${bits}`), `JE j/${bits}`, `JNE j/${bits}`];
const COMPARE32 = ["CMP r,r/32", "CMP r,i8/32", "CMP r,i/32", "CMP r,m/32", "TEST r,r/32"];
const COMPARE64 = ["CMP r,r/64", "CMP r,i8/64", "TEST r,r/64"], BYTES = ["TEST r,r/8", "CMP m,i8/8"];

/** The pairs by shape. A pair of which one is no case of the loop is left out. */
export const FUSED_PAIRS: readonly (readonly [string, string])[] = [
  ...cross(COMMON, COMMON),
  ...cross([...COMPARE32, "DEC o/32"], branches(32)), ...cross([...COMPARE32, ...COMPARE64, "DEC r/32"], branches(64)),
  ...cross(BYTES, ["JE j8/32", "JNE j8/32", "JE j8/64", "JNE j8/64"]),
  ...cross([COPY, LOAD, "MOV r,m/64", "MOV r,r/64"], ["ADD r,i8/32", "SUB r,i8/32", "ADD r,i8/64", COPY, "MOV r,r/64"]),
  ["XOR r,r/32", "ROL r,i8/32"], ["ADD r,i8/32", "DEC o/32"], ["INC o/32", "INC o/32"], ["MOV r,m/8", "MOV m,r/8"], ["SUB r,i8/32", "CALL j/32"],
  ["PUSH r/32", "PUSH r/32"], ["POP r/32", "POP r/32"], ["POP r/32", "RET /32"], ["PUSH r/32", "SUB r,i8/32"], ["POP r/32", "PUSH r/32"], ["POP r/32", "ADD r,r/32"],
  ["PUSH r/32", COPY], ["PUSH r/32", "CALL j/32"], ["MOV r,r/32", "CALL j/32"],
  ["PUSH r/64", "PUSH r/64"], ["POP r/64", "POP r/64"], ["POP r/64", "RET /64"], ["MOV r,r/64", "CALL j/64"],
  ["FLD m64/32", "FMUL ST(0),ST(i)/32"], ["FMUL ST(0),ST(i)/32", "FADDP ST(i),ST(0)/32"],
];

/** Ends of loops, in order: with the pair of the first two they become one dispatch. */
export const FUSED_TRIPLES: readonly (readonly [string, string, string])[] = [
  ["FLD m64/32", "FMUL ST(0),ST(i)/32", "FADDP ST(i),ST(0)/32"],
  ["ADD r,i8/32", "DEC o/32", "JNE j8/32"], ["ADD r,i8/64", "DEC r/32", "JNE j8/64"],
  ["ADD r,i8/32", "CMP r,r/32", "JNE j8/32"], ["ADD r,i8/64", "CMP r,r/64", "JNE j8/64"],
];

/** Two or three cases of the loop that follow one another, by their place in the list of cases. */
export type FusedCases = readonly number[];

/** The sequences whose variants are cases, in order of their first; the first two of three are a sequence, too. */
export function fusedCases(cases: readonly BuiltVariant[]): FusedCases[] {
  const byShape = new Map<string, number>();
  cases.forEach((b, i) => { if (!byShape.has(shapeOf(b.variant))) byShape.set(shapeOf(b.variant), i); });
  const sequences = new Map<string, FusedCases>();
  for (const shapes of [...FUSED_PAIRS, ...FUSED_TRIPLES]) {
    const found = shapes.map((shape) => byShape.get(shape)).filter((i) => i !== undefined);
    if (found.length < shapes.length) continue;
    for (let n = 2; n <= found.length; n++) sequences.set(found.slice(0, n).join(), found.slice(0, n));
  }
  return [...sequences.values()].sort((x, y) => x[0]! - y[0]!);
}
