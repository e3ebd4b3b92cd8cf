import { STATE } from "../state/state.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";
import { RAX, RCX, RDX, VECTOR } from "./registers.ts";

/** The time stamp counter: the owner's clock and what was written to the counter. */
export function timeStampCounter(p: Processor): bigint { return BigInt.asUintN(64, p.timeStamp(p.retired) + p.getBig(STATE.tscOffset)); }

/** Writes EDX:EAX. */
export function setEdxEax(p: Processor, value: bigint): void {
  const v = p.view, gpr = p.state + STATE.gpr.offset;
  // Both halves of the register become the number: its low 32 bits, zero-extended, stay in RAX; the high ones go to RDX.
  v.setBigUint64(gpr + RAX * 8, value, true);
  p.setGpr32(RDX, v.getUint32(gpr + RAX * 8 + 4, true));
  v.setUint32(gpr + RAX * 8 + 4, 0, true);
}

/** Generated code goes on from here, as long as the slice lasts. */
function rdtsc(p: Processor): void {
  const now = timeStampCounter(p);
  if (p.timeStampStep !== undefined && p.slice !== 0) {
    p.setBig(STATE.tscStart, now - BigInt(p.retired - p.retiredBefore) * p.timeStampStep);
    p.set(STATE.tscKnown, 1);
  }
  setEdxEax(p, now);
}
function rdtscp(p: Processor): void {
  rdtsc(p);
  p.setGpr32(RCX, p.get(STATE.tscAux));
}
/** RDPMC: four counters that count nothing. APM vol. 3, "RDPMC". */
function rdpmc(p: Processor): void {
  if (p.gpr32(RCX) > 3) p.raise(VECTOR.GP, 0);
  else setEdxEax(p, 0n);
}

/** Counters. */
export const TIME_OPERATIONS: OperationFamily = { rdtsc, rdtscp, rdpmc };
