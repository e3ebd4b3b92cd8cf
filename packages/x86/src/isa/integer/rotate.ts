import type { Value } from "../../ir/value.ts";
import type { InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction, type UndefinedContext } from "../instruction.ts";
import { shiftForms } from "./forms.ts";
import { overflowRight, shiftCount, unlessZero } from "./shift.ts";

/** OF is defined for rotates by one; AMD computes it for every count as for one. */
function undefinedAfter({ count }: UndefinedContext): string { return count > 1 ? "O" : ""; }

const TITLE = "RCL/RCR/ROL/ROR—Rotate";

function rotate(name: string, digit: number, compute: (m: InstructionBuilder, a: Value, count: Value) => Value, flags: (result: Value) => { C: Value; O: Value }): Instruction {
  return instruction(name, {
    forms: shiftForms(name, digit),
    title: TITLE,
    undefined: undefinedAfter,
    execute(m, dst, by) {
      const a = m.read(dst!), count = shiftCount(m, by!, a.bits), result = compute(m, a, count);
      m.write(dst!, result);
      unlessZero(m, count, by!, () => m.flags(flags(result)));
    },
  });
}

/** Both halves of a narrow operand's 32-bit value hold copies of it: rotates become shifts. */
function copies(a: Value): Value { return a.bits === 8 ? a.zext(32).mul(0x01010101) : a.zext(32).mul(0x00010001); }

/** ROL — Rotate left. SDM vol. 2B, "RCL/RCR/ROL/ROR—Rotate". */
export const ROL: Instruction = rotate("ROL", 0,
  (_m, a, count) => (a.bits < 32 ? copies(a).rotl(count).trunc(a.bits as 8) : a.rotl(count)),
  (result) => ({ C: result.bit(0), O: result.bit(0).xor(result.sign()) }));

/** ROR — Rotate right. SDM vol. 2B, "RCL/RCR/ROL/ROR—Rotate". */
export const ROR: Instruction = rotate("ROR", 1,
  (_m, a, count) => (a.bits < 32 ? copies(a).rotr(count).trunc(a.bits as 8) : a.rotr(count)),
  (result) => ({ C: result.sign(), O: overflowRight(result) }));

/** Operand and CF as a number of `bits + 1` bits, rotated left by `left` of 0 to `bits`: for 8 and 16 bits. */
function rotateNarrow(m: InstructionBuilder, a: Value, left: Value): { result: Value; carry: Value } {
  const all = a.zext(32).or(m.flag("C").shl(a.bits));
  const turned = all.shl(left).or(all.shrU(m.i32(a.bits + 1).sub(left)));
  return { result: turned.trunc(a.bits as 8), carry: turned.bit(a.bits) };
}

/** CF in the width of `a`. */
function carry(m: InstructionBuilder, a: Value): Value { return a.bits === 64 ? m.flag("C").zext(64) : m.flag("C"); }

/** RCL — Rotate left through CF. SDM vol. 2B, "RCL/RCR/ROL/ROR—Rotate". */
export const RCL: Instruction = instruction("RCL", {
  forms: shiftForms("RCL", 2),
  title: TITLE,
  undefined: undefinedAfter,
  execute(m, dst, by) {
    const a = m.read(dst!), count = shiftCount(m, by!, a.bits);
    if (a.bits < 32) {
      const { result, carry: c } = rotateNarrow(m, a, count.remU(a.bits + 1));
      m.write(dst!, result);
      unlessZero(m, count, by!, () => m.flags({ C: c, O: c.xor(result.sign()) }));
      return;
    }
    // Shifts take the count modulo the width, so the part that comes in at the right is shifted in two steps.
    const turned = a.shl(count).or(carry(m, a).shl(count.sub(1))).or(a.shrU(1).shrU(count.neg()));
    const out = a.shrU(count.neg()), c = out.bit(0);
    const result = by!.spec.kind === "one" ? turned : m.choose(count.nez(), turned, a);
    m.write(dst!, result);
    unlessZero(m, count, by!, () => m.flags({ C: c, O: c.xor(result.sign()) }));
  },
});

/** RCR — Rotate right through CF. SDM vol. 2B, "RCL/RCR/ROL/ROR—Rotate". */
export const RCR: Instruction = instruction("RCR", {
  forms: shiftForms("RCR", 3),
  title: TITLE,
  undefined: undefinedAfter,
  execute(m, dst, by) {
    const a = m.read(dst!), count = shiftCount(m, by!, a.bits);
    if (a.bits < 32) {
      const modulo = count.remU(a.bits + 1);
      // Right by 0 is left by bits + 1, which is right by shifting everything out on one side and nothing on the other.
      const { result, carry: c } = rotateNarrow(m, a, m.i32(a.bits + 1).sub(modulo));
      m.write(dst!, result);
      unlessZero(m, count, by!, () => m.flags({ C: c, O: overflowRight(result) }));
      return;
    }
    const turned = a.shrU(count).or(carry(m, a).shl(count.neg())).or(a.shl(1).shl(count.neg()));
    const c = a.shrU(count.sub(1)).bit(0);
    const result = by!.spec.kind === "one" ? turned : m.choose(count.nez(), turned, a);
    m.write(dst!, result);
    unlessZero(m, count, by!, () => m.flags({ C: c, O: overflowRight(result) }));
  },
});

/** Rotates. */
export const ROTATES: readonly Instruction[] = [ROL, ROR, RCL, RCR];
