import type { Bits, Value } from "../../ir/value.ts";
import { segmentField, STATE } from "../../state/state.ts";
import { CS, GP, RCX, type InstructionBuilder, type Operand } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { CONDITIONS } from "./condition.ts";
import { byte } from "./forms.ts";
import { peek, push, release } from "./stack.ts";

/**
 * Raises #GP(0) for a target (64 bits, zero-extended from the operand size) that execution may not go on at: outside CS's limit, or
 * not canonical. The fault is the branch's own, before it changed anything. A relative jump cannot leave the canonical range but at its edge.
 */
export function checkTarget(m: InstructionBuilder, target: Value): void {
  if (m.bits === 64) m.raiseIf(target.shl(16).shrS(16).ne(target), GP, 0);
  else m.if(m.state(STATE.slowCode), () => m.raiseIf(target.gtU(m.state(segmentField(CS, "limit")).zext(64)), GP, 0));
}

/** Checks the target of a relative jump. In 64-bit mode there is no limit. */
function checkRelative(m: InstructionBuilder, relative: Operand): void {
  if (m.bits === 64) return;
  m.if(m.state(STATE.slowCode), () => {
    const target = m.nextIp().trunc(m.bits as 16 | 32).add(m.immediate(relative));
    m.raiseIf(target.zext(32).gtU(m.state(segmentField(CS, "limit"))), GP, 0);
  });
}

/** JMP — Jump near. SDM vol. 2A, "JMP—Jump". */
export const JMP: Instruction = instruction("JMP", {
  forms: ["EB cb  JMP rel8  f64", "E9 cz  JMP relz  f64", "FF /4  JMP r/mv  f64"],
  execute(m, to) {
    if (to!.spec.kind === "relative") {
      checkRelative(m, to!);
      m.jumpRelative();
      return;
    }
    const target = m.read(to!).zext(64);
    checkTarget(m, target);
    m.jump(target);
  },
});

/** CALL — Call near. SDM vol. 2A, "CALL—Call Procedure". */
export const CALL: Instruction = instruction("CALL", {
  forms: ["E8 cz  CALL relz  f64", "FF /2  CALL r/mv  f64"],
  execute(m, to) {
    if (to!.spec.kind === "relative") {
      checkRelative(m, to!);
      push(m, m.nextIp().trunc(m.bits));
      m.jumpRelative();
      return;
    }
    const target = m.read(to!).zext(64);
    checkTarget(m, target);
    push(m, m.nextIp().trunc(m.bits));
    m.jump(target);
  },
});

/** RET — Return near, and release imm16 bytes of parameters. SDM vol. 2B, "RET—Return From Procedure". */
export const RET: Instruction = instruction("RET", {
  forms: ["C3  RET  f64", "C2 iw  RET imm16  f64"],
  execute(m, parameters) {
    const target = peek(m, m.bits).zext(64), size = m.bits / 8;
    checkTarget(m, target);
    release(m, parameters ? m.read(parameters).zext(64).add(size) : size, m.bits);
    m.jump(target);
  },
});

/** Jcc — Jump if a condition holds; rIP is not truncated where it does not. SDM vol. 2A, "Jcc—Jump if Condition Is Met". */
const CONDITIONAL: readonly Instruction[] = CONDITIONS.map((name, code) => instruction(`J${name}`, {
  forms: [`${byte(0x70 + code)} cb  J${name} rel8  f64`, `0F ${byte(0x80 + code)} cz  J${name} relz  f64`],
  title: "Jcc—Jump if Condition Is Met",
  execute(m, to) {
    m.if(m.condition(code), () => {
      checkRelative(m, to!);
      m.jumpRelative();
    });
  },
}));

function loop(name: string, opcode: string, condition: ((m: InstructionBuilder) => Value) | undefined): Instruction {
  return instruction(name, {
    forms: [`${opcode} cb  ${name} rel8  f64 addr`],
    title: "LOOP/LOOPcc—Loop According to ECX Counter",
    execute(m, to) {
      const count = m.gpr(RCX, m.addressBits as Bits).sub(1);
      const taken = condition ? count.nez().and(condition(m)) : count.nez();
      if (m.bits !== 64) m.if(taken, () => checkRelative(m, to!));
      m.setGprNumber(RCX, count);
      m.if(taken, () => m.jumpRelative());
    },
  });
}

/** LOOP — Count rCX down, jump unless it is zero. SDM vol. 2A, "LOOP/LOOPcc—Loop According to ECX Counter". */
export const LOOP: Instruction = loop("LOOP", "E2", undefined);

/** LOOPE — As LOOP, and only while ZF is set. SDM vol. 2A, "LOOP/LOOPcc—Loop According to ECX Counter". */
export const LOOPE: Instruction = loop("LOOPE", "E1", (m) => m.flag("Z"));

/** LOOPNE — As LOOP, and only while ZF is clear. SDM vol. 2A, "LOOP/LOOPcc—Loop According to ECX Counter". */
export const LOOPNE: Instruction = loop("LOOPNE", "E0", (m) => m.flag("Z").xor(1));

/** JCXZ, JECXZ, JRCXZ by address size — Jump if rCX is zero. SDM vol. 2A, "Jcc—Jump if Condition Is Met". */
export const JCXZ: Instruction = instruction("JCXZ", {
  forms: ["E3 cb  JCXZ rel8  f64 addr"],
  execute(m, to) {
    m.if(m.gpr(RCX, m.addressBits as Bits).eqz(), () => {
      checkRelative(m, to!);
      m.jumpRelative();
    });
  },
});

/** Jumps, calls and returns within the code segment. */
export const BRANCHES: readonly Instruction[] = [JMP, CALL, RET, ...CONDITIONAL, LOOP, LOOPE, LOOPNE, JCXZ];
