import type { Value } from "../../ir/value.ts";
import type { InstructionBuilder, Operand } from "../instruction-builder.ts";
import { instruction, type Instruction, type UndefinedContext } from "../instruction.ts";
import { shiftForms } from "./forms.ts";

/** A shift by `count` (1 or more, of the width of the values computed with): the result and the last bit shifted out. */
export interface Shifted { readonly result: Value; readonly carry: Value; readonly overflow: Value }

/** The count operand, masked to 5 bits (6 for 64-bit operands), as wide as the values shifts are computed with: 32 or 64 bits. */
export function shiftCount(m: InstructionBuilder, count: Operand, bits: number): Value {
  const wide = bits === 64 ? 64 : 32;
  if (count.spec.kind === "one") return m.int(1, wide);
  return m.read(count).zext(wide).and(bits === 64 ? 63 : 31);
}

/** Does `effect` where the count is not zero: a shift by zero changes no flag. */
export function unlessZero(m: InstructionBuilder, count: Value, operand: Operand, effect: () => void): void {
  if (operand.spec.kind === "one") effect();
  else m.if(count.nez(), effect);
}

/** OF of every shift and rotate to the right: the result's two most significant bits differ. */
export function overflowRight(result: Value): Value { return result.bit(result.bits - 1).xor(result.bit(result.bits - 2)); }

/**
 * OF is defined for shifts by one, AF never, CF not beyond the operand's width. AMD sets AF, and computes OF for every count as
 * the bit shifted out differs from the result's sign (left) or the result's two upper bits differ (right).
 */
function undefinedAfter({ bits, count }: UndefinedContext): string {
  return count === 0 ? "" : count === 1 ? "A" : count >= bits ? "OAC" : "OA";
}

function shift(name: string, digits: readonly number[], title: string, compute: (m: InstructionBuilder, a: Value, count: Value) => Shifted): Instruction {
  return instruction(name, {
    forms: shiftForms(name, ...digits),
    title,
    undefined: undefinedAfter,
    execute(m, dst, by) {
      const a = m.read(dst!), count = shiftCount(m, by!, a.bits);
      const { result, carry, overflow } = compute(m, a, count);
      m.write(dst!, result);
      unlessZero(m, count, by!, () => m.flagsExplicit(result, { C: carry, O: overflow, A: m.i32(1) }));
    },
  });
}

/** The operand in the width that shifts are computed with: 32 or 64 bits. */
function wide(a: Value): Value { return a.bits < 32 ? a.zext(32) : a; }
function lowBit(v: Value): Value { return v.bits === 64 ? v.trunc(32).and(1) : v.and(1); }

/** SHL, SAL — Shift left; /6 is an alias of /4. SDM vol. 2B, "SAL/SAR/SHL/SHR—Shift". */
export const SHL: Instruction = shift("SHL", [4, 6], "SAL/SAR/SHL/SHR—Shift", (_m, a, count) => {
  const shifted = wide(a).shl(count), result = shifted.trunc(a.bits as 8);
  // Narrow operands leave the last bit shifted out above the result; at 32 and 64 bits it is fetched from the other side.
  const carry = a.bits < 32 ? shifted.bit(a.bits) : lowBit(a.shrU(count.neg()));
  return { result, carry, overflow: carry.xor(result.sign()) };
});

/** SHR — Logical shift right. SDM vol. 2B, "SAL/SAR/SHL/SHR—Shift". */
export const SHR: Instruction = shift("SHR", [5], "SAL/SAR/SHL/SHR—Shift", (_m, a, count) => {
  const source = wide(a), result = source.shrU(count).trunc(a.bits as 8);
  return { result, carry: lowBit(source.shrU(count.sub(1))), overflow: overflowRight(result) };
});

/** SAR — Arithmetic shift right. SDM vol. 2B, "SAL/SAR/SHL/SHR—Shift". */
export const SAR: Instruction = shift("SAR", [7], "SAL/SAR/SHL/SHR—Shift", (m, a, count) => {
  const source = a.bits < 32 ? a.sext(32) : a, result = source.shrS(count).trunc(a.bits as 8);
  return { result, carry: lowBit(source.shrS(count.sub(1))), overflow: m.i32(0) };
});

const DOUBLE = "SHLD/SHRD—Double Precision Shift";

/**
 * SHLD — Shift left, bits of another register shifted in. SDM vol. 2B, "SHLD—Double Precision Shift Left". With 16-bit operands and a
 * count above 16 the result is undefined; AMD shifts the source in twice and clears CF and OF.
 */
export const SHLD: Instruction = instruction("SHLD", {
  forms: ["0F A4 /r ib  SHLD r/mv, rv, imm8", "0F A5 /r  SHLD r/mv, rv, CL"],
  title: DOUBLE,
  undefined: ({ bits, count }) => (count > bits ? "OSZAPC" : undefinedAfter({ bits: 255, count })),
  execute(m, dst, src, by) {
    const a = m.read(dst!), b = m.read(src!), count = shiftCount(m, by!, a.bits);
    let result: Value, carry: Value, overflow: Value;
    if (m.bits === 16) {
      const alone = a.zext(32).shl(count);
      const source = b.zext(64).mul(0x10001n).or(a.zext(64).shl(32));
      result = source.shl(count.zext(64)).shrU(32).trunc(16);
      carry = alone.bit(16);
      overflow = carry.xor(alone.bit(15));
    } else {
      // Shifts take the count modulo the width: a count of zero must not shift all of the source in.
      result = a.shl(count).or(b.shrU(1).shrU(count.xor(m.bits - 1)));
      carry = lowBit(a.shrU(count.neg()));
      overflow = carry.xor(result.sign());
    }
    m.write(dst!, result);
    unlessZero(m, count, by!, () => m.flagsExplicit(result, { C: carry, O: overflow, A: m.i32(1) }));
  },
});

/**
 * SHRD — Shift right, bits of another register shifted in. SDM vol. 2B, "SHRD—Double Precision Shift Right". With 16-bit operands and a
 * count above 16 the result is undefined; AMD shifts the source in twice and clears CF.
 */
export const SHRD: Instruction = instruction("SHRD", {
  forms: ["0F AC /r ib  SHRD r/mv, rv, imm8", "0F AD /r  SHRD r/mv, rv, CL"],
  title: DOUBLE,
  undefined: ({ bits, count }) => (count > bits ? "OSZAPC" : undefinedAfter({ bits: 255, count })),
  execute(m, dst, src, by) {
    const a = m.read(dst!), b = m.read(src!), count = shiftCount(m, by!, a.bits);
    const result = m.bits === 16
      ? b.zext(64).mul(0x1_0001_0000n).or(a.zext(64)).shrU(count.zext(64)).trunc(16)
      : a.shrU(count).or(b.shl(1).shl(count.xor(m.bits - 1)));
    m.write(dst!, result);
    unlessZero(m, count, by!, () => m.flagsExplicit(result, { C: lowBit(wide(a).shrU(count.sub(1))), O: overflowRight(result), A: m.i32(1) }));
  },
});

/** Shifts. */
export const SHIFTS: readonly Instruction[] = [SHL, SHR, SAR, SHLD, SHRD];
