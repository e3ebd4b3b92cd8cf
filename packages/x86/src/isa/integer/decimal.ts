import type { Value } from "../../ir/value.ts";
import { DE, RAX, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";

/** Signed overflow of a + b = sum and of a - b = difference. */
function overflowAdd(a: Value, b: Value, sum: Value): Value { return a.xor(sum).and(b.xor(sum)).sign(); }
function overflowSub(a: Value, b: Value, difference: Value): Value { return a.xor(b).and(a.xor(difference)).sign(); }

/** 1 where the low digit of AL needs adjusting. */
function lowDigit(m: InstructionBuilder, al: Value): Value { return al.and(15).gtU(9).or(m.flag("A")); }

/** DAA — Decimal adjust AL after addition. SDM vol. 2A, "DAA—Decimal Adjust AL After Addition". OF is undefined; AMD gives the addition's. */
export const DAA: Instruction = instruction("DAA", {
  forms: ["27  DAA  i64"],
  undefined: "O",
  execute(m) {
    const al = m.gpr(RAX, 8), low = lowDigit(m, al), high = al.gtU(0x99).or(m.flag("C"));
    const correction = low.mul(6).or(high.mul(0x60)).trunc(8), result = al.add(correction);
    m.setGprNumber(RAX, result);
    m.flagsExplicit(result, { C: high, A: low, O: overflowAdd(al, correction, result) });
  },
});

/** DAS — Decimal adjust AL after subtraction. SDM vol. 2A, "DAS—Decimal Adjust AL After Subtraction". OF is undefined; AMD gives the subtraction's. */
export const DAS: Instruction = instruction("DAS", {
  forms: ["2F  DAS  i64"],
  undefined: "O",
  execute(m) {
    const al = m.gpr(RAX, 8), low = lowDigit(m, al), high = al.gtU(0x99).or(m.flag("C"));
    const correction = low.mul(6).or(high.mul(0x60)).trunc(8), result = al.sub(correction);
    m.setGprNumber(RAX, result);
    m.flagsExplicit(result, { C: high.or(low.and(al.ltU(6))), A: low, O: overflowSub(al, correction, result) });
  },
});

/** Where the low digit needs adjusting AX changes by 0106, and then the upper half of AL is cleared. AMD sets O, S, Z and P from the 16-bit sum. */
function adjustAscii(m: InstructionBuilder, combine: (ax: Value, correction: Value) => Value, overflow: (a: Value, b: Value, result: Value) => Value): void {
  const ax = m.gpr(RAX, 16), adjust = lowDigit(m, ax);
  const correction = adjust.mul(0x106).trunc(16), result = combine(ax, correction);
  m.setGprNumber(RAX, result.and(0xff0f));
  m.flagsExplicit(result, { C: adjust, A: adjust, O: overflow(ax, correction, result) });
}

/** AAA — Adjust after addition of unpacked digits. SDM vol. 2A, "AAA—ASCII Adjust After Addition". */
export const AAA: Instruction = instruction("AAA", {
  forms: ["37  AAA  i64"],
  undefined: "OSZP",
  execute(m) { adjustAscii(m, (a, b) => a.add(b), overflowAdd); },
});

/** AAS — Adjust after subtraction of unpacked digits. SDM vol. 2A, "AAS—ASCII Adjust AL After Subtraction". */
export const AAS: Instruction = instruction("AAS", {
  forms: ["3F  AAS  i64"],
  undefined: "OSZP",
  execute(m) { adjustAscii(m, (a, b) => a.sub(b), overflowSub); },
});

/** AAM — AH = AL / imm8, AL = remainder. SDM vol. 2A, "AAM—ASCII Adjust AX After Multiply". O, A and C are undefined; AMD clears them. */
export const AAM: Instruction = instruction("AAM", {
  forms: ["D4 ib  AAM imm8  i64"],
  undefined: "OAC",
  execute(m, base) {
    const al = m.gpr(RAX, 8), divisor = m.read(base!), no = m.i32(0);
    m.raiseIf(divisor.eqz(), DE);
    const quotient = al.divU(divisor), remainder = al.remU(divisor);
    m.setGprNumber(RAX, quotient.zext(16).shl(8).or(remainder.zext(16)));
    m.flagsExplicit(remainder, { C: no, O: no, A: no });
  },
});

/** AAD — AL += AH × imm8, AH = 0. SDM vol. 2A, "AAD—ASCII Adjust AX Before Division". O, A and C are undefined; AMD gives the 8-bit addition's. */
export const AAD: Instruction = instruction("AAD", {
  forms: ["D5 ib  AAD imm8  i64"],
  undefined: "OAC",
  execute(m, base) {
    const al = m.gpr(RAX, 8), tens = m.highByte(RAX).mul(m.read(base!)), result = al.add(tens);
    m.setGprNumber(RAX, result.zext(16));
    m.flagsAdd(al, tens, result);
  },
});

/** Decimal arithmetic. */
export const DECIMALS: readonly Instruction[] = [DAA, DAS, AAA, AAS, AAM, AAD];
