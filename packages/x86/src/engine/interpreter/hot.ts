import type { Statement } from "../../ir/statement.ts";
import type { Variant } from "../../isa/instruction-builder.ts";
import type { BuiltVariant } from "../../isa/variants.ts";

/** Instructions whose 8-, 32- and 64-bit variants are cases of the interpreter's switch: what compilers emit most. */
const HOT = new Set([
  "MOV", "ADD", "SUB", "CMP", "TEST", "AND", "OR", "XOR", "LEA", "INC", "DEC", "PUSH", "POP", "CALL", "RET", "JMP", "MOVZX", "MOVSX", "MOVSXD",
  "SHL", "SHR", "SAR", "ADC", "SBB", "IMUL", "NEG", "NOT", "ROL", "NOP",
  "MOVAPS", "MOVUPS", "MOVSS", "MOVSD", "ADDPS", "MULPS", "ADDSD", "SUBSD", "MULSD", "ADDSS", "MULSS",
]);
const NOT_HOT_OPERANDS = new Set(["segment", "control", "debug", "far", "offset"]);

/** Whether a variant's form belongs into the loop's switch, as far as can be said without its statements. */
export function mayBeHot({ instruction, form, bits }: Variant): boolean {
  const { name } = instruction;
  if (!HOT.has(name) && (!/^J[A-Z]+$/.test(name) || name.includes("CXZ"))) return false;
  return form.map <= 1 && !(form.sized && bits === 16) && !form.operands.some((o) => NOT_HOT_OPERANDS.has(o.kind));
}

/** Whether a variant is a case of the switch rather than a function in the table: no system operation in it. */
export function isHot(b: BuiltVariant): boolean { return mayBeHot(b.variant) && !escapes(b.statements); }

function escapes(list: readonly Statement[]): boolean {
  return list.some((s) => s.s === "escape" || (s.s === "if" && (escapes(s.then) || escapes(s.else))) || ((s.s === "loop" || s.s === "repeat") && escapes(s.body)));
}
