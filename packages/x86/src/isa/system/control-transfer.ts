import { BR, OF, UD } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { FAST_SYSTEM_CALLS } from "./fast-system-call.ts";
import { IRET } from "./interrupt-return.ts";

/** JMP far — Jump to another code segment, through a call gate or to a task. SDM vol. 2A, "JMP—Jump". */
export const JMP_FAR: Instruction = instruction("JMP", {
  forms: ["EA cp  JMP ptr16:z  i64", "FF /5  JMP m16:z"],
  title: "JMP—Jump",
  execute(m, to) {
    const { selector, offset } = m.farPointer(to!);
    m.escape("farJump", selector, offset);
  },
});

/** CALL far — Call a procedure in another code segment, through a call gate or of a task. SDM vol. 2A, "CALL—Call Procedure". */
export const CALL_FAR: Instruction = instruction("CALL", {
  forms: ["9A cp  CALL ptr16:z  i64", "FF /3  CALL m16:z"],
  title: "CALL—Call Procedure",
  execute(m, to) {
    const { selector, offset } = m.farPointer(to!);
    m.escape("farCall", selector, offset, m.i32(m.bits));
  },
});

/** RETF — Return to another code segment, and release imm16 bytes of parameters. SDM vol. 2B, "RET—Return From Procedure". */
export const RETF: Instruction = instruction("RETF", {
  forms: ["CB  RETF  sized", "CA iw  RETF imm16  sized"],
  title: "RET—Return From Procedure",
  execute(m, parameters) { m.escape("farReturn", m.i32(m.bits), parameters ? m.read(parameters).zext(32) : m.i32(0)); },
});

/** INT — Call an interrupt handler. SDM vol. 2A, "INT n/INTO/INT3/INT1—Call to Interrupt Procedure". */
export const INT: Instruction = instruction("INT", {
  forms: ["CD ib  INT imm8"],
  title: "INT n/INTO/INT3/INT1—Call to Interrupt Procedure",
  execute(m, vector) { m.escape("int", m.read(vector!).zext(32)); },
});
/** INT3 — Breakpoint. SDM vol. 2A, "INT n/INTO/INT3/INT1—Call to Interrupt Procedure". */
export const INT3: Instruction = instruction("INT3", {
  forms: ["CC  INT3"],
  title: "INT n/INTO/INT3/INT1—Call to Interrupt Procedure",
  execute(m) { m.escape("breakpoint", m.i32(3)); },
});
/** INTO — Overflow trap where OF is set. SDM vol. 2A, "INT n/INTO/INT3/INT1—Call to Interrupt Procedure". */
export const INTO: Instruction = instruction("INTO", {
  forms: ["CE  INTO  i64"],
  title: "INT n/INTO/INT3/INT1—Call to Interrupt Procedure",
  execute(m) { m.if(m.flag("O"), () => m.escape("breakpoint", m.i32(OF))); },
});
/** INT1 — Debug trap. SDM vol. 2A, "INT n/INTO/INT3/INT1—Call to Interrupt Procedure". */
export const INT1: Instruction = instruction("INT1", {
  forms: ["F1  INT1"],
  intercept: "ICEBP",
  title: "INT n/INTO/INT3/INT1—Call to Interrupt Procedure",
  execute(m) { m.escape("int1"); },
});

/** BOUND — #BR where a signed index is outside the two bounds in memory. SDM vol. 2A, "BOUND—Check Array Index Against Bounds". */
export const BOUND: Instruction = instruction("BOUND", {
  forms: ["62 /r  BOUND rv, mv  i64"],
  title: "BOUND—Check Array Index Against Bounds",
  execute(m, index, bounds) {
    if (m.bits === 64) { m.raise(UD); return; }
    const size = m.bits / 8, address = m.address(bounds!, 2 * size, "read"), i = m.read(index!);
    const lower = m.load(address, m.bits), upper = m.load(address.add(size), m.bits);
    m.raiseIf(i.ltS(lower).or(i.gtS(upper)), BR);
  },
});

/** Transfers between segments, privilege levels and tasks. */
export const CONTROL_TRANSFERS: readonly Instruction[] = [JMP_FAR, CALL_FAR, RETF, IRET, INT, INT3, INTO, INT1, BOUND, ...FAST_SYSTEM_CALLS];
