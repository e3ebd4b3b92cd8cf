import { CONTEXT } from "../../mmu/tlb.ts";
import { STATE } from "../../state/state.ts";
import { GP, UD, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";

const CR4_SMAP = 1n << 21n, EFLAGS_AC = 1 << 18;
/** STATE.context bit of accesses with EFLAGS.AC set: see system/derive-mode.ts. */
const CONTEXT_ACCESSIBLE = BigInt(CONTEXT.accessible);

/** #GP(0) where the privilege level is above IOPL. */
function checkIopl(m: InstructionBuilder): void { m.raiseIf(m.state(STATE.cpl).gtU(m.state(STATE.eflags).shrU(12).and(3)), GP, 0); }

/** CLI — Clear IF. SDM vol. 2A, "CLI—Clear Interrupt Flag". */
export const CLI: Instruction = instruction("CLI", {
  forms: ["FA  CLI"],
  title: "CLI—Clear Interrupt Flag",
  checks: checkIopl,
  intercept: "CLI",
  execute(m) {
    m.setState(STATE.eflags, m.state(STATE.eflags).and(~(1 << 9)));
  },
});
/** STI — Set IF; interrupts are recognized after the following instruction. SDM vol. 2B, "STI—Set Interrupt Flag". */
export const STI: Instruction = instruction("STI", {
  forms: ["FB  STI"],
  title: "STI—Set Interrupt Flag",
  checks: checkIopl,
  intercept: "STI",
  execute(m) {
    const flags = m.state(STATE.eflags);
    m.if(flags.bit(9).eqz(), () => {
      m.escapeIf(m.state(STATE.pending).nez(), "sti");
      m.setState(STATE.shadowLeft, m.budget().sub(1));
      m.setState(STATE.eflags, flags.or(1 << 9));
    });
  },
});

function accessFlag(name: string, form: string, set: boolean): Instruction {
  return instruction(name, {
    forms: [form],
    title: set ? "STAC—Set AC Flag in EFLAGS Register" : "CLAC—Clear AC Flag in EFLAGS Register",
    feature: "smap",
    execute(m) {
      m.raiseIf(m.state(STATE.cpl).nez(), UD);
      const flags = m.state(STATE.eflags), context = m.state(STATE.context);
      m.setState(STATE.eflags, set ? flags.or(EFLAGS_AC) : flags.and(~EFLAGS_AC));
      // Translations are kept apart by AC while SMAP is on: see system/derive-mode.ts.
      m.if(m.state(STATE.cr4).and(CR4_SMAP).nez(), () => m.setState(STATE.context, set ? context.or(CONTEXT_ACCESSIBLE) : context.and(~CONTEXT_ACCESSIBLE)));
      m.transfer(m.nextIp());
    },
  });
}
/** CLAC — Clear AC: supervisor code may not touch user pages. SDM vol. 2A, "CLAC—Clear AC Flag in EFLAGS Register". */
export const CLAC: Instruction = accessFlag("CLAC", "NP 0F 01 CA  CLAC", false);
/** STAC — Set AC: supervisor code may touch user pages. SDM vol. 2B, "STAC—Set AC Flag in EFLAGS Register". */
export const STAC: Instruction = accessFlag("STAC", "NP 0F 01 CB  STAC", true);

/** Flags that privilege guards. */
export const GUARDED_FLAGS: readonly Instruction[] = [CLI, STI, CLAC, STAC];
