import type { Builder } from "../../ir/builder.ts";
import { STATE } from "../../state/state.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { FCW, FSW, statusWord, summarizeX87 } from "./status.ts";

/** FNINIT's state. The registers keep their contents, marked empty. */
export function resetX87(m: Builder): void {
  m.setState(STATE.fcw, m.i32(FCW.initial));
  for (const field of [STATE.fsw, STATE.fc1, STATE.ftw, STATE.fop, STATE.fcs, STATE.fds]) m.setState(field, m.i32(0));
  for (const field of [STATE.fip, STATE.fdp]) m.setState(field, m.i64(0));
}

const FNINIT = instruction("FNINIT", {
  forms: ["DB E3  FNINIT"], feature: "fpu", unit: "x87-nowait", title: "FINIT/FNINIT—Initialize Floating-Point Unit",
  execute(m) { resetX87(m); },
});
const FNCLEX = instruction("FNCLEX", {
  forms: ["DB E2  FNCLEX"], feature: "fpu", unit: "x87-nowait", title: "FCLEX/FNCLEX—Clear Exceptions",
  execute(m) { m.setState(STATE.fsw, m.state(STATE.fsw).and(~(FSW.flags | FSW.SF | FSW.ES | FSW.B))); },
});
const FLDCW = instruction("FLDCW", {
  forms: ["D9 /5  FLDCW m16"], feature: "fpu", unit: "x87", title: "FLDCW—Load x87 FPU Control Word",
  execute(m, src) {
    m.setState(STATE.fcw, m.read(src!).zext(32).and(0x1f3f).or(FCW.reserved));
    summarizeX87(m);
  },
});
const FNSTCW = instruction("FNSTCW", {
  forms: ["D9 /7  FNSTCW m16"], feature: "fpu", unit: "x87-nowait", title: "FSTCW/FNSTCW—Store x87 FPU Control Word",
  execute(m, dst) { m.write(dst!, m.state(STATE.fcw).trunc(16)); },
});
const FNSTSW = instruction("FNSTSW", {
  forms: ["DD /7  FNSTSW m16", "DF E0  FNSTSW AX"], feature: "fpu", unit: "x87-nowait", title: "FSTSW/FNSTSW—Store x87 FPU Status Word",
  execute(m, dst) { m.write(dst!, statusWord(m).trunc(16)); },
});
const FWAIT = instruction("FWAIT", {
  forms: ["9B  FWAIT"], unit: "wait", title: "WAIT/FWAIT—Wait", execute() {},
});

/** What the 8087 and 287 had and later processors pass over. */
function obsolete(name: string, modrm: string): Instruction {
  return instruction(name, {
    forms: [`DB ${modrm}  ${name}`], feature: "fpu", unit: "x87-nowait", title: `${name}—Treated as No Operation`, execute() {},
  });
}

/** Control and status. */
export const X87_CONTROL: readonly Instruction[] = [
  FNINIT, FNCLEX, FLDCW, FNSTCW, FNSTSW, FWAIT, obsolete("FNENI", "E0"), obsolete("FNDISI", "E1"), obsolete("FNSETPM", "E4"),
];
