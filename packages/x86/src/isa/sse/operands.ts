import type { Builder } from "../../ir/builder.ts";
import type { Value } from "../../ir/value.ts";
import type { InstructionBuilder, Operand } from "../instruction-builder.ts";
import { instruction, type Feature, type Instruction } from "../instruction.ts";
import { readMm, writeMm } from "../x87/mmx-registers.ts";
import { zero } from "./constants.ts";

/** What a packed operation may ask for besides its two sources. */
export interface PackedContext {
  readonly m: InstructionBuilder;
  /** The operands are 64 bits wide and travel in the low half of a vector; only that half of the result counts. */
  readonly mmx: boolean;
  /** The immediate byte, 32 bits wide; 0 where the form has none. */
  readonly imm: Value;
}

/** The quadword in the low half of a vector, the rest zero. */
export function fromQuad(m: Builder, quad: Value): Value { return zero(m).withLane("i64x2.replace_lane", 0, quad); }
/** The doubleword in the low quarter of a vector, the rest zero. */
export function fromDouble(m: Builder, double: Value): Value { return zero(m).withLane("i32x4.replace_lane", 0, double); }

/** Reads an MMX, XMM or memory operand of 16, 32, 64 or 128 bits into a vector, upper part zero (a register's low part where the row says m16, m32 or m64). */
export function readPacked(m: InstructionBuilder, o: Operand): Value {
  if (o.spec.kind === "mmx") {
    if (!o.isMemory) return fromQuad(m, readMm(m, o));
    const width = o.bits === 32 ? 32 : 64;
    return fromQuad(m, m.load(m.address(o, width / 8, "read"), width).zext(64));
  }
  if (!o.isMemory || o.bits === 128) return m.readVector(o, "v128");
  if (o.bits === 64) return fromQuad(m, m.readVector(o, "i64"));
  if (o.bits === 32) return fromDouble(m, m.readVector(o, "i32"));
  return fromDouble(m, m.load(m.address(o, 2, "read"), 16).zext(32));
}

/** Writes the whole XMM register or the MMX register (low half of `value`). */
export function writePacked(m: InstructionBuilder, o: Operand, value: Value): void {
  if (o.spec.kind === "mmx") writeMm(m, o, value.lane("i64x2.extract_lane", 0));
  else m.writeVector(o, value);
}

export interface PackedSpec {
  /** Opcode bytes and immediate after the prefix, for example "0F FC /r" or "0F 3A 0F /r ib". */
  readonly opcode: string;
  /** Feature of the MMX form; none where there is no such form. */
  readonly mmx?: Feature;
  readonly sse: Feature;
  readonly title: string;
  /** Memory operand of the MMX form where it is not m64. */
  readonly mmxMemory?: "m32";
}

/**
 * Declares one packed operation dst = compute(dst, src) in its MMX form (no prefix) and its SSE form (66 prefix), which differ
 * only in width: an instruction of the same name for each, as unit and feature differ.
 */
export function packed(name: string, spec: PackedSpec, compute: (a: Value, b: Value, context: PackedContext) => Value): Instruction[] {
  const immediate = spec.opcode.endsWith(" ib") ? ", imm8" : "";
  const execute = (m: InstructionBuilder, dst?: Operand, src?: Operand, imm?: Operand): void => {
    const b = readPacked(m, src!), a = readPacked(m, dst!);
    writePacked(m, dst!, compute(a, b, { m, mmx: dst!.spec.kind === "mmx", imm: imm ? m.immediate(imm).zext(32) : m.i32(0) }));
  };
  const { title } = spec;
  const sse = instruction(name, { forms: [`66 ${spec.opcode}  ${name} xmm, xmm/m128${immediate}`], feature: spec.sse, unit: "sse", title, execute });
  if (!spec.mmx) return [sse];
  const mmx = instruction(name, { forms: [`NP ${spec.opcode}  ${name} mm, mm/${spec.mmxMemory ?? "m64"}${immediate}`], feature: spec.mmx, unit: "mmx", title, execute });
  return [mmx, sse];
}

/** As readPacked for the few 128-bit operands that need no alignment. */
export function readPackedUnaligned(m: InstructionBuilder, o: Operand): Value { return m.readUnaligned(o, "v128"); }

/** Declares an XMM operation dst = compute(dst, src) with rows in full: `xmm, xmm/m128` and an optional immediate. */
export function vector(
  name: string, form: string, feature: Feature, title: string, compute: (a: Value, b: Value, context: PackedContext) => Value,
  read: (m: InstructionBuilder, o: Operand) => Value = readPacked,
): Instruction {
  return instruction(name, {
    forms: [form], feature, unit: "sse", title,
    execute(m, dst, src, imm) {
      const b = read(m, src!), a = readPacked(m, dst!);
      const immediate = imm && imm.spec.kind === "immediate" ? m.immediate(imm).zext(32) : m.i32(0);
      writePacked(m, dst!, compute(a, b, { m, mmx: false, imm: immediate }));
    },
  });
}
