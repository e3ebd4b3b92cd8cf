import type { StateField } from "../ir/builder.ts";
import { EVENT, STATE } from "../state/state.ts";
import { enterHandler } from "./enter-handler.ts";
import type { Processor } from "./processor.ts";
import { DR7, VECTOR } from "./registers.ts";

/** What brings an event about: decides on gate privilege checks, the EXT bit of error codes and the saved RF. */
export type EventSource =
  /** An exception before its instruction completed. */
  | "fault"
  /** An exception after its instruction. */
  | "trap"
  /** #DB before an instruction, by an instruction breakpoint. */
  | "breakpoint"
  /** An interrupt from outside, or an NMI. */
  | "interrupt"
  /** INT n, INT3, INTO: the gate's DPL is checked, error codes have EXT clear. */
  | "software"
  /** INT1: as INT n without the check. */
  | "software-privileged";

const DR7_FIELD: StateField = { ...STATE.dr, offset: STATE.dr.offset + 7 * 8 };

/** Classes of exceptions for the double fault. SDM vol. 3A, "Interrupt 8—Double Fault Exception (#DF)". */
const BENIGN = 0, CONTRIBUTORY = 1, PAGE_FAULT = 2;
function classOf(vector: number): number {
  if (vector === VECTOR.PF) return PAGE_FAULT;
  return vector === VECTOR.DE || (vector >= VECTOR.TS && vector <= VECTOR.GP) ? CONTRIBUTORY : BENIGN;
}

/**
 * Delivers an exception, and what its delivery raises in turn. False = shutdown (triple fault). Where the exception is intercepted nothing is delivered
 * and `exitWith` says so.
 */
export function deliverException(p: Processor, vector: number, code: number | undefined, source: "fault" | "trap" | "breakpoint"): boolean {
  return deliver(p, vector, code, source);
}

/** Delivers an interrupt; false = shutdown. */
export function deliverInterrupt(p: Processor, vector: number): boolean { return deliver(p, vector, undefined, "interrupt"); }

function deliver(p: Processor, first: number, firstCode: number | undefined, firstSource: EventSource): boolean {
  let vector = first, code = firstCode, source = firstSource;
  for (;;) {
    if (source !== "interrupt" && (p.exceptionIntercepts >>> vector) & 1) {
      p.exitWith = { kind: "exception", vector, errorCode: code, address: p.getBig(STATE.eventAddress) };
      return true;
    }
    if (vector === VECTOR.PF) p.setBig(STATE.cr2, p.getBig(STATE.eventAddress));
    if (enterHandler(p, vector, code, source)) {
      if (source !== "interrupt") p.counts.exceptions[vector]!++;
      // The handler of #DB may use the debug registers. SDM vol. 3B, "Debug Control Register (DR7)".
      if (vector === VECTOR.DB) p.set(DR7_FIELD, p.get(DR7_FIELD) & ~DR7.GD);
      return true;
    }
    if (p.get(STATE.event) === EVENT.intercept) {
      p.clearEvent();
      return true;
    }
    const second = p.get(STATE.eventVector), secondCode = p.get(STATE.eventFlags) & 1 ? p.get(STATE.eventCode) : undefined;
    p.clearEvent();
    if (source === "fault" && vector === VECTOR.DF && classOf(second) !== BENIGN) return false;
    // An interrupt, and an exception that is no fault in an instruction's execution, counts as benign first.
    const before = source === "interrupt" ? BENIGN : classOf(vector), after = classOf(second);
    const double = (before === CONTRIBUTORY && after === CONTRIBUTORY) || (before === PAGE_FAULT && after !== BENIGN);
    if (double && second === VECTOR.PF) p.setBig(STATE.cr2, p.getBig(STATE.eventAddress));
    vector = double ? VECTOR.DF : second;
    code = double ? 0 : secondCode;
    source = "fault";
  }
}
