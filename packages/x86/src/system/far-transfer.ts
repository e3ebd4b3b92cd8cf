import { STATE } from "../state/state.ts";
import { callThroughGate } from "./call-gate.ts";
import { fetchDescriptor, fetchUpper, isNull, selectorCode, setAccessed, SYSTEM } from "./descriptor.ts";
import { loadReal, loadVirtual } from "./load-segment.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";
import { CURRENT } from "./rights.ts";
import { CS, RSP, SS, VECTOR } from "./registers.ts";
import { checkOffset, checkReturnCode, checkReturnStack, dropInnerSegments, loadCode, loadReturnStack, markAccessed } from "./return-checks.ts";
import { readStack, releaseStack, slot, slotBig, storeAt, storeFrame, setStackPointer, word, wordBig } from "./stack-frame.ts";
import { fetchTask, switchTask } from "./task-switch.ts";

/** JMP far. SDM vol. 2A, "JMP—Jump". */
function farJump(p: Processor, selector: number, offset: bigint): void { transfer(p, selector, BigInt.asUintN(64, offset), 0); }

/** CALL far, with an operand size in bits. SDM vol. 2A, "CALL—Call Procedure". */
function farCall(p: Processor, selector: number, offset: bigint, bits: number): void { transfer(p, selector, BigInt.asUintN(64, offset), bits / 8); }

/** `size` is the width of what a call pushes, 0 for a jump. */
function transfer(p: Processor, selector: number, offset: bigint, size: number): boolean {
  if (p.realMode || p.virtual8086) {
    if (offset > BigInt(p.limit(CS))) return p.raise(VECTOR.GP, 0);
    if (size && !pushReturn(p, size as 2)) return false;
    if (p.realMode) loadReal(p, CS, selector);
    else loadVirtual(p, CS, selector);
    p.setBig(STATE.rip, offset);
    p.updateMode();
    return true;
  }
  if (isNull(selector)) return p.raise(VECTOR.GP, 0);
  const d = p.codeDescriptor, code = selectorCode(selector, 0), cpl = p.cpl;
  if (!fetchDescriptor(p, d, selector, VECTOR.GP, 0)) return false;
  if (!d.segment) return systemTransfer(p, selector, size);
  if (!d.code || (d.conforming ? d.dpl > cpl : (selector & 3) > cpl || d.dpl !== cpl)) return p.raise(VECTOR.GP, code);
  if (p.longMode && d.wide && d.big) return p.raise(VECTOR.GP, code);
  if (!d.present) return p.raise(VECTOR.NP, code);
  if (!checkOffset(p, offset) || !setAccessed(p, d)) return false;
  if (size && !pushReturn(p, size as 2)) return false;
  loadCode(p, selector, cpl);
  p.setBig(STATE.rip, offset);
  p.updateMode();
  return true;
}

/** Pushes CS and the next rIP on the current stack. */
export function pushReturn(p: Processor, size: 2 | 4 | 8): boolean {
  if (size === 8) slotBig(p, 0, p.rip);
  else slot(p, 0, size, p.get(STATE.rip));
  slot(p, 1, size, p.selector(CS));
  if (p.code64) {
    const rsp = p.gpr(RSP) - BigInt(2 * size);
    if (!storeAt(p, rsp, 2 * size, size, CURRENT)) return false;
    p.setGpr(RSP, rsp);
    return true;
  }
  const sp = p.gpr32(RSP), attributes = p.attributes(SS);
  if (!storeFrame(p, p.base(SS), attributes, p.limit(SS), sp, 2, size, CURRENT, 0)) return false;
  setStackPointer(p, sp - 2 * size, attributes);
  return true;
}

/** Through a call gate, a task gate or a TSS. The gate's and the selector's privilege count. */
function systemTransfer(p: Processor, selector: number, size: number): boolean {
  const g = p.gate, d = p.codeDescriptor, code = selectorCode(selector, 0), { type } = d;
  const callGate = type === SYSTEM.callGate32 || (type === SYSTEM.callGate16 && !p.longMode);
  const task = !p.longMode && (type === SYSTEM.taskGate || type === SYSTEM.tss16 || type === SYSTEM.tss32);
  if (!callGate && !task) return p.raise(VECTOR.GP, code);
  if (d.dpl < Math.max(p.cpl, selector & 3)) return p.raise(VECTOR.GP, code);
  g.selector = selector;
  g.address = d.address;
  g.low = d.low;
  g.high = d.high;
  g.upper = 0;
  if (callGate) {
    if (p.longMode && !fetchUpper(p, g, VECTOR.GP, 0)) return false;
    if (!g.present) return p.raise(VECTOR.NP, code);
    return callThroughGate(p, size !== 0);
  }
  const cause = size ? "call" : "jump";
  if (type !== SYSTEM.taskGate) {
    const t = p.taskDescriptor;
    return fetchTask(p, t, selector, 0) && switchTask(p, t, cause, p.flags);
  }
  if (!g.present) return p.raise(VECTOR.NP, code);
  return fetchTask(p, p.taskDescriptor, g.gateSelector, 0) && switchTask(p, p.taskDescriptor, cause, p.flags);
}

/** RET far, releasing `parameters` bytes. SDM vol. 2B, "RET—Return From Procedure". */
function farReturn(p: Processor, bits: number, parameters: number): void { returnFar(p, (bits / 8) as 2 | 4 | 8, parameters); }

function returnFar(p: Processor, size: 2 | 4 | 8, parameters: number): boolean {
  if (!readStack(p, 0, 0, 2, size)) return false;
  const rip = wordBig(p, 0, size), selector = word(p, 1, size) & 0xffff;
  if (p.realMode || p.virtual8086) {
    if (rip > BigInt(p.limit(CS))) return p.raise(VECTOR.GP, 0);
    if (p.realMode) loadReal(p, CS, selector);
    else loadVirtual(p, CS, selector);
    p.setBig(STATE.rip, rip);
    releaseStack(p, 2 * size + parameters);
    p.updateMode();
    return true;
  }
  if (!checkReturnCode(p, selector)) return false;
  const rpl = selector & 3, outer = rpl > p.cpl;
  if (outer) {
    // The outer stack pointer lies above the parameters; it releases them from its own stack, too.
    if (!readStack(p, 2 * size + parameters, 2, 2, size) || !checkReturnStack(p, word(p, 3, size) & 0xffff, rpl)) return false;
  }
  if (!checkOffset(p, rip) || !markAccessed(p, outer)) return false;
  if (outer) loadReturnStack(p, wordBig(p, 2, size));
  else releaseStack(p, 2 * size + parameters);
  loadCode(p, selector, rpl);
  p.setBig(STATE.rip, rip);
  p.updateMode();
  if (outer) {
    releaseStack(p, parameters);
    dropInnerSegments(p);
    p.updateMode();
  }
  return true;
}

/** Transfers to other code segments. */
export const FAR_TRANSFERS: OperationFamily = { farJump, farCall, farReturn };
