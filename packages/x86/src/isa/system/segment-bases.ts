import type { Bits } from "../../ir/value.ts";
import { segmentField, STATE } from "../../state/state.ts";
import { GP, UD, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";

const CR4_FSGSBASE = 1n << 16n;

/** SWAPGS — Exchange GS's base with KernelGSbase. SDM vol. 2B, "SWAPGS—Swap GS Base Register". */
export const SWAPGS: Instruction = instruction("SWAPGS", {
  forms: ["0F 01 F8  SWAPGS  o64"],
  title: "SWAPGS—Swap GS Base Register",
  privileged: true,
  intercept: "SWAPGS",
  execute(m) {
    const base = m.state(segmentField(5, "base"));
    m.setState(segmentField(5, "base"), m.state(STATE.kernelGsBase));
    m.setState(STATE.kernelGsBase, base);
  },
});

function checkFsgsbase(m: InstructionBuilder): void { m.raiseIf(m.state(STATE.cr4).and(CR4_FSGSBASE).eqz(), UD); }
function readBase(name: string, digit: number, segment: number): Instruction {
  return instruction(name, {
    forms: [`F3 0F AE /${digit}  ${name} ry:rm  o64`],
    title: "RDFSBASE/RDGSBASE—Read FS/GS Segment Base",
    feature: "fsgsbase",
    checks: checkFsgsbase,
    intercept: "FSGSBASE",
    execute(m, dst) {
      m.write(dst!, m.state(segmentField(segment, "base")).fit(dst!.bits as Bits));
    },
  });
}
function writeBase(name: string, digit: number, segment: number): Instruction {
  return instruction(name, {
    forms: [`F3 0F AE /${digit}  ${name} ry:rm  o64`],
    title: "WRFSBASE/WRGSBASE—Write FS/GS Segment Base",
    feature: "fsgsbase",
    checks: checkFsgsbase,
    intercept: "FSGSBASE",
    execute(m, src) {
      const value = m.read(src!).zext(64);
      m.raiseIf(value.shl(16).shrS(16).ne(value), GP, 0);
      m.setState(segmentField(segment, "base"), value);
    },
  });
}
/** FS's and GS's base as registers. SDM vol. 2B, "RDFSBASE/RDGSBASE—Read FS/GS Segment Base"; vol. 2C, "WRFSBASE/WRGSBASE—Write FS/GS Segment Base". */
export const SEGMENT_BASES: readonly Instruction[] = [
  SWAPGS, readBase("RDFSBASE", 0, 4), readBase("RDGSBASE", 1, 5), writeBase("WRFSBASE", 2, 4), writeBase("WRGSBASE", 3, 5),
];
