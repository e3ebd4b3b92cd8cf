import { interceptName } from "../intercepts.ts";
import { EVENT, STATE } from "../state/state.ts";
import type { Intercepts } from "../intercepts.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";

/** Makes a set of intercepts the processor's. Between instructions only. */
export function setIntercepts(p: Processor, intercepts: Intercepts): void {
  p.intercepts = intercepts;
  intercepts.words.forEach((word, i) => p.set({ ...STATE.intercepts, offset: STATE.intercepts.offset + i * 4 }, word));
  p.exceptionIntercepts = intercepts.words[2]!;
  p.systemCallExits = intercepts.systemCalls;
}

/** Ends `run` in place of the instruction under way: always false, for `return interceptExit(…)`. */
export function interceptExit(p: Processor, code: number, info1: bigint = 0n, info2: bigint = 0n): false {
  p.exitWith = { kind: "intercept", code, name: interceptName(code), info1, info2, nextRip: p.getBig(STATE.nextRip) };
  p.set(STATE.event, EVENT.intercept);
  return false;
}
/** As `interceptExit` where the set has the code; true where it has not and the instruction is to go on. */
export function unlessIntercepted(p: Processor, code: number, info1: bigint = 0n, info2: bigint = 0n): boolean {
  return !p.intercepts.has(code) || interceptExit(p, code, info1, info2);
}

/** The escape of every description with a field `intercept`. */
export const INTERCEPT_OPERATIONS: OperationFamily = {
  intercept: (p: Processor, code: number) => { interceptExit(p, code); },
};
