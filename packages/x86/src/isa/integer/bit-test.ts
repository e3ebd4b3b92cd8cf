import type { Bits, Value } from "../../ir/value.ts";
import type { InstructionBuilder, Operand } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { byte } from "./forms.ts";

/** A mask with bit `index` modulo the width. */
function maskOf(m: InstructionBuilder, index: Value, bits: Bits): Value {
  if (bits === 16) return m.i32(1).shl(index.zext(32).and(15)).trunc(16);
  return m.int(1, bits).shl(index);
}

/** Bit `index` modulo the width of a value. */
function bitOf(value: Value, index: Value): Value {
  if (value.bits === 64) return value.shrU(index).trunc(32).and(1);
  if (value.bits === 32) return value.shrU(index).and(1);
  return value.zext(32).shrU(index.zext(32).and(15)).and(1);
}

/**
 * Linear address of the word that holds bit `index` of the bit string at the memory operand: a register index counts, signed, beyond the
 * operand. The address wraps as the address size has it.
 */
function stringAddress(m: InstructionBuilder, index: Value, bits: Bits, access: "read" | "write"): Value {
  const shift = bits === 64 ? 6 : bits === 32 ? 5 : 4;
  const words = index.sext(64).shrS(shift).shl(shift - 3);
  return m.linear("operand", m.effectiveAddress().add(words), bits / 8, access);
}

function bitTest(name: string, digit: number, title: string, change?: (value: Value, mask: Value) => Value): Instruction {
  const lock = change ? "lock" : "";
  const opcode = 0xa3 + (digit - 4) * 8;
  return instruction(name, {
    forms: [`0F ${byte(opcode)} /r  ${name} r/mv, rv  ${lock}`, `0F BA /${digit} ib  ${name} r/mv, imm8  ${lock}`],
    title,
    // ZF is kept by the architecture, the others by AMD.
    undefined: "OSAP",
    execute(m, dst, by) {
      const inRegister = by!.spec.kind === "gpr";
      const index = inRegister ? m.read(by!) : m.read(by!).zext(m.bits);
      if (dst!.isMemory && inRegister) executeString(m, index, change);
      else executePlain(m, dst!, index, change);
    },
  });
}

function executePlain(m: InstructionBuilder, dst: Operand, index: Value, change: ((value: Value, mask: Value) => Value) | undefined): void {
  const value = m.read(dst), selected = bitOf(value, index);
  if (change) m.write(dst, change(value, maskOf(m, index, m.bits)));
  m.flags({ C: selected });
}

function executeString(m: InstructionBuilder, index: Value, change: ((value: Value, mask: Value) => Value) | undefined): void {
  if (!change) {
    m.flags({ C: bitOf(m.load(stringAddress(m, index, m.bits, "read"), m.bits), index) });
    return;
  }
  const address = stringAddress(m, index, m.bits, "write");
  const { value, token } = m.loadForStore(address, m.bits);
  const selected = bitOf(value, index);
  m.storeBack(token, address, change(value, maskOf(m, index, m.bits)));
  m.flags({ C: selected });
}

/** BT — Bit to CF. SDM vol. 2A, "BT—Bit Test". */
export const BT: Instruction = bitTest("BT", 4, "BT—Bit Test");

/** BTS — Bit to CF, then set. SDM vol. 2A, "BTS—Bit Test and Set". */
export const BTS: Instruction = bitTest("BTS", 5, "BTS—Bit Test and Set", (value, mask) => value.or(mask));

/** BTR — Bit to CF, then cleared. SDM vol. 2A, "BTR—Bit Test and Reset". */
export const BTR: Instruction = bitTest("BTR", 6, "BTR—Bit Test and Reset", (value, mask) => value.and(mask.not()));

/** BTC — Bit to CF, then inverted. SDM vol. 2A, "BTC—Bit Test and Complement". */
export const BTC: Instruction = bitTest("BTC", 7, "BTC—Bit Test and Complement", (value, mask) => value.xor(mask));

/** Single bits of registers and of bit strings in memory. */
export const BIT_TESTS: readonly Instruction[] = [BT, BTS, BTR, BTC];
