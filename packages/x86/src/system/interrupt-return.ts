import { STATE } from "../state/state.ts";
import { FLAG } from "./flags.ts";
import { setFlagsByPrivilege } from "./flag-operations.ts";
import { fetchDescriptor, isNull, selectorCode, SYSTEM } from "./descriptor.ts";
import { loadReal, loadVirtual } from "./load-segment.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";
import { SUPERVISOR } from "./rights.ts";
import { CS, DS, ES, FS, GS, RSP, SS, TR, VECTOR } from "./registers.ts";
import { checkOffset, checkReturnCode, checkReturnStack, dropInnerSegments, loadCode, loadReturnStack, markAccessed } from "./return-checks.ts";
import { readStack, releaseStack, word, wordBig } from "./stack-frame.ts";
import { switchTask } from "./task-switch.ts";

/** IRET, IRETD, IRETQ by operand size. SDM vol. 2A, "IRET/IRETD/IRETQ—Interrupt Return". */
function iret(p: Processor, bits: number): void {
  const size = (bits / 8) as 2 | 4 | 8;
  const done = p.realMode ? returnReal(p, size as 2) : p.virtual8086 ? returnVirtual(p, size as 2) : returnProtected(p, size);
  if (!done) return;
  if (p.nmiBlocked) {
    p.nmiBlocked = false;
    if (p.nmiPending) p.reload();
  }
}

/** Sets the flags of an image that the caller has limited by privilege, RF with them. */
function setFlagImage(p: Processor, image: number, bits: number): void {
  setFlagsByPrivilege(p, image, bits);
  if (bits > 16 && image & FLAG.RF) p.resumeAt = p.boundary;
}

function returnReal(p: Processor, size: 2 | 4): boolean {
  if (!readStack(p, 0, 0, 3, size)) return false;
  const ip = word(p, 0, size);
  if (ip > p.limit(CS)) return p.raise(VECTOR.GP, 0);
  loadReal(p, CS, word(p, 1, size) & 0xffff);
  p.set(STATE.rip, ip);
  releaseStack(p, 3 * size);
  setFlagImage(p, word(p, 2, size), size * 8);
  p.updateMode();
  return true;
}

/** Within virtual-8086 mode: IOPL must be 3. */
function returnVirtual(p: Processor, size: 2 | 4): boolean {
  if ((p.systemFlags & FLAG.IOPL) !== FLAG.IOPL) return p.raise(VECTOR.GP, 0);
  if (!readStack(p, 0, 0, 3, size)) return false;
  const ip = word(p, 0, size);
  if (ip > 0xffff) return p.raise(VECTOR.GP, 0);
  loadVirtual(p, CS, word(p, 1, size) & 0xffff);
  p.set(STATE.rip, ip);
  releaseStack(p, 3 * size);
  setFlagImage(p, word(p, 2, size), size * 8);
  p.updateMode();
  return true;
}

function returnProtected(p: Processor, size: 2 | 4 | 8): boolean {
  if (p.systemFlags & FLAG.NT) return p.longMode ? p.raise(VECTOR.GP, 0) : returnTask(p);
  const wide = p.code64;
  // From 64-bit code SS and rSP are popped always.
  if (!readStack(p, 0, 0, wide ? 5 : 3, size)) return false;
  const rip = wordBig(p, 0, size), selector = word(p, 1, size) & 0xffff, image = word(p, 2, size), cpl = p.cpl;
  if (size === 4 && image & FLAG.VM && cpl === 0 && !p.longMode) return returnToVirtual(p, Number(rip), selector, image);
  if (!checkReturnCode(p, selector)) return false;
  const rpl = selector & 3, outer = rpl > cpl;
  if (outer && !wide && !readStack(p, 3 * size, 3, 2, size)) return false;
  const sp = wordBig(p, 3, size);
  if ((outer || wide) && !checkReturnStack(p, word(p, 4, size) & 0xffff, rpl)) return false;
  if (!checkOffset(p, rip) || !markAccessed(p, outer || wide)) return false;
  if (outer || wide) loadReturnStack(p, sp);
  else releaseStack(p, 3 * size);
  p.rip = rip;
  // The flags change with the rights of the level that is left.
  setFlagImage(p, image, size * 8);
  if (cpl === 0 && size > 2) p.set(STATE.eflags, (p.systemFlags & ~(FLAG.VIF | FLAG.VIP)) | (image & (FLAG.VIF | FLAG.VIP)));
  loadCode(p, selector, rpl);
  if (outer) dropInnerSegments(p);
  p.updateMode();
  return true;
}

/** To virtual-8086 mode: six more words above the three, all segments loaded as there. */
function returnToVirtual(p: Processor, eip: number, cs: number, image: number): boolean {
  if (!readStack(p, 12, 3, 6, 4)) return false;
  if (eip > 0xffff) return p.raise(VECTOR.GP, 0);
  const esp = word(p, 3, 4);
  p.flags = image;
  p.resumeAt = image & FLAG.RF ? p.boundary : -1;
  loadVirtual(p, CS, cs);
  [SS, ES, DS, FS, GS].forEach((s, i) => loadVirtual(p, s, word(p, 4 + i, 4) & 0xffff));
  p.set(STATE.rip, eip);
  p.setGpr32(RSP, esp);
  p.cpl = 3;
  p.updateMode();
  p.flagsChanged();
  return true;
}

/** NT is set: back to the task whose TSS the current one links to. SDM vol. 3A, "Task Linking". */
function returnTask(p: Processor): boolean {
  const link = p.read(p.base(TR), 2, SUPERVISOR);
  if (p.faulted) return false;
  const d = p.taskDescriptor, code = selectorCode(link, 0);
  if (isNull(link) || link & 4) return p.raise(VECTOR.TS, code);
  if (!fetchDescriptor(p, d, link, VECTOR.TS, 0)) return false;
  if (d.segment || (d.type !== SYSTEM.tss16Busy && d.type !== SYSTEM.tss32Busy)) return p.raise(VECTOR.TS, code);
  if (!d.present) return p.raise(VECTOR.NP, code);
  return switchTask(p, d, "return", p.flags);
}

/** Returns from interrupts. */
export const INTERRUPT_RETURN: OperationFamily = { iret };
