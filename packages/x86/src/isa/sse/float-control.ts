import type { Builder } from "../../ir/builder.ts";
import { routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { UD, XM } from "../instruction-builder.ts";

/** MXCSR (SDM vol. 1, "MXCSR Control and Status Register"): exception flags, masks, rounding control. */
export const MXCSR = {
  IE: 1, DE: 2, ZE: 4, OE: 8, UE: 0x10, PE: 0x20,
  DAZ: 0x40, maskShift: 7, masks: 0x1f80, OM: 0x400, UM: 0x800, PM: 0x1000, RC: 0x6000, RCShift: 13, FTZ: 0x8000,
  /** Bits that may be set: MXCSR_MASK of FXSAVE's image. */
  valid: 0xffff,
} as const;

/** CR4.OSXMMEXCPT: unmasked SIMD floating-point exceptions raise #XM. */
const CR4_OSXMMEXCPT = 1 << 10;

/** Prepares the soft-float routines: they read control from `floatControl` and collect flags in `floatFlags`. */
export function beginFloat(m: Builder): void {
  m.setState(STATE.floatControl, m.state(STATE.mxcsr));
  m.setState(STATE.floatFlags, m.i32(0));
}

/** Notes exceptions. `flags` is 32 bits wide. */
export function noteFloat(m: Builder, flags: Value): void {
  m.setState(STATE.floatFlags, m.state(STATE.floatFlags).or(flags));
}

/**
 * Adds the collected flags to MXCSR and raises #XM (#UD without CR4.OSXMMEXCPT) where one of them is unmasked; the destination must not be
 * written yet. An unmasked exception found before computing (invalid, denormal, zero divide) keeps results from being computed,
 * so that none of the flags of a result is reported.
 */
const COMMIT: Routine = routine("float-commit", { params: [], mayFault: true }, (m) => {
  const raised = m.state(STATE.floatFlags);
  m.if(raised.nez(), () => {
    const mxcsr = m.state(STATE.mxcsr), unmasked = mxcsr.shrU(MXCSR.maskShift).not().and(0x3f);
    const before = raised.and(MXCSR.IE | MXCSR.DE | MXCSR.ZE);
    const flags = m.choose(before.and(unmasked).nez(), before, raised);
    m.setState(STATE.mxcsr, mxcsr.or(flags));
    m.if(flags.and(unmasked).nez(), () => {
      m.if(m.state(STATE.cr4).and(CR4_OSXMMEXCPT).eqz(), () => m.raise(UD));
      m.raise(XM);
    });
  });
});
export function commitFloat(m: Builder): void { m.call(COMMIT); }

/** Nothing that plain WebAssembly arithmetic does not do: round to nearest, no DAZ or FTZ, all exceptions masked, and PE set already, so that it need not be found out. */
export function isPlain(m: Builder): Value {
  return m.state(STATE.mxcsr).and(MXCSR.DAZ | MXCSR.masks | MXCSR.RC | MXCSR.FTZ | MXCSR.PE).eq(MXCSR.masks | MXCSR.PE);
}
/** The precision exception is masked and reported already; any rounding mode. */
export function inexactKnown(m: Builder): Value {
  return m.state(STATE.mxcsr).and(MXCSR.PM | MXCSR.PE).eq(MXCSR.PM | MXCSR.PE);
}
/** Rounding to nearest is in force. */
export function roundsToNearest(m: Builder): Value { return m.state(STATE.mxcsr).and(MXCSR.RC).eqz(); }
/** Denormal operands count as zero. */
export function denormalsAreZero(m: Builder): Value { return m.state(STATE.mxcsr).and(MXCSR.DAZ).nez(); }
