import type { CallOut } from "../engine/engine.ts";
import { STATE } from "../state/state.ts";
import { CONTROL_REGISTER_OPERATIONS } from "./control-registers.ts";
import { DEBUG_REGISTER_OPERATIONS } from "./debug-registers.ts";
import { FAR_TRANSFERS } from "./far-transfer.ts";
import { FAST_SYSTEM_CALLS, syscall } from "./fast-system-call.ts";
import { FLAG_OPERATIONS } from "./flag-operations.ts";
import { HALT_OPERATIONS } from "./halt.ts";
import { IDENTIFICATION_OPERATIONS } from "./identification.ts";
import { INTERCEPT_OPERATIONS } from "./intercept.ts";
import { INTERRUPT_RETURN } from "./interrupt-return.ts";
import { SELECTOR_CALL_OUTS, SELECTOR_OPERATIONS } from "./selector-operations.ts";
import { SOFTWARE_INTERRUPTS } from "./software-interrupt.ts";
import { MSR_OPERATIONS } from "./msr-operations.ts";
import { PORT_OPERATIONS } from "./ports.ts";
import { TIME_OPERATIONS } from "./time-operations.ts";
import { TRANSLATION_OPERATIONS } from "./translation-operations.ts";
import type { Processor } from "./processor.ts";
import { EXTERNAL_CALL_OUTS } from "./external.ts";

/**
 * A system operation as descriptions name it in `m.escape(name, …)` or `m.callOut(name, …)`: i32 arguments arrive as numbers (signed),
 * i64 ones as bigints (signed).
 */
export type SystemOperation = (p: Processor, ...args: never[]) => number | bigint | boolean | void;

/** Some operations by name; each file of this directory exports its own. */
export interface OperationFamily { readonly [name: string]: SystemOperation }

/**
 * What `escape` statements call. STATE.rip is the next instruction's already: an operation that jumps sets it, one that does not leaves it, and
 * where an exception is raised the engine puts rIP back to the instruction.
 */
export const ESCAPES: OperationFamily = {
  ...FAR_TRANSFERS, ...FAST_SYSTEM_CALLS, ...FLAG_OPERATIONS, ...INTERCEPT_OPERATIONS, ...INTERRUPT_RETURN, ...SELECTOR_OPERATIONS, ...SOFTWARE_INTERRUPTS,
  ...CONTROL_REGISTER_OPERATIONS, ...DEBUG_REGISTER_OPERATIONS, ...TRANSLATION_OPERATIONS, ...MSR_OPERATIONS,
  ...TIME_OPERATIONS, ...IDENTIFICATION_OPERATIONS, ...HALT_OPERATIONS, ...PORT_OPERATIONS,
};

/** What `callOut` statements call, with results. STATE.rip is not maintained there. */
export const CALL_OUTS: OperationFamily = {
  ...EXTERNAL_CALL_OUTS, ...SELECTOR_CALL_OUTS,
};

/** The functions that generated code calls, bound to a processor. Their first argument is the state block's address. */
export function callOutsOf(p: Processor): { [name: string]: CallOut } {
  const out: { [name: string]: CallOut } = {};
  for (const [name, operation] of Object.entries(ESCAPES)) out[name] = escape(p, operation);
  for (const [name, operation] of Object.entries(CALL_OUTS)) out[name] = bound(p, operation);
  // What programs call most has a function of its own, which V8 compiles as one with it.
  out["syscall"] = (s) => {
    beginEscape(p, s);
    syscall(p);
    return 0;
  };
  return out;
}

type Plain = (p: Processor, ...args: unknown[]) => number | bigint;

/** Without rest parameters: these run once for every system instruction. */
function bound(p: Processor, operation: SystemOperation): CallOut {
  const f = operation as unknown as Plain;
  return (_s: number, a?: unknown, b?: unknown, c?: unknown, d?: unknown) => {
    p.refresh();
    return f(p, a, b, c, d);
  };
}
/** rIP is the next instruction's from here on. */
function beginEscape(p: Processor, s: number): void {
  p.refresh();
  const v = p.view;
  v.setUint32(s + STATE.rip.offset, v.getUint32(s + STATE.nextRip.offset, true), true);
  v.setUint32(s + STATE.rip.offset + 4, v.getUint32(s + STATE.nextRip.offset + 4, true), true);
}
function escape(p: Processor, operation: SystemOperation): CallOut {
  const f = operation as unknown as Plain;
  return (s: number, a?: unknown, b?: unknown, c?: unknown, d?: unknown, e?: unknown) => {
    beginEscape(p, s);
    f(p, a, b, c, d, e);
    return 0;
  };
}
