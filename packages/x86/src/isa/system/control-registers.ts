import { STATE } from "../../state/state.ts";
import { GP, UD, type InstructionBuilder, type Operand } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";

/** CR0, CR2, CR3, CR4 and, by REX.R, CR8 exist. */
const CONTROL_REGISTERS = 0x11d;
const CR4_UMIP = 1n << 11n;
const MOV_TITLE = "MOV—Move to/from Control Registers";

function checkControl(m: InstructionBuilder, control: Operand): void {
  const n = m.registerNumber(control);
  m.raiseIf(m.i32(CONTROL_REGISTERS).shrU(n).and(1).eqz(), UD);
}

/** The operand size is that of the mode, whatever the prefixes say, and ModRM.mod is ignored. */
const MOV_FROM_CR = instruction("MOV", {
  forms: ["0F 20 /r  MOV r32:rm, CR  i64", "0F 20 /r  MOV r64:rm, CR  o64"], privileged: true, title: MOV_TITLE,
  checks: (m, _to, control) => checkControl(m, control!),
  execute(m, to, control) {
    const n = m.registerNumber(control!), { cr0, intercepts } = STATE;
    // CR4 is not in every model, and CR8 is the interrupt controller's.
    m.escapeIf(n.gtU(3).or(m.state(intercepts).shrU(n).and(1)), "readControl", n, m.registerNumber(to!));
    // CR1 does not exist: CR2 and CR3 lie behind CR0.
    m.write(to!, m.state(cr0, n.sub(n.nez()).shl(3)).fit(to!.bits as 32 | 64));
  },
});
const MOV_TO_CR = instruction("MOV", {
  forms: ["0F 22 /r  MOV CR, r32:rm  i64", "0F 22 /r  MOV CR, r64:rm  o64"], privileged: true, title: MOV_TITLE,
  checks: (m, control) => checkControl(m, control!),
  execute(m, control, from) { m.escape("writeControl", m.registerNumber(control!), m.registerNumber(from!)); },
});

/** CLTS — CR0.TS cleared. SDM vol. 2A, "CLTS—Clear Task-Switched Flag in CR0". */
const CLTS = instruction("CLTS", {
  forms: ["0F 06  CLTS"], privileged: true, intercept: "CR0_WRITE", title: "CLTS—Clear Task-Switched Flag in CR0",
  execute(m) { m.escape("clts"); },
});
const LMSW = instruction("LMSW", {
  forms: ["0F 01 /6  LMSW r/m16"], privileged: true, intercept: "CR0_WRITE", title: "LMSW—Load Machine Status Word",
  execute(m, src) { m.escape("lmsw", m.read(src!).zext(32)); },
});
/** SMSW — CR0, as much as the register takes; 16 bits to memory. Privileged only with CR4.UMIP. SDM vol. 2B, "SMSW—Store Machine Status Word". */
const SMSW = instruction("SMSW", {
  forms: ["0F 01 /4  SMSW rv/m16"], intercept: "CR0_READ", title: "SMSW—Store Machine Status Word",
  checks(m) { m.raiseIf(m.state(STATE.cpl).nez().and(m.state(STATE.cr4).and(CR4_UMIP).nez()), GP, 0); },
  execute(m, dst) { m.write(dst!, m.state(STATE.cr0).fit(dst!.bits as 16 | 32 | 64)); },
});

/** MOV with debug registers: numbers beyond 7 do not exist. */
function checkDebug(m: InstructionBuilder, debug: Operand): void { m.raiseIf(m.registerNumber(debug).gtU(7), UD); }
const MOV_FROM_DR = instruction("MOV", {
  forms: ["0F 21 /r  MOV r32:rm, DR  i64", "0F 21 /r  MOV r64:rm, DR  o64"], privileged: true, title: "MOV—Move to/from Debug Registers",
  checks: (m, _to, debug) => checkDebug(m, debug!),
  execute(m, to, debug) { m.escape("readDebug", m.registerNumber(debug!), m.registerNumber(to!)); },
});
const MOV_TO_DR = instruction("MOV", {
  forms: ["0F 23 /r  MOV DR, r32:rm  i64", "0F 23 /r  MOV DR, r64:rm  o64"], privileged: true, title: "MOV—Move to/from Debug Registers",
  checks: (m, debug) => checkDebug(m, debug!),
  execute(m, debug, from) { m.escape("writeDebug", m.registerNumber(debug!), m.registerNumber(from!)); },
});

/** Control and debug registers. */
export const CONTROL_REGISTERS_AND_DEBUG: readonly Instruction[] = [MOV_FROM_CR, MOV_TO_CR, CLTS, LMSW, SMSW, MOV_FROM_DR, MOV_TO_DR];
