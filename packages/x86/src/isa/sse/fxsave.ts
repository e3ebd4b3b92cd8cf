import { STATE } from "../../state/state.ts";
import { GP, NM, type InstructionBuilder, type Operand } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import type { Value } from "../../ir/value.ts";
import { MXCSR } from "./float-control.ts";
import { LEGACY, loadX87, loadXmm, saveMxcsr, saveX87, saveXmm, type PointerBits } from "./float-state.ts";

/** CR0.EM and CR0.TS; CR4.OSFXSR. */
const CR0_EM_TS = 0b1100, CR4_OSFXSR = 1 << 9;

/**
 * #NM unless the unit may be used, #GP(0) unless the area is aligned: its linear address, probed. AMD's processors look at the last byte first:
 * where it is not canonical that comes before alignment, and a page fault names it.
 */
function area(m: InstructionBuilder, o: Operand, access: "read" | "write"): Value {
  m.raiseIf(m.state(STATE.cr0).and(CR0_EM_TS).nez(), NM);
  const address = m.address(o, LEGACY.bytes, access);
  const last = address.add(LEGACY.bytes - 1).and(m.state(STATE.linearMask));
  m.if(last.shl(16).shrS(16).ne(last), () => m.probe(last, 1, access));
  m.if(address.and(15).nez(), () => {
    // Control and status word past the end of a flat segment come first: #SS(0) on the stack.
    m.if(address.add(3).gtU(0xffff_ffffn).and(m.state(STATE.linearMask).ne(-1n)), () => m.probe(address, 4, access));
    m.raise(GP, 0);
  });
  m.probe(last, 1, access);
  m.probe(address, LEGACY.bytes, access);
  return address;
}
/** Without CR4.OSFXSR neither XMM registers nor MXCSR take part (APM vol. 5, "FXSAVE"). */
function ifVectors(m: InstructionBuilder, body: () => void): void { m.if(m.state(STATE.cr4).and(CR4_OSFXSR).nez(), body); }

function save(name: string, form: string, pointers: PointerBits): Instruction {
  return instruction(name, {
    forms: [form], feature: "fxsr", title: "FXSAVE—Save x87 FPU, MMX Technology, and SSE State",
    execute(m, dst) {
      const at = area(m, dst!, "write");
      saveX87(m, at, pointers);
      saveMxcsr(m, at);
      ifVectors(m, () => saveXmm(m, at));
    },
  });
}
function restore(name: string, form: string, pointers: PointerBits): Instruction {
  return instruction(name, {
    forms: [form], feature: "fxsr", title: "FXRSTOR—Restore x87 FPU, MMX, XMM, and MXCSR State",
    execute(m, src) {
      const at = area(m, src!, "read");
      ifVectors(m, () => {
        const mxcsr = m.load(at.add(LEGACY.mxcsr), 32);
        m.raiseIf(mxcsr.and(~MXCSR.valid).nez(), GP, 0);
        m.setState(STATE.mxcsr, mxcsr);
        loadXmm(m, at);
      });
      loadX87(m, at, pointers);
    },
  });
}

const LDMXCSR = instruction("LDMXCSR", {
  forms: ["NP 0F AE /2  LDMXCSR m32"], feature: "sse", unit: "sse", title: "LDMXCSR—Load MXCSR Register",
  execute(m, src) {
    const value = m.read(src!);
    m.raiseIf(value.and(~MXCSR.valid).nez(), GP, 0);
    m.setState(STATE.mxcsr, value);
  },
});
const STMXCSR = instruction("STMXCSR", {
  forms: ["NP 0F AE /3  STMXCSR m32"], feature: "sse", unit: "sse", title: "STMXCSR—Store MXCSR Register State",
  execute(m, dst) { m.write(dst!, m.state(STATE.mxcsr)); },
});

export const FXSAVE: readonly Instruction[] = [
  save("FXSAVE", "NP W0 0F AE /0  FXSAVE m512byte", 32), save("FXSAVE64", "NP REX.W 0F AE /0  FXSAVE64 m512byte", 64),
  restore("FXRSTOR", "NP W0 0F AE /1  FXRSTOR m512byte", 32), restore("FXRSTOR64", "NP REX.W 0F AE /1  FXRSTOR64 m512byte", 64),
  LDMXCSR, STMXCSR,
];
