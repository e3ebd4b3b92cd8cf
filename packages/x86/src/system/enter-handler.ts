import type { EventSource } from "./deliver.ts";
import { enterLong } from "./enter-long.ts";
import { enterProtected } from "./enter-protected.ts";
import { enterReal } from "./enter-real.ts";
import { FLAG } from "./flags.ts";
import type { Processor } from "./processor.ts";

/**
 * Passes control to the handler of a vector: pushes the interrupted context and loads the handler's. STATE.rip is the address to return to.
 * False = a fault is pending and nothing has changed. SDM vol. 3A, "Interrupt and Exception Handling"; APM vol. 2, "Exceptions and Interrupts".
 */
export function enterHandler(p: Processor, vector: number, code: number | undefined, source: EventSource): boolean {
  // The saved RF is set for faults, so that an instruction breakpoint on the instruction does not hit again. SDM vol. 3B, "Instruction-Breakpoint Exception Condition".
  const flags = source === "fault" ? p.flags | FLAG.RF : p.flags;
  // The handler itself begins with RF clear; a task's TSS may say otherwise. SDM vol. 3A, "Flag Usage By Exception- or Interrupt-Handler Procedure".
  const { resumeAt } = p;
  p.resumeAt = -1;
  const done = p.realMode ? enterReal(p, vector, flags) : p.longMode ? enterLong(p, vector, code, source, flags) : enterProtected(p, vector, code, source, flags);
  // Single steps stop at a handler: TF is clear there, and the instruction that entered it traps no more.
  if (done) p.stepOverride = false;
  else p.resumeAt = resumeAt;
  return done;
}
