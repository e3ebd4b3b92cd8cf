import { EVENT, STATE } from "../state/state.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";
import { RCX, VECTOR } from "./registers.ts";

/** HLT: the instruction retires and the processor waits. */
function hlt(p: Processor): void { p.set(STATE.event, EVENT.halt); }

/** MONITOR arms nothing, as MWAIT may always end at once; hints and extensions in ECX are not known. SDM vol. 2B, "MONITOR—Set Up Monitor Address", "MWAIT—Monitor Wait". */
function monitor(p: Processor): void {
  if (p.gpr32(RCX) !== 0) p.raise(VECTOR.GP, 0);
}
/** MWAIT: ECX bit 0 lets masked interrupts end the wait. */
function mwait(p: Processor): void {
  if (p.gpr32(RCX) & ~1) p.raise(VECTOR.GP, 0);
}

/** Waiting. */
export const HALT_OPERATIONS: OperationFamily = { hlt, monitor, mwait };
