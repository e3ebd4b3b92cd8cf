import { RBP, RSP, type InstructionBuilder, type Operand } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { mergeSp, peek, poke, pop, push, release, setSp, stackAddress, stackPointer } from "./stack.ts";

/** PUSH — Push a register, memory or an immediate; PUSH rSP stores the old value. SDM vol. 2B, "PUSH—Push Word, Doubleword, or Quadword Onto the Stack". */
export const PUSH: Instruction = instruction("PUSH", {
  forms: ["50+r  PUSH rv  d64", "FF /6  PUSH r/mv  d64", "6A ib  PUSH simm8  d64", "68 iz  PUSH immz  d64"],
  execute(m, src) { push(m, m.read(src!)); },
});

/** POP — Pop into a register or memory. SDM vol. 2B, "POP—Pop a Value From the Stack". */
export const POP: Instruction = instruction("POP", {
  forms: ["58+r  POP rv  d64", "8F /0  POP r/mv  d64"],
  execute(m, dst) {
    if (dst!.isMemory) popToMemory(m, dst!);
    else m.write(dst!, pop(m, m.bits));
  },
});

/** An address based on rSP counts from its value after the pop. */
function popToMemory(m: InstructionBuilder, dst: Operand): void {
  const size = m.bits / 8;
  const value = peek(m, m.bits);
  const old = stackPointer(m), next = mergeSp(m, old, old.add(size), m.bits);
  const based = m.registerNumber(dst).eq(RSP);
  const offset = m.effectiveAddress().add(m.choose(based, next.sub(old), m.i64(0)));
  m.store(m.linear("operand", offset, size, "write"), value);
  m.setGprNumber(RSP, next);
}

/** rAX rCX rDX rBX, the old rSP, rBP rSI rDI. */
const ALL = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** PUSHA, PUSHAD — Push all eight registers. SDM vol. 2B, "PUSHA/PUSHAD—Push All General-Purpose Registers". */
export const PUSHA: Instruction = instruction("PUSHA", {
  forms: ["60  PUSHA  i64 d64"],
  execute(m) {
    const size = m.bits / 8;
    for (const r of ALL) poke(m, m.gpr(r, m.bits), -size * (r + 1));
    release(m, -size * ALL.length, m.bits);
  },
});

/** POPA, POPAD — Pop all registers but rSP, whose slot is skipped. SDM vol. 2B, "POPA/POPAD—Pop All General-Purpose Registers". */
export const POPA: Instruction = instruction("POPA", {
  forms: ["61  POPA  i64 d64"],
  execute(m) {
    const size = m.bits / 8;
    const values = ALL.map((r) => (r === RSP ? undefined : peek(m, m.bits, size * (7 - r))));
    for (const r of ALL) {
      const v = values[r];
      if (v) m.setGprNumber(r, v);
    }
    release(m, size * ALL.length, m.bits);
  },
});

/**
 * ENTER — Make a stack frame with 0 to 31 pointers to outer frames. SDM vol. 2A, "ENTER—Make Stack Frame for Procedure Parameters". A page that a
 * write at the final stack pointer would fault on faults before any register changes.
 */
export const ENTER: Instruction = instruction("ENTER", {
  forms: ["C8 iw ib  ENTER imm16, imm8  d64"],
  execute(m, space) {
    const bits = m.bits, size = bits / 8;
    const level = m.immediate2().and(31).zext(64);
    const sp = stackPointer(m), bp = m.gpr(RBP, 64), frame = sp.sub(size);
    m.store(stackAddress(m, frame, bits, "write"), bp.trunc(bits));
    const distance = m.local(m.i64(0));
    m.if(level.nez(), () => {
      const left = m.local(level);
      m.loop(() => {
        distance.set(distance.get().add(size));
        left.set(left.get().sub(1));
        m.breakIf(left.get().eqz());
        const outer = m.load(stackAddress(m, bp.sub(distance.get()), bits, "read"), bits);
        m.store(stackAddress(m, frame.sub(distance.get()), bits, "write"), outer);
      });
      m.store(stackAddress(m, frame.sub(distance.get()), bits, "write"), mergeSp(m, sp, frame, bits).trunc(bits));
    });
    const top = frame.sub(distance.get()).sub(m.read(space!).zext(64));
    m.probe(stackAddress(m, top, bits, "write"), size, "write");
    // rBP is written as wide as the operand size and the stack: AMD keeps its upper half with 16-bit operands.
    m.setGprNumber(RBP, bits === 16 ? mergeSp(m, bp, frame, bits).trunc(16) : mergeSp(m, bp, frame, bits));
    setSp(m, top, bits);
  },
});

/** LEAVE — Undo ENTER: rSP from rBP, then pop rBP. SDM vol. 2A, "LEAVE—High Level Procedure Exit". */
export const LEAVE: Instruction = instruction("LEAVE", {
  forms: ["C9  LEAVE  d64"],
  execute(m) {
    const bp = m.gpr(RBP, 64);
    const outer = m.load(stackAddress(m, bp, m.bits, "read"), m.bits);
    setSp(m, bp.add(m.bits / 8), m.bits);
    m.setGprNumber(RBP, outer);
  },
});

/** Pushes, pops and stack frames. */
export const STACK: readonly Instruction[] = [PUSH, POP, PUSHA, POPA, ENTER, LEAVE];

