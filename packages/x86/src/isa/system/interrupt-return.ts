import { STATE } from "../../state/state.ts";
import { RSP } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { interruptReturn, RETURNED } from "./flat-transfer.ts";

/** IRET — Return from an interrupt. SDM vol. 2A, "IRET/IRETD/IRETQ—Interrupt Return". */
export const IRET: Instruction = instruction("IRET", {
  forms: ["CF  IRET  sized"],
  intercept: "IRET",
  title: "IRET/IRETD/IRETQ—Interrupt Return",
  execute(m) {
    if (m.bits !== 32) { m.escape("iret", m.i32(m.bits)); return; }
    m.escapeIf(m.call1(interruptReturn, m.gpr(RSP, 32)).eqz(), "iret", m.i32(m.bits));
    const image = m.state(RETURNED.flags);
    m.setGprNumber(RSP, m.state(RETURNED.sp));
    // RF holds for the next instruction.
    m.setState(STATE.resumeLeft, m.choose(image.bit(16), m.budget().sub(1), -1));
    m.flags({ C: image.bit(0), P: image.bit(2), A: image.bit(4), Z: image.bit(6), S: image.bit(7), O: image.bit(11) });
    m.transfer(m.state(RETURNED.ip));
  },
});
