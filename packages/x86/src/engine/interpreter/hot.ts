import type { BuiltVariant } from "../../isa/variants.ts";

/** Instructions whose 8-, 32- and 64-bit variants are cases of the interpreter's switch: what compilers emit most. */
const HOT = new Set([
  "MOV", "ADD", "SUB", "CMP", "TEST", "AND", "OR", "XOR", "LEA", "INC", "DEC", "PUSH", "POP", "CALL", "RET", "JMP", "MOVZX", "MOVSX", "MOVSXD",
  "SHL", "SHR", "SAR", "ADC", "SBB", "IMUL", "NEG", "NOT", "ROL", "NOP",
  "JO", "JNO", "JB", "JAE", "JE", "JNE", "JBE", "JA", "JS", "JNS", "JP", "JNP", "JL", "JGE", "JLE", "JG", "JCC",
]);

/** Whether a variant is a case of the switch rather than a function in the table. */
export function isHot(b: BuiltVariant): boolean {
  const { variant } = b;
  const { form } = variant;
  if (!HOT.has(variant.instruction.name) && !/^J[A-Z]+$/.test(variant.instruction.name)) return false;
  if (variant.instruction.name.includes("CXZ") || form.operands.some((o) => o.kind === "segment" || o.kind === "control" || o.kind === "debug" || o.kind === "far" || o.kind === "offset")) return false;
  if (form.sized && variant.bits === 16) return false;
  if (JSON.stringify(b.statements.map((s) => s.s)).includes("escape")) return false;
  return form.map <= 1;
}
