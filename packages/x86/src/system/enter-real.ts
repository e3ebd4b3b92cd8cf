import { STATE } from "../state/state.ts";
import { FLAG } from "./flags.ts";
import type { Processor } from "./processor.ts";
import { SUPERVISOR } from "./rights.ts";
import { CS, VECTOR } from "./registers.ts";
import { pushStack, slot } from "./stack-frame.ts";

/** Interrupts and exceptions in real-address mode: a far pointer in the interrupt table, no error code. SDM vol. 3A, "Interrupt and Exception Handling" (real-address mode). */
export function enterReal(p: Processor, vector: number, flags: number): boolean {
  if (vector * 4 + 3 > p.get(STATE.idtrLimit)) return p.raise(VECTOR.GP, vector * 8 + 2);
  const entry = p.read(p.getBig(STATE.idtrBase) + BigInt(vector * 4), 4, SUPERVISOR);
  if (p.faulted) return false;
  const offset = entry & 0xffff, selector = entry >>> 16;
  slot(p, 0, 2, p.get(STATE.rip));
  slot(p, 1, 2, p.selector(CS));
  slot(p, 2, 2, flags);
  if (!pushStack(p, 3, 2)) return false;
  p.setSegment(CS, selector, BigInt(selector << 4), p.limit(CS), p.attributes(CS));
  p.set(STATE.rip, offset);
  p.flags = flags & ~(FLAG.IF | FLAG.TF | FLAG.AC | FLAG.RF);
  p.updateMode();
  return true;
}
