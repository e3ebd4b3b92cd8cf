import { FPR_STRIDE, STATE, VECTOR_STRIDE } from "../state/state.ts";
import { FLAG } from "./flags.ts";
import type { Processor } from "./processor.ts";
import { CR0, CS, DR6, DR7, ES, GS, LDTR, RDX, TR } from "./registers.ts";

/** PAT after RESET: WB WT UC- UC twice. */
const PAT = 0x0007_0406_0007_0406n;
/** The local APIC's base, enabled, of the boot processor. */
const APIC_BASE = 0xfee0_0900n;

/** The state after RESET. SDM vol. 3A, "IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT"; APM vol. 2, "Initial Processor State". */
export function resetState(p: Processor): void {
  for (let r = 0; r < 16; r++) p.setGpr(r, 0n);
  p.setGpr32(RDX, p.model.signature);
  p.flags = FLAG.fixed;
  p.rip = 0xfff0n;
  for (let s = ES; s <= GS; s++) p.setSegment(s, 0, 0n, 0xffff, 0x93);
  p.setSegment(CS, 0xf000, 0xffff_0000n, 0xffff, 0x9b);
  p.setSegment(LDTR, 0, 0n, 0xffff, 0x82);
  p.setSegment(TR, 0, 0n, 0xffff, 0x8b);
  for (const f of [STATE.gdtrBase, STATE.idtrBase, STATE.cr2, STATE.cr3, STATE.cr4, STATE.cr8, STATE.efer, STATE.star, STATE.lstar, STATE.cstar, STATE.sfmask,
    STATE.kernelGsBase, STATE.sysenterCs, STATE.sysenterEsp, STATE.sysenterEip, STATE.tscOffset, STATE.tscAux]) p.setBig(f, 0n);
  p.set(STATE.gdtrLimit, 0xffff);
  p.set(STATE.idtrLimit, 0xffff);
  p.set(STATE.cr0, CR0.CD | CR0.NW | CR0.ET);
  p.setBig(STATE.xcr0, 1n);
  p.setBig(STATE.pat, PAT);
  p.setBig(STATE.apicBase, APIC_BASE);
  for (let i = 0; i < 8; i++) p.setBig({ ...STATE.dr, offset: STATE.dr.offset + i * 8 }, i === 6 ? BigInt(DR6.fixed) : i === 7 ? BigInt(DR7.fixed) : 0n);
  p.set(STATE.mxcsr, 0x1f80);
  p.set(STATE.fcw, 0x40);
  p.set(STATE.fsw, 0);
  p.set(STATE.ftw, 0xff);
  p.set(STATE.fop, 0);
  p.setBig(STATE.fip, 0n);
  p.setBig(STATE.fdp, 0n);
  p.set(STATE.fcs, 0);
  p.set(STATE.fds, 0);
  const bytes = new Uint8Array(p.view.buffer);
  bytes.fill(0, p.state + STATE.fpr.offset, p.state + STATE.fpr.offset + 8 * FPR_STRIDE);
  bytes.fill(0, p.state + STATE.vector.offset, p.state + STATE.vector.offset + 16 * VECTOR_STRIDE);
  p.msrs.clear();
  p.set(STATE.cpl, 0);
  p.shadowUntil = p.resumeAt = -1;
  p.nmiBlocked = p.nmiPending = p.halted = false;
  p.debugTraps = 0;
  p.lateFault = undefined;
  p.setA20(true);
  p.clearEvent();
  p.flushAll();
  p.updateMode();
}
