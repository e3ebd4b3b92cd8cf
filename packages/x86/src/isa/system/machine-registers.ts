import { STATE } from "../../state/state.ts";
import { GP, RAX, RCX, RDX, UD, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";

const CR4_TSD = 1n << 2n, CR4_PCE = 1n << 8n, CR4_OSXSAVE = 1n << 18n;

/** RDMSR, WRMSR. The intercept depends on the register: it is tested in the operation. */
const RDMSR = instruction("RDMSR", {
  forms: ["0F 32  RDMSR"], feature: "msr", privileged: true, title: "RDMSR—Read From Model Specific Register", execute(m) { m.escape("rdmsr"); },
});
const WRMSR = instruction("WRMSR", {
  forms: ["0F 30  WRMSR"], feature: "msr", privileged: true, title: "WRMSR—Write to Model Specific Register", execute(m) { m.escape("wrmsr"); },
});

/** #GP(0) beyond CPL 0 where a CR4 bit says so. */
const restricted = (m: InstructionBuilder, mask: bigint, by: "set" | "clear"): void => {
  const bit = m.state(STATE.cr4).and(mask);
  m.raiseIf(m.state(STATE.cpl).nez().and(by === "set" ? bit.nez() : bit.eqz()), GP, 0);
};
/** The time stamp counter: what TypeScript found out in this run and the instructions since. Else the system operation `name` reads the clock. */
function timeStamp(m: InstructionBuilder, name: string): void {
  m.escapeIf(m.state(STATE.tscKnown).eqz(), name);
  const retired = m.state(STATE.slice).sub(m.budget()), now = m.state(STATE.tscStart).add(retired.zext(64).mul(m.state(STATE.tscStep)));
  m.setGprNumber(RAX, now.trunc(32));
  m.setGprNumber(RDX, now.shrU(32).trunc(32));
}
const RDTSC = instruction("RDTSC", {
  forms: ["0F 31  RDTSC"], feature: "tsc", intercept: "RDTSC", title: "RDTSC—Read Time-Stamp Counter",
  checks: (m) => restricted(m, CR4_TSD, "set"), execute(m) { timeStamp(m, "rdtsc"); },
});
const RDTSCP = instruction("RDTSCP", {
  forms: ["0F 01 F9  RDTSCP"], feature: "rdtscp", intercept: "RDTSCP", title: "RDTSCP—Read Time-Stamp Counter and Processor ID",
  checks: (m) => restricted(m, CR4_TSD, "set"),
  execute(m) {
    timeStamp(m, "rdtscp");
    m.setGprNumber(RCX, m.state(STATE.tscAux).trunc(32));
  },
});
const RDPMC = instruction("RDPMC", {
  forms: ["0F 33  RDPMC"], feature: "rdpmc", intercept: "RDPMC", title: "RDPMC—Read Performance-Monitoring Counters",
  support: "partial: the counters stand still at 0", checks: (m) => restricted(m, CR4_PCE, "clear"), execute(m) { m.escape("rdpmc"); },
});

const CPUID = instruction("CPUID", {
  forms: ["0F A2  CPUID"], feature: "cpuid", intercept: "CPUID", title: "CPUID—CPU Identification", execute(m) { m.escape("cpuid"); },
});

const enabled = (m: InstructionBuilder): void => m.raiseIf(m.state(STATE.cr4).and(CR4_OSXSAVE).eqz(), UD);
const XGETBV = instruction("XGETBV", {
  forms: ["NP 0F 01 D0  XGETBV"], feature: "xsave", intercept: "XGETBV", title: "XGETBV—Get Value of Extended Control Register",
  checks: enabled, execute(m) { m.escape("xgetbv"); },
});
const XSETBV = instruction("XSETBV", {
  forms: ["NP 0F 01 D1  XSETBV"], feature: "xsave", privileged: true, intercept: "XSETBV", title: "XSETBV—Set Extended Control Register",
  checks: enabled, execute(m) { m.escape("xsetbv"); },
});

/** MSRs, counters, identification, XCR0. */
export const MACHINE_REGISTERS: readonly Instruction[] = [RDMSR, WRMSR, RDTSC, RDTSCP, RDPMC, CPUID, XGETBV, XSETBV];
