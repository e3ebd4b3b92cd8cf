import type { Value } from "../../ir/value.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { binaryForms } from "./forms.ts";

function logic(name: string, row: number, apply: (a: Value, b: Value) => Value): Instruction {
  return instruction(name, {
    forms: binaryForms(name, row, "lock"),
    undefined: "A",
    execute(m, dst, src) {
      const result = apply(m.read(dst!), m.read(src!));
      m.write(dst!, result);
      m.flagsLogic(result);
    },
  });
}

/** OR — Bitwise inclusive or. SDM vol. 2B, "OR—Logical Inclusive OR". AF is undefined; AMD clears it. */
export const OR: Instruction = logic("OR", 1, (a, b) => a.or(b));

/** AND — Bitwise and. SDM vol. 2A, "AND—Logical AND". AF is undefined; AMD clears it. */
export const AND: Instruction = logic("AND", 4, (a, b) => a.and(b));

/** XOR — Bitwise exclusive or. SDM vol. 2C, "XOR—Logical Exclusive OR". AF is undefined; AMD clears it. */
export const XOR: Instruction = logic("XOR", 6, (a, b) => a.xor(b));

/** NOT — One's complement negation; no flag changes. SDM vol. 2B, "NOT—One's Complement Negation". */
export const NOT: Instruction = instruction("NOT", {
  forms: ["F6 /2  NOT r/m8  lock", "F7 /2  NOT r/mv  lock"],
  execute(m, dst) { m.write(dst!, m.read(dst!).not()); },
});

/** TEST — Flags of a bitwise and. SDM vol. 2C, "TEST—Logical Compare". /1 is an alias of /0. */
export const TEST: Instruction = instruction("TEST", {
  forms: [
    "A8 ib  TEST AL, imm8", "A9 iz  TEST rAX, immz",
    "F6 /0 ib  TEST r/m8, imm8", "F7 /0 iz  TEST r/mv, immz", "F6 /1 ib  TEST r/m8, imm8", "F7 /1 iz  TEST r/mv, immz",
    "84 /r  TEST r/m8, r8", "85 /r  TEST r/mv, rv",
  ],
  undefined: "A",
  execute(m, first, second) { m.flagsLogic(m.read(first!).and(m.read(second!))); },
});

/** Bitwise logic. */
export const LOGIC: readonly Instruction[] = [OR, AND, XOR, NOT, TEST];
