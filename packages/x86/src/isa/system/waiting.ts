import { STATE } from "../../state/state.ts";
import { UD, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";

const HLT = instruction("HLT", { forms: ["F4  HLT"], privileged: true, intercept: "HLT", title: "HLT—Halt", execute(m) { m.escape("hlt"); } });

const supervisorOnly = (m: InstructionBuilder): void => m.raiseIf(m.state(STATE.cpl).nez(), UD);
/** MONITOR checks its address as a read of one byte does. APM vol. 3, "MONITOR", "MWAIT": undefined beyond CPL 0. */
const MONITOR = instruction("MONITOR", {
  forms: ["NP 0F 01 C8  MONITOR  addr"], feature: "monitor", intercept: "MONITOR", title: "MONITOR—Set Up Monitor Address", checks: supervisorOnly,
  execute(m) {
    m.probe(m.linear("operand", m.gpr(0, m.addressBits as 16 | 32 | 64).zext(64), 1, "read"), 1, "read");
    m.escape("monitor");
  },
});
const MWAIT = instruction("MWAIT", {
  forms: ["NP 0F 01 C9  MWAIT"], feature: "monitor", intercept: "MWAIT", title: "MWAIT—Monitor Wait", checks: supervisorOnly, execute(m) { m.escape("mwait"); },
});

/** RSM outside SMM, which there is not. */
const RSM = instruction("RSM", { forms: ["0F AA  RSM"], intercept: "RSM", title: "RSM—Resume From System Management Mode", execute(m) { m.raise(UD); } });
/** VMMCALL — A hypercall where it is intercepted, undefined where not. APM vol. 3, "VMMCALL". */
const VMMCALL = instruction("VMMCALL", { forms: ["0F 01 D9  VMMCALL"], intercept: "VMMCALL", title: "VMMCALL—Call VMM", execute(m) { m.raise(UD); } });

/** What stops the processor or leaves it for a hypervisor. */
export const WAITING: readonly Instruction[] = [HLT, MONITOR, MWAIT, RSM, VMMCALL];
