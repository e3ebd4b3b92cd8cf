import type { EventSource } from "./deliver.ts";
import { enterReal } from "./enter-real.ts";
import { FLAG } from "./flags.ts";
import type { Processor } from "./processor.ts";

/**
 * Passes control to the handler of a vector: pushes the interrupted context and loads the handler's. STATE.rip is the address to return to.
 * False = a fault is pending and nothing has changed.
 */
export function enterHandler(p: Processor, vector: number, code: number | undefined, source: EventSource): boolean {
  // The saved RF is set for faults, so that an instruction breakpoint on the instruction does not hit again. SDM vol. 3B, "Instruction-Breakpoint Exception Condition".
  const flags = source === "fault" ? p.flags | FLAG.RF : p.flags;
  void code;
  return enterReal(p, vector, flags);
}
