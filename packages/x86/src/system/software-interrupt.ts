import { enterHandler } from "./enter-handler.ts";
import { INTERCEPT } from "../intercepts.ts";
import { unlessIntercepted } from "./intercept.ts";
import { FLAG } from "./flags.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";
import { VECTOR } from "./registers.ts";

/** INT n. SDM vol. 2A, "INT n/INTO/INT3/INT1—Call to Interrupt Procedure". In virtual-8086 mode IOPL must be 3. */
function int(p: Processor, vector: number): void {
  const v = vector & 0xff;
  if (p.systemCallExits) {
    p.systemCall(p.systemCalls.int(v));
    return;
  }
  if (!unlessIntercepted(p, INTERCEPT.INTn, BigInt(v))) return;
  if (p.virtual8086 && (p.systemFlags & FLAG.IOPL) !== FLAG.IOPL) {
    p.raise(VECTOR.GP, 0);
    return;
  }
  enterHandler(p, v, undefined, "software");
}

/** INT3 and INTO: a gate's privilege is checked, IOPL is not. */
function breakpoint(p: Processor, vector: number): void {
  if ((p.exceptionIntercepts >>> vector) & 1) p.exit({ kind: "exception", vector, errorCode: undefined, address: 0n });
  else enterHandler(p, vector, undefined, "software");
}

/** INT1: as an exception, without the check of a gate's privilege. */
function int1(p: Processor): void {
  if ((p.exceptionIntercepts >>> VECTOR.DB) & 1) p.exit({ kind: "exception", vector: VECTOR.DB, errorCode: undefined, address: 0n });
  else enterHandler(p, VECTOR.DB, undefined, "software-privileged");
}

/** Interrupts that instructions ask for. */
export const SOFTWARE_INTERRUPTS: OperationFamily = { int, breakpoint, int1 };
