import { segmentField, STATE } from "../../state/state.ts";
import { CS, DS, type InstructionBuilder, type Operand } from "../instruction-builder.ts";
import { FSW } from "./status.ts";

/**
 * Instruction and data pointers and opcode (SDM vol. 1, "x87 FPU Instruction and Data (Operand) Pointers"), where the instruction leaves an unmasked
 * exception pending: handlers look at them then. Nothing is written otherwise, as this processor's FXSAVE shows them only then. The opcode lacks
 * mod and r/m of a memory operand, and DS stands for its segment.
 */
export function notePointers(m: InstructionBuilder, operand?: Operand): void {
  const { form } = m.variant, memory = operand?.isMemory ?? false;
  m.if(m.state(STATE.fsw).and(FSW.ES), () => {
    m.setState(STATE.fip, m.instructionIp());
    m.setState(STATE.fcs, m.state(segmentField(CS, "selector")));
    const modrm = (form.fixedModrm ?? (form.digit ?? 0) << 3) | ((form.opcode & 7) << 8);
    m.setState(STATE.fop, operand && !memory && operand.spec.field ? m.registerNumber(operand).and(7).or(modrm) : m.i32(modrm));
    if (!memory) return;
    m.setState(STATE.fdp, m.effectiveAddress());
    m.setState(STATE.fds, m.state(segmentField(DS, "selector")));
  });
}
