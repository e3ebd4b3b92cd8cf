import { ATTRIBUTE } from "../state/state.ts";
import { fetchDescriptor, isNull, selectorCode, setAccessed } from "./descriptor.ts";
import { loadDescriptor, loadNull } from "./load-segment.ts";
import type { Processor } from "./processor.ts";
import { CS, DS, ES, FS, GS, RSP, SS, VECTOR } from "./registers.ts";
import { setStackPointer } from "./stack-frame.ts";
import { canonical } from "./task-stack.ts";

/** What far RET and IRET have in common. SDM vol. 2B, "RET—Return From Procedure"; vol. 2A, "IRET/IRETD/IRETQ—Interrupt Return". */

/** Checks the code segment that a return goes to: `codeDescriptor`. False = a fault is pending. */
export function checkReturnCode(p: Processor, selector: number): boolean {
  if (isNull(selector)) return p.raise(VECTOR.GP, 0);
  const d = p.codeDescriptor, rpl = selector & 3, code = selectorCode(selector, 0);
  if (!fetchDescriptor(p, d, selector, VECTOR.GP, 0)) return false;
  if (!d.code || rpl < p.cpl || (d.conforming ? d.dpl > rpl : d.dpl !== rpl)) return p.raise(VECTOR.GP, code);
  if (p.longMode && d.wide && d.big) return p.raise(VECTOR.GP, code);
  return d.present ? true : p.raise(VECTOR.NP, code);
}

/** Whether a segment of code that `checkReturnCode` or a transfer has fetched holds an offset; false = #GP(0) is pending. */
export function checkOffset(p: Processor, offset: bigint): boolean {
  const d = p.codeDescriptor;
  const good = p.longMode && d.wide ? canonical(offset) : offset <= BigInt(d.limit);
  return good ? true : p.raise(VECTOR.GP, 0);
}

/** Checks the stack segment that a return to privilege `rpl` goes to: `stackDescriptor`, null where 64-bit code allows it. */
export function checkReturnStack(p: Processor, selector: number, rpl: number): boolean {
  const d = p.stackDescriptor, code = selectorCode(selector, 0);
  if (isNull(selector)) {
    if (!p.longMode || !p.codeDescriptor.wide || rpl === 3 || (selector & 3) !== rpl) return p.raise(VECTOR.GP, 0);
    d.selector = selector;
    d.low = d.high = 0;
    return true;
  }
  if (!fetchDescriptor(p, d, selector, VECTOR.GP, 0)) return false;
  if ((selector & 3) !== rpl || d.dpl !== rpl || !d.writable) return p.raise(VECTOR.GP, code);
  return d.present ? true : p.raise(VECTOR.SS, code);
}

/** Sets the accessed bits of the checked code segment and, with `stack`, of the stack segment; false = a fault is pending. */
export function markAccessed(p: Processor, stack: boolean): boolean {
  return setAccessed(p, p.codeDescriptor) && (!stack || isNull(p.stackDescriptor.selector) || setAccessed(p, p.stackDescriptor));
}

/** Loads CS with the checked descriptor at privilege `cpl`. */
export function loadCode(p: Processor, selector: number, cpl: number): void {
  loadDescriptor(p, CS, (selector & ~3) | cpl, p.codeDescriptor);
  p.cpl = cpl;
}

/** Loads SS and rSP with what `checkReturnStack` has checked. */
export function loadReturnStack(p: Processor, sp: bigint): void {
  const d = p.stackDescriptor;
  if (isNull(d.selector)) p.setSegment(SS, d.selector, 0n, 0, ATTRIBUTE.unusable | ((d.selector & 3) << ATTRIBUTE.DPL_SHIFT));
  else loadDescriptor(p, SS, d.selector, d);
  if (p.longMode && p.codeDescriptor.wide) p.setGpr(RSP, sp);
  else setStackPointer(p, Number(BigInt.asUintN(32, sp)), d.attributes);
}

/** After a return to an outer level: data segments that the new privilege may not use become null. */
export function dropInnerSegments(p: Processor): void {
  const cpl = p.cpl;
  for (const s of [ES, DS, FS, GS]) {
    const a = p.attributes(s);
    if (a & ATTRIBUTE.unusable || (a & 0xc) === 0xc) continue;
    if (((a >> ATTRIBUTE.DPL_SHIFT) & 3) < cpl) loadNull(p, s, 0);
  }
}
