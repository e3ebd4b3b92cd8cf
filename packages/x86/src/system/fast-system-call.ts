import { ATTRIBUTE, STATE } from "../state/state.ts";
import { FLAG, flagsOf } from "./flags.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";
import { CS, EFER, R11, RCX, RDX, RSP, SS, VECTOR } from "./registers.ts";

/** Flat segments as these instructions load them, without reading a descriptor. */
const DATA: number = ATTRIBUTE.P | ATTRIBUTE.S | 3 | ATTRIBUTE.DB | ATTRIBUTE.G;
const CODE32: number = ATTRIBUTE.P | ATTRIBUTE.S | 11 | ATTRIBUTE.DB | ATTRIBUTE.G, CODE64: number = ATTRIBUTE.P | ATTRIBUTE.S | 11 | ATTRIBUTE.L | ATTRIBUTE.G;
const USER: number = 3 << ATTRIBUTE.DPL_SHIFT;

function flat(p: Processor, segment: number, selector: number, attributes: number): void { p.setSegment(segment, selector & 0xffff, 0n, 0xffff_ffff, attributes); }
/** The upper half of STAR holds selectors, the lower one legacy mode's target. */
const starSelector = (p: Processor, shift: 0 | 16): number => (p.view.getUint32(p.state + STATE.star.offset + 4, true) >>> shift) & 0xffff;

/** SYSCALL. APM vol. 3, "SYSCALL". */
export function syscall(p: Processor): void {
  const v = p.view, s = p.state, efer = v.getUint32(s + STATE.efer.offset, true);
  if ((efer & EFER.SCE) === 0) { p.raise(VECTOR.UD); return; }
  const long = (efer & EFER.LMA) !== 0, flags = flagsOf(v, s);
  if (long) {
    const gpr = s + STATE.gpr.offset;
    v.setUint32(gpr + RCX * 8, v.getUint32(s + STATE.rip.offset, true), true);
    v.setUint32(gpr + RCX * 8 + 4, v.getUint32(s + STATE.rip.offset + 4, true), true);
    v.setUint32(gpr + R11 * 8, flags, true);
    v.setUint32(gpr + R11 * 8 + 4, 0, true);
  } else p.setGpr32(RCX, p.get(STATE.rip));
  if (p.systemCallExits) { p.systemCall(p.systemCalls.syscall); return; }
  const target = p.code64 ? p.getBig(STATE.lstar) : long ? p.getBig(STATE.cstar) : BigInt(p.get(STATE.star));
  const selector = starSelector(p, 0) & ~3;
  flat(p, CS, selector, long ? CODE64 : CODE32);
  flat(p, SS, selector + 8, DATA);
  p.rip = target;
  p.cpl = 0;
  p.flags = long ? flags & ~p.get(STATE.sfmask) : flags & ~(FLAG.IF | FLAG.VM);
  p.updateMode();
  // The single-step trap goes by TF at the end, so that a mask keeps it out of the kernel.
  p.stepOverride = (p.systemFlags & FLAG.TF) !== 0;
}

/** SYSRET. APM vol. 3, "SYSRET": SS gets a selector, its hidden part stays. A non-canonical target faults at privilege 3. */
function sysret(p: Processor, bits: number): void {
  if ((p.get(STATE.efer) & EFER.SCE) === 0) { p.raise(VECTOR.UD); return; }
  if (p.cpl !== 0) { p.raise(VECTOR.GP, 0); return; }
  const long = p.longMode, selector = starSelector(p, 16);
  if (bits === 64) {
    flat(p, CS, (selector + 16) | 3, CODE64 | USER);
    p.rip = p.gpr(RCX);
  } else {
    flat(p, CS, selector | 3, CODE32 | USER);
    p.rip = BigInt(p.gpr32(RCX));
  }
  p.setSegment(SS, (selector + 8) & 0xffff, p.base(SS), p.limit(SS), p.attributes(SS) | USER);
  p.cpl = 3;
  if (long) p.flags = p.gpr32(R11) & 0x3c_7fd7 & ~(FLAG.VM | FLAG.RF);
  else p.flags = (p.flags | FLAG.IF) & ~(FLAG.VM | FLAG.RF);
  if (long && p.gpr32(R11) & FLAG.RF) p.resumeAt = p.boundary;
  p.updateMode();
  p.flagsChanged();
  p.stepOverride = (p.systemFlags & FLAG.TF) !== 0;
}

/** SYSENTER: AMD processors have it in legacy mode alone. APM vol. 3, "SYSENTER". */
function sysenter(p: Processor): void {
  if (p.longMode) { p.raise(VECTOR.UD); return; }
  const selector = p.get(STATE.sysenterCs) & 0xfffc;
  if (p.systemCallExits) { p.systemCall(p.systemCalls.sysenter); return; }
  if (p.realMode || selector === 0) { p.raise(VECTOR.GP, 0); return; }
  flat(p, CS, selector, CODE32);
  flat(p, SS, selector + 8, DATA);
  p.rip = BigInt(p.get(STATE.sysenterEip));
  p.setGpr32(RSP, p.get(STATE.sysenterEsp));
  p.cpl = 0;
  p.flags = p.flags & ~(FLAG.IF | FLAG.VM | FLAG.RF);
  p.updateMode();
}

/** SYSEXIT. APM vol. 3, "SYSEXIT". */
function sysexit(p: Processor): void {
  const selector = p.get(STATE.sysenterCs) & 0xfffc;
  // Privilege comes first, on silicon.
  if (p.realMode || p.cpl !== 0) { p.raise(VECTOR.GP, 0); return; }
  if (p.longMode) { p.raise(VECTOR.UD); return; }
  if (selector === 0) { p.raise(VECTOR.GP, 0); return; }
  flat(p, CS, (selector + 16) | 3, CODE32 | USER);
  flat(p, SS, (selector + 24) | 3, DATA | USER);
  p.rip = BigInt(p.gpr32(RDX));
  p.setGpr32(RSP, p.gpr32(RCX));
  p.cpl = 3;
  p.updateMode();
}

/** Calls of the operating system without a gate. */
export const FAST_SYSTEM_CALLS: OperationFamily = { syscall, sysret, sysenter, sysexit };
