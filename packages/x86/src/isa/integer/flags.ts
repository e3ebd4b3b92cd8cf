import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { GP, RAX, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { peek, push, release } from "./stack.ts";

/** Bits of rFLAGS (SDM vol. 1, "EFLAGS Register"). */
const CF = 1 << 0, FIXED = 1 << 1, PF = 1 << 2, AF = 1 << 4, ZF = 1 << 6, SF = 1 << 7, TF = 1 << 8, IF = 1 << 9, DF = 1 << 10, OF = 1 << 11;
const IOPL = 3 << 12, NT = 1 << 14, RF = 1 << 16, VM = 1 << 17, AC = 1 << 18, ID = 1 << 21;
const STATUS = CF | PF | AF | ZF | SF | OF;

/** The flags of rFLAGS' low byte as LAHF stores them, 32 bits. */
function lowByte(m: InstructionBuilder): Value {
  return m.flag("S").shl(7).or(m.flag("Z").shl(6)).or(m.flag("A").shl(4)).or(m.flag("P").shl(2)).or(m.flag("C")).or(FIXED);
}

/** In virtual-8086 mode with IOPL below 3 these instructions raise #GP(0) (without VME, which no model reports). */
function checkVirtual8086(m: InstructionBuilder): void {
  if (m.bits === 64) return;
  const flags = m.state(STATE.eflags);
  m.raiseIf(flags.and(VM | IOPL).ltU(VM | IOPL).and(flags.bit(17)), GP, 0);
}

/** PUSHF — Push rFLAGS; RF and VM are pushed as zero. SDM vol. 2B, "PUSHF/PUSHFD/PUSHFQ—Push EFLAGS Register Onto the Stack". */
export const PUSHF: Instruction = instruction("PUSHF", {
  forms: ["9C  PUSHF  d64"],
  intercept: "PUSHF",
  execute(m) {
    checkVirtual8086(m);
    const image = m.state(STATE.eflags).and(~(STATUS | RF | VM)).or(lowByte(m)).or(m.flag("O").shl(11));
    push(m, image.fit(m.bits));
  },
});

/**
 * POPF — Pop into rFLAGS what privilege and mode allow. SDM vol. 2B, "POPF/POPFD/POPFQ—Pop Stack Into EFLAGS Register". Where TF, IF, IOPL, AC or RF would
 * change, and IF where something waits for it, the system operation `popf(value, operand size)` decides; rSP is already past the image then.
 */
export const POPF: Instruction = instruction("POPF", {
  forms: ["9D  POPF  d64"],
  intercept: "POPF",
  execute(m) {
    checkVirtual8086(m);
    const popped = peek(m, m.bits);
    const value = popped.fit(32), old = m.state(STATE.eflags);
    const wide = m.bits === 16 ? 0 : AC | RF, changed = value.xor(old), mayNot = m.state(STATE.cpl).gtU(old.shrU(12).and(3));
    const guarded = changed.and(TF | IOPL | wide).or(m.choose(changed.and(IF), m.state(STATE.pending).or(mayNot), 0));
    m.if(guarded.nez(), () => {
      release(m, m.bits / 8, m.bits);
      m.escape("popf", popped.fit(64), m.i32(m.bits));
    }, () => {
      release(m, m.bits / 8, m.bits);
      const direct = DF | NT | IF | (m.bits === 16 ? 0 : ID);
      m.setState(STATE.eflags, old.and(~direct).or(value.and(direct).and(m.state(STATE.flagsAbsent).not())));
      m.flags({ C: value.bit(0), P: value.bit(2), A: value.bit(4), Z: value.bit(6), S: value.bit(7), O: value.bit(11) });
    });
  },
});

function loadAh(m: InstructionBuilder): void { m.setHighByte(RAX, lowByte(m).trunc(8)); }
/** LAHF — AH from the low byte of rFLAGS; in 64-bit mode a feature of its own. SDM vol. 2A, "LAHF—Load Status Flags Into AH Register". */
export const LAHF: Instruction = instruction("LAHF", { forms: ["9F  LAHF  i64"], execute: loadAh });
const LAHF64 = instruction("LAHF", { forms: ["9F  LAHF  o64"], feature: "lahf_lm", title: "LAHF—Load Status Flags Into AH Register", execute: loadAh });

function storeAh(m: InstructionBuilder): void {
  const ah = m.highByte(RAX);
  m.flags({ C: ah.bit(0), P: ah.bit(2), A: ah.bit(4), Z: ah.bit(6), S: ah.bit(7) });
}
/** SAHF — Flags from AH, OF kept. SDM vol. 2B, "SAHF—Store AH Into Flags". */
export const SAHF: Instruction = instruction("SAHF", { forms: ["9E  SAHF  i64"], execute: storeAh });
const SAHF64 = instruction("SAHF", { forms: ["9E  SAHF  o64"], feature: "lahf_lm", title: "SAHF—Store AH Into Flags", execute: storeAh });

/** CLC — Clear CF. SDM vol. 2A, "CLC—Clear Carry Flag". */
export const CLC: Instruction = instruction("CLC", { forms: ["F8  CLC"], execute(m) { m.flags({ C: m.i32(0) }); } });
/** STC — Set CF. SDM vol. 2B, "STC—Set Carry Flag". */
export const STC: Instruction = instruction("STC", { forms: ["F9  STC"], execute(m) { m.flags({ C: m.i32(1) }); } });
/** CMC — Invert CF. SDM vol. 2A, "CMC—Complement Carry Flag". */
export const CMC: Instruction = instruction("CMC", { forms: ["F5  CMC"], execute(m) { m.flags({ C: m.flag("C").xor(1) }); } });
/** CLD — Clear DF: strings go up. SDM vol. 2A, "CLD—Clear Direction Flag". */
export const CLD: Instruction = instruction("CLD", { forms: ["FC  CLD"], execute(m) { m.setState(STATE.eflags, m.state(STATE.eflags).and(~DF)); } });
/** STD — Set DF: strings go down. SDM vol. 2B, "STD—Set Direction Flag". */
export const STD: Instruction = instruction("STD", { forms: ["FD  STD"], execute(m) { m.setState(STATE.eflags, m.state(STATE.eflags).or(DF)); } });

/** SALC — AL = CF ? FF : 00. APM vol. 3, "SALC" is not listed; opcode map one has it at D6, as all processors since the 8086 do it. */
export const SALC: Instruction = instruction("SALC", {
  forms: ["D6  SALC  i64"],
  execute(m) { m.setGprNumber(RAX, m.flag("C").neg().trunc(8)); },
});

/** Flags as operands. */
export const FLAGS: readonly Instruction[] = [PUSHF, POPF, LAHF, LAHF64, SAHF, SAHF64, CLC, STC, CMC, CLD, STD, SALC];
