import { STATE } from "../../state/state.ts";
import { GP, NM, UD, type InstructionBuilder, type Operand } from "../instruction-builder.ts";
import { instruction, type Feature, type Instruction } from "../instruction.ts";
import type { Value } from "../../ir/value.ts";
import { MXCSR } from "./float-control.ts";
import { clearXmm, initializeX87, LEGACY, loadX87, loadXmm, saveMxcsr, saveX87, saveXmm, type PointerBits } from "./float-state.ts";

/** State components (SDM vol. 1, "XSAVE-Supported Features and State-Component Bitmaps") as far as XCR0 can enable them here. */
const X87 = 1, SSE = 2, SUPPORTED = X87 | SSE;
/** The XSAVE header after the legacy region. */
const XSTATE_BV = 512, XCOMP_BV = 520, AREA_BYTES = 576;
const COMPACTED = 1n << 63n;
const CR0_TS = 8, CR4_OSXSAVE = 1 << 18;

/** Availability and alignment checks; the area's linear address, probed. */
function area(m: InstructionBuilder, o: Operand, access: "read" | "write"): Value {
  m.raiseIf(m.state(STATE.cr4).and(CR4_OSXSAVE).eqz(), UD);
  m.raiseIf(m.state(STATE.cr0).and(CR0_TS).nez(), NM);
  const address = m.address(o, AREA_BYTES, access);
  m.raiseIf(address.and(63).nez(), GP, 0);
  m.probe(address, AREA_BYTES, access);
  return address;
}
/** The requested-feature bitmap: EDX:EAX and XCR0. */
function requested(m: InstructionBuilder): Value {
  return m.gpr(0, 32).zext(64).or(m.gpr(2, 32).zext(64).shl(32)).and(m.state(STATE.xcr0)).and(SUPPORTED);
}
function has(bitmap: Value, component: number): Value { return bitmap.trunc(32).and(component).nez(); }

/**
 * XSAVE, XSAVEOPT, XSAVEC. Every enabled component counts as in use and modified, as the manuals allow: the init and modified optimizations
 * save time on hardware only.
 */
function save(name: string, form: string, feature: Feature, pointers: PointerBits): Instruction {
  return instruction(name, {
    forms: [form], feature, title: `${name.replace("64", "")}—Save Processor Extended States`,
    execute(m, dst) {
      const at = area(m, dst!, "write"), components = requested(m);
      m.if(has(components, X87), () => saveX87(m, at, pointers));
      m.if(has(components, SSE), () => {
        saveMxcsr(m, at);
        saveXmm(m, at);
      });
      if (feature === "xsavec") {
        m.store(at.add(XSTATE_BV), components);
        m.store(at.add(XCOMP_BV), components.or(m.i64(BigInt.asIntN(64, COMPACTED))));
      } else m.store(at.add(XSTATE_BV), m.load(at.add(XSTATE_BV), 64).or(components));
    },
  });
}

/** XRSTOR, standard and compacted form: the two lay out the legacy region alike. */
function restore(name: string, form: string, pointers: PointerBits): Instruction {
  return instruction(name, {
    forms: [form], feature: "xsave", title: "XRSTOR—Restore Processor Extended States",
    execute(m, src) {
      const at = area(m, src!, "read"), components = requested(m), xcr0 = m.state(STATE.xcr0);
      const present = m.load(at.add(XSTATE_BV), 64), layout = m.load(at.add(XCOMP_BV), 64), compacted = layout.sign();
      // Standard form: no component beyond XCR0, XCOMP_BV and the next eight bytes zero.
      let reserved = layout.or(m.load(at.add(XCOMP_BV + 8), 64));
      const standardFault = present.and(xcr0.not()).or(reserved).nez();
      reserved = m.load(at.add(XCOMP_BV + 8), 64);
      for (let offset = XCOMP_BV + 16; offset < AREA_BYTES; offset += 8) reserved = reserved.or(m.load(at.add(offset), 64));
      const plain = layout.and(m.i64(BigInt.asIntN(64, ~COMPACTED)));
      const compactedFault = plain.and(xcr0.not()).or(present.and(plain.not())).or(reserved).nez();
      m.raiseIf(m.choose(compacted, compactedFault, standardFault), GP, 0);
      // The standard form loads MXCSR whenever SSE is requested, even where its component is absent.
      const withSse = has(components, SSE), sseHere = withSse.and(has(present, SSE)), mxcsrHere = m.choose(compacted, sseHere, withSse);
      const mxcsr = m.load(at.add(LEGACY.mxcsr), 32);
      m.raiseIf(mxcsrHere.and(mxcsr.and(~MXCSR.valid).nez()), GP, 0);
      m.if(has(components, X87), () => m.if(has(present, X87), () => loadX87(m, at, pointers), () => initializeX87(m)));
      m.if(withSse, () => {
        m.setState(STATE.mxcsr, m.choose(mxcsrHere, mxcsr, 0x1f80));
        m.if(sseHere, () => loadXmm(m, at), () => clearXmm(m));
      });
    },
  });
}

export const XSAVE: readonly Instruction[] = [
  save("XSAVE", "NP W0 0F AE /4  XSAVE m", "xsave", 32), save("XSAVE64", "NP REX.W 0F AE /4  XSAVE64 m", "xsave", 64),
  save("XSAVEOPT", "NP W0 0F AE /6  XSAVEOPT m", "xsaveopt", 32), save("XSAVEOPT64", "NP REX.W 0F AE /6  XSAVEOPT64 m", "xsaveopt", 64),
  save("XSAVEC", "NP W0 0F C7 /4  XSAVEC m", "xsavec", 32), save("XSAVEC64", "NP REX.W 0F C7 /4  XSAVEC64 m", "xsavec", 64),
  restore("XRSTOR", "NP W0 0F AE /5  XRSTOR m", 32), restore("XRSTOR64", "NP REX.W 0F AE /5  XRSTOR64 m", 64),
];
