import { ATTRIBUTE } from "../state/state.ts";
import type { EventSource } from "./deliver.ts";
import { externalBit, fetchGate, fetchHandlerSegment } from "./enter-protected.ts";
import { setAccessed, SYSTEM } from "./descriptor.ts";
import { FLAG } from "./flags.ts";
import { loadDescriptor } from "./load-segment.ts";
import type { Processor } from "./processor.ts";
import { CURRENT, SUPERVISOR } from "./rights.ts";
import { CS, RSP, SS, VECTOR } from "./registers.ts";
import { slot, slotBig, storeAt } from "./stack-frame.ts";
import { canonical, readStackPointer } from "./task-stack.ts";

/** Interrupts and exceptions in long mode. SDM vol. 3A, "Interrupt and Exception Handling in 64-bit Mode"; APM vol. 2, "Long-Mode Interrupt Control Transfers". */
export function enterLong(p: Processor, vector: number, code: number | undefined, source: EventSource, flags: number): boolean {
  const external = externalBit(source);
  if (!fetchGate(p, vector, source, 16) || !fetchHandlerSegment(p, external)) return false;
  const g = p.gate, d = p.codeDescriptor;
  const inner = !d.conforming && d.dpl < p.cpl, cpl = inner ? d.dpl : p.cpl;
  const offset = (BigInt(g.upper) << 32n) | BigInt(g.gateOffset);
  if (!canonical(offset)) return p.raise(VECTOR.GP, external);
  const { ist } = g;
  let rsp = p.gpr(RSP);
  if (ist !== 0 || inner) {
    rsp = readStackPointer(p, ist !== 0 ? ist + 3 : cpl, external);
    if (rsp === -1n) return false;
  }
  rsp &= ~15n;
  let n = 0;
  if (code !== undefined) slot(p, n++, 8, code);
  slotBig(p, n++, p.rip);
  slot(p, n++, 8, p.selector(CS));
  slot(p, n++, 8, flags);
  slotBig(p, n++, p.gpr(RSP));
  slot(p, n++, 8, p.selector(SS));
  rsp -= BigInt(n * 8);
  if (!canonical(BigInt.asUintN(64, rsp))) return p.raise(VECTOR.SS, external);
  if (!storeAt(p, rsp, n * 8, 8, cpl === 3 ? CURRENT : SUPERVISOR)) return false;
  if (!setAccessed(p, d)) return false;
  p.setGpr(RSP, rsp);
  if (inner) p.setSegment(SS, cpl, 0n, 0, ATTRIBUTE.unusable | (cpl << ATTRIBUTE.DPL_SHIFT));
  loadDescriptor(p, CS, (d.selector & ~3) | cpl, d);
  p.cpl = cpl;
  p.rip = offset;
  p.flags = flags & ~(FLAG.TF | FLAG.NT | FLAG.VM | FLAG.RF | (g.type === SYSTEM.interruptGate32 ? FLAG.IF : 0));
  p.updateMode();
  return true;
}
