import { RAX, RDX } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";

/** CBW, CWDE, CDQE by operand size — Sign-extend the lower half of the accumulator. SDM vol. 2A, "CBW/CWDE/CDQE—Convert Byte to Word/Convert Word to Doubleword/Convert Doubleword to Quadword". */
export const CBW: Instruction = instruction("CBW", {
  forms: ["98  CBW rAX"],
  execute(m, dst) { m.write(dst!, m.gpr(RAX, (m.bits / 2) as 8 | 16 | 32).sext(m.bits)); },
});

/** CWD, CDQ, CQO by operand size — Fill rDX with the accumulator's sign. SDM vol. 2A, "CWD/CDQ/CQO—Convert Word to Doubleword/Convert Doubleword to Quadword". */
export const CWD: Instruction = instruction("CWD", {
  forms: ["99  CWD rAX"],
  execute(m, src) { m.setGprNumber(RDX, m.read(src!).shrS(m.bits - 1)); },
});

/** Width conversion within the accumulator. */
export const CONVERSIONS: readonly Instruction[] = [CBW, CWD];
