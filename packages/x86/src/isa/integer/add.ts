import type { Value } from "../../ir/value.ts";
import type { InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { binaryForms } from "./forms.ts";

/** CF as a value of the operand's width. */
function carry(m: InstructionBuilder, like: Value): Value {
  const c = m.flag("C");
  return like.bits === 64 ? c.zext(64) : like.bits === 32 ? c : c.trunc(like.bits as 8 | 16);
}

/** ADD — Add. SDM vol. 2A, "ADD—Add". */
export const ADD: Instruction = instruction("ADD", {
  forms: binaryForms("ADD", 0, "lock"),
  execute(m, dst, src) {
    const a = m.read(dst!), b = m.read(src!), sum = a.add(b);
    m.write(dst!, sum);
    m.flagsAdd(a, b, sum);
  },
});

/** ADC — Add with carry. SDM vol. 2A, "ADC—Add With Carry". */
export const ADC: Instruction = instruction("ADC", {
  forms: binaryForms("ADC", 2, "lock"),
  execute(m, dst, src) {
    const a = m.read(dst!), b = m.read(src!), sum = a.add(b).add(carry(m, a));
    m.write(dst!, sum);
    m.flagsAdd(a, b, sum);
  },
});

/** SBB — Subtract with borrow. SDM vol. 2B, "SBB—Integer Subtraction With Borrow". */
export const SBB: Instruction = instruction("SBB", {
  forms: binaryForms("SBB", 3, "lock"),
  execute(m, dst, src) {
    const a = m.read(dst!), b = m.read(src!), difference = a.sub(b).sub(carry(m, a));
    m.write(dst!, difference);
    m.flagsSub(a, b, difference);
  },
});

/** SUB — Subtract. SDM vol. 2B, "SUB—Subtract". */
export const SUB: Instruction = instruction("SUB", {
  forms: binaryForms("SUB", 5, "lock"),
  execute(m, dst, src) {
    const a = m.read(dst!), b = m.read(src!), difference = a.sub(b);
    m.write(dst!, difference);
    m.flagsSub(a, b, difference);
  },
});

/** CMP — Compare. SDM vol. 2A, "CMP—Compare Two Operands". */
export const CMP: Instruction = instruction("CMP", {
  forms: binaryForms("CMP", 7, ""),
  execute(m, first, second) {
    const a = m.read(first!), b = m.read(second!);
    m.flagsSub(a, b, a.sub(b));
  },
});

/** INC — Increment, CF kept. SDM vol. 2A, "INC—Increment by 1". */
export const INC: Instruction = instruction("INC", {
  forms: ["FE /0  INC r/m8  lock", "FF /0  INC r/mv  lock", "40+r  INC rv  i64"],
  execute(m, dst) {
    const a = m.read(dst!), b = m.int(1, a.bits as 8), result = a.add(b);
    m.write(dst!, result);
    m.setFlags({ kind: "add", bits: a.bits, a, b, result, keepCarry: true });
  },
});

/** DEC — Decrement, CF kept. SDM vol. 2A, "DEC—Decrement by 1". */
export const DEC: Instruction = instruction("DEC", {
  forms: ["FE /1  DEC r/m8  lock", "FF /1  DEC r/mv  lock", "48+r  DEC rv  i64"],
  execute(m, dst) {
    const a = m.read(dst!), b = m.int(1, a.bits as 8), result = a.sub(b);
    m.write(dst!, result);
    m.setFlags({ kind: "sub", bits: a.bits, a, b, result, keepCarry: true });
  },
});

/** NEG — Two's complement negation. SDM vol. 2B, "NEG—Two's Complement Negation". */
export const NEG: Instruction = instruction("NEG", {
  forms: ["F6 /3  NEG r/m8  lock", "F7 /3  NEG r/mv  lock"],
  execute(m, dst) {
    const a = m.read(dst!), result = a.neg();
    m.write(dst!, result);
    m.flagsSub(m.int(0, a.bits as 8), a, result);
  },
});

/** Addition, subtraction, comparison. */
export const ADDITION: readonly Instruction[] = [ADD, ADC, SBB, SUB, CMP, INC, DEC, NEG];
