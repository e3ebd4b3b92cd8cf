import type { Value } from "../../ir/value.ts";
import { RAX, RBX, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { byte } from "./forms.ts";
import { CONDITIONS } from "./condition.ts";
import type { Bits } from "../../ir/value.ts";

/** MOV — Move between registers, memory and immediates. SDM vol. 2B, "MOV—Move". */
export const MOV: Instruction = instruction("MOV", {
  forms: [
    "88 /r  MOV r/m8, r8", "89 /r  MOV r/mv, rv", "8A /r  MOV r8, r/m8", "8B /r  MOV rv, r/mv",
    "A0 mo  MOV AL, moffs8", "A1 mo  MOV rAX, moffsv", "A2 mo  MOV moffs8, AL", "A3 mo  MOV moffsv, rAX",
    "B0+r ib  MOV r8, imm8", "B8+r iv  MOV rv, immv", "C6 /0 ib  MOV r/m8, imm8", "C7 /0 iz  MOV r/mv, immz",
  ],
  execute(m, dst, src) { m.write(dst!, m.read(src!)); },
});

/** MOVZX — Move with zero-extension. SDM vol. 2B, "MOVZX—Move With Zero-Extend". */
export const MOVZX: Instruction = instruction("MOVZX", {
  forms: ["0F B6 /r  MOVZX rv, r/m8", "0F B7 /r  MOVZX rv, r/m16"],
  execute(m, dst, src) { m.write(dst!, m.read(src!).zext(m.bits)); },
});

/** MOVSX — Move with sign-extension. SDM vol. 2B, "MOVSX/MOVSXD—Move With Sign-Extension". */
export const MOVSX: Instruction = instruction("MOVSX", {
  forms: ["0F BE /r  MOVSX rv, r/m8", "0F BF /r  MOVSX rv, r/m16"],
  execute(m, dst, src) { m.write(dst!, m.read(src!).sext(m.bits)); },
});

/** MOVSXD — Move doubleword with sign-extension; without REX.W a plain move. SDM vol. 2B, "MOVSX/MOVSXD—Move With Sign-Extension". */
export const MOVSXD: Instruction = instruction("MOVSXD", {
  forms: ["63 /r  MOVSXD rv, r/mz  o64"],
  execute(m, dst, src) { m.write(dst!, m.read(src!).sext(m.bits)); },
});

/** The value with its bytes in reverse order. */
export function swapBytes(m: InstructionBuilder, v: Value): Value {
  if (v.bits === 16) return v.shl(m.int(8, 16)).or(v.shrU(8));
  if (v.bits === 32) return v.rotl(8).and(0x00ff00ff).or(v.rotr(8).and(0xff00ff00));
  const pairs = v.and(0x00ff00ff00ff00ffn).shl(8).or(v.shrU(8).and(0x00ff00ff00ff00ffn));
  return pairs.and(0x0000ffff0000ffffn).shl(16).or(pairs.shrU(16).and(0x0000ffff0000ffffn)).rotl(32);
}

/** MOVBE — Move with byte order reversed. SDM vol. 2B, "MOVBE—Move Data After Swapping Bytes". */
export const MOVBE: Instruction = instruction("MOVBE", {
  forms: ["NP 0F 38 F0 /r  MOVBE rv, mv", "66 0F 38 F0 /r  MOVBE rv, mv", "NP 0F 38 F1 /r  MOVBE mv, rv", "66 0F 38 F1 /r  MOVBE mv, rv"],
  feature: "movbe",
  execute(m, dst, src) { m.write(dst!, swapBytes(m, m.read(src!))); },
});

/** BSWAP — Reverse the bytes of a register. SDM vol. 2A, "BSWAP—Byte Swap". Of a 16-bit register the result is undefined. */
export const BSWAP: Instruction = instruction("BSWAP", {
  forms: ["0F C8+r  BSWAP rv"],
  execute(m, dst) { m.write(dst!, m.bits === 16 ? m.int(0, 16) : swapBytes(m, m.read(dst!))); },
});

/** LEA — Load the offset of a memory operand. SDM vol. 2A, "LEA—Load Effective Address". */
export const LEA: Instruction = instruction("LEA", {
  forms: ["8D /r  LEA rv, m"],
  execute(m, dst) { m.write(dst!, m.effectiveAddress().fit(m.bits)); },
});

/** XLAT — AL from the table at rBX. SDM vol. 2C, "XLAT/XLATB—Table Look-up Translation". */
export const XLAT: Instruction = instruction("XLAT", {
  forms: ["D7  XLAT  addr"],
  execute(m) {
    const offset = m.gpr(RBX, m.addressBits as Bits).add(m.gpr(RAX, 8).zext(m.addressBits as Bits));
    m.setGprNumber(RAX, m.load(m.linear("operand", offset.zext(64), 1, "read"), 8));
  },
});

/** CMOVcc — Move if a condition holds; a 32-bit destination loses its upper half either way. SDM vol. 2A, "CMOVcc—Conditional Move". */
const CMOV: readonly Instruction[] = CONDITIONS.map((name, code) => instruction(`CMOV${name}`, {
  forms: [`0F ${byte(0x40 + code)} /r  CMOV${name} rv, r/mv`],
  feature: "cmov",
  title: "CMOVcc—Conditional Move",
  execute(m, dst, src) {
    const value = m.read(src!), old = m.read(dst!);
    m.write(dst!, m.choose(m.condition(code), value, old));
  },
}));

/** SETcc — Set a byte to a condition; ModRM.reg is ignored. SDM vol. 2B, "SETcc—Set Byte on Condition". */
const SET: readonly Instruction[] = CONDITIONS.map((name, code) => instruction(`SET${name}`, {
  forms: [`0F ${byte(0x90 + code)} /r  SET${name} r/m8`],
  title: "SETcc—Set Byte on Condition",
  execute(m, dst) { m.write(dst!, m.condition(code).trunc(8)); },
}));

/** Data movement. */
export const MOVES: readonly Instruction[] = [MOV, MOVZX, MOVSX, MOVSXD, MOVBE, BSWAP, LEA, XLAT, ...CMOV, ...SET];
