import type { Value } from "../../ir/value.ts";
import { MODE } from "../../decode/mode.ts";
import { CONTEXT } from "../../mmu/tlb.ts";
import { ATTRIBUTE, STATE } from "../../state/state.ts";
import { RCX, RDX, RSP, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { setFlatSegment, setPrivilege } from "./flat-segments.ts";

const CS = 1, SS = 2;
const EFER_LMA = 1n << 10n, CR0_AM = 1n << 18n, EFLAGS_IF = 1 << 9, EFLAGS_AC = 1 << 18;
/** Flat segments as these instructions load them, without reading a descriptor. */
const DATA: number = ATTRIBUTE.P | ATTRIBUTE.S | 3 | ATTRIBUTE.DB | ATTRIBUTE.G, CODE32: number = ATTRIBUTE.P | ATTRIBUTE.S | 11 | ATTRIBUTE.DB | ATTRIBUTE.G;
const USER: number = 3 << ATTRIBUTE.DPL_SHIFT;

/** The selector that the four segments are counted from, and 1 where the common case is not given: flat 32-bit code outside long mode at `cpl`. */
function common(m: InstructionBuilder, cpl: 0 | 3): { readonly selector: Value; readonly special: Value } {
  const selector = m.state(STATE.sysenterCs).trunc(32).and(0xfffc);
  const special = m.state(STATE.mode).ne(MODE.code32 | MODE.flat).or(m.state(STATE.cpl).ne(cpl)).or(selector.eqz()).or(m.state(STATE.efer).and(EFER_LMA).nez());
  return { selector, special };
}

const fast = (name: "SYSCALL" | "SYSRET" | "SYSENTER" | "SYSEXIT", code: string, title: string, execute: (m: InstructionBuilder) => void, feature: "syscall" | "sep"): Instruction =>
  instruction(name, { forms: [code], title, feature, intercept: name, execute });

/** SYSCALL — Call the operating system through STAR. APM vol. 3, "SYSCALL". */
export const SYSCALL: Instruction = { ...fast("SYSCALL", "0F 05  SYSCALL", "SYSCALL—Fast System Call", (m) => m.escape("syscall"), "syscall"), protectedOnly: true };
/** SYSRET — Return from SYSCALL. APM vol. 3, "SYSRET". */
export const SYSRET: Instruction = { ...fast("SYSRET", "0F 07  SYSRET  sized", "SYSRET—Return From Fast System Call", (m) => m.escape("sysret", m.i32(m.bits)), "syscall"), protectedOnly: true };

/** SYSENTER — Call the operating system through the SYSENTER MSRs. SDM vol. 2B, "SYSENTER—Fast System Call". */
export const SYSENTER: Instruction = fast("SYSENTER", "0F 34  SYSENTER", "SYSENTER—Fast System Call", (m) => {
  const { selector, special } = common(m, 3);
  m.escapeIf(special.or(m.state(STATE.callsExit)).or(m.state(STATE.context).and(CONTEXT.checked).nez()), "sysenter");
  setFlatSegment(m, CS, selector, CODE32);
  setFlatSegment(m, SS, selector.add(8).and(0xffff), DATA);
  m.setGprNumber(RSP, m.state(STATE.sysenterEsp).trunc(32));
  m.setState(STATE.eflags, m.state(STATE.eflags).and(~EFLAGS_IF));
  setPrivilege(m, 0);
  m.transfer(m.state(STATE.sysenterEip).and(0xffff_ffffn));
}, "sep");

/** SYSEXIT — Return from SYSENTER. SDM vol. 2B, "SYSEXIT—Fast Return from Fast System Call". */
export const SYSEXIT: Instruction = fast("SYSEXIT", "0F 35  SYSEXIT", "SYSEXIT—Fast Return from Fast System Call", (m) => {
  const { selector, special } = common(m, 0);
  // Alignment would be checked at CPL 3.
  m.escapeIf(special.or(m.state(STATE.eflags).and(EFLAGS_AC).nez().and(m.state(STATE.cr0).and(CR0_AM).nez())), "sysexit");
  const target = m.gpr(RDX, 32);
  setFlatSegment(m, CS, selector.add(16).and(0xffff).or(3), CODE32 | USER);
  setFlatSegment(m, SS, selector.add(24).and(0xffff).or(3), DATA | USER);
  m.setGprNumber(RSP, m.gpr(RCX, 32));
  setPrivilege(m, 3);
  m.transfer(target);
}, "sep");

/** Calls of the operating system without a gate. */
export const FAST_SYSTEM_CALLS: readonly Instruction[] = [SYSCALL, SYSRET, SYSENTER, SYSEXIT];
