import type { Statement } from "../../ir/statement.ts";
import type { Variant } from "../../isa/instruction-builder.ts";
import type { BuiltVariant } from "../../isa/variants.ts";

/** Instructions whose 8-, 32- and 64-bit variants are cases of the interpreter's switch: what compilers emit most. */
const HOT = new Set([
  "MOV", "ADD", "SUB", "CMP", "TEST", "AND", "OR", "XOR", "LEA", "INC", "DEC", "PUSH", "POP", "CALL", "RET", "JMP", "MOVZX", "MOVSX", "MOVSXD",
  "SHL", "SHR", "SAR", "ADC", "SBB", "IMUL", "NEG", "NOT", "ROL", "ROR", "NOP",
  "MOVAPS", "MOVUPS", "MOVSS", "MOVSD", "ADDPS", "MULPS", "ADDSD", "SUBSD", "MULSD", "ADDSS", "MULSS",
]);
/** Forms of the x87 unit that compiled code is full of; the rest of the unit is rarely met. */
const HOT_X87 = new Set(["DD /0", "D9 /0", "DD /3", "D8 C0+i", "D8 C8+i", "DE C0+i", "DE C8+i"]);
const NOT_HOT_OPERANDS = new Set(["segment", "control", "debug", "far", "offset"]);

/**
 * What a smaller loop still has as cases, for an interpreter beneath a JIT: what compilers emit most
 * of all. What each case costs the loop's compilation is in decision 0004.
 */
const FEW = new Set(["MOV", "ADD", "SUB", "CMP", "TEST", "AND", "OR", "XOR", "LEA", "INC", "DEC", "PUSH", "POP", "CALL", "RET", "JMP", "MOVZX", "MOVSXD", "SHL", "SHR", "SAR", "NOP"]);
/** Instructions that only read their operands, or move them. */
const READERS = new Set(["MOV", "CMP", "TEST", "MOVZX", "PUSH", "POP", "NOP", "LEA"]);
/** Whether a hot variant is a case of the smaller loop. */
export function isFrequent(v: Variant): boolean {
  const { name } = v.instruction;
  if (/^J[A-Z]+$/.test(name)) return !/^JN?[OP]$/.test(name);
  if (!FEW.has(name)) return false;
  const reader = READERS.has(name), first = v.form.operands[0];
  return reader || (!(v.memory && first?.kind === "rm") && first?.size !== 8);
}

/** Whether a variant's form belongs into the loop's switch, as far as can be said without its statements. */
export function mayBeHot({ instruction, form, bits }: Variant): boolean {
  const { name } = instruction;
  if (form.map === 0 && form.opcode >= 0xd8 && form.opcode <= 0xdf) return HOT_X87.has(form.text.slice(0, form.text.indexOf("  ")));
  if (!HOT.has(name) && (!/^J[A-Z]+$/.test(name) || name.includes("CXZ"))) return false;
  return form.map <= 1 && !(form.sized && bits === 16) && !form.operands.some((o) => NOT_HOT_OPERANDS.has(o.kind));
}

/** Whether a variant is a case of the switch rather than a function in the table: no system operation in it. */
export function isHot(b: BuiltVariant): boolean { return mayBeHot(b.variant) && !escapes(b.statements); }

function escapes(list: readonly Statement[]): boolean {
  return list.some((s) => s.s === "escape" || (s.s === "if" && (escapes(s.then) || escapes(s.else))) || ((s.s === "loop" || s.s === "repeat") && escapes(s.body)));
}
