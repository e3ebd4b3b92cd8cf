import { ATTRIBUTE, STATE } from "../state/state.ts";
import { fetchDescriptor, isNull, selectorCode, SYSTEM } from "./descriptor.ts";
import { pushReturn } from "./far-transfer.ts";
import { loadDescriptor } from "./load-segment.ts";
import type { Processor } from "./processor.ts";
import { CURRENT, SUPERVISOR } from "./rights.ts";
import { CS, RSP, SS, VECTOR } from "./registers.ts";
import { checkOffset, loadCode, markAccessed } from "./return-checks.ts";
import { readStack, setStackPointer, slot, slotBig, storeAt, storeFrame, word } from "./stack-frame.ts";
import { findInnerStack, readStackPointer } from "./task-stack.ts";

/** JMP or CALL through the call gate in `gate`. SDM vol. 3A, "Accessing a Code Segment Through a Call Gate" and "Stack Switching". */
export function callThroughGate(p: Processor, call: boolean): boolean {
  const g = p.gate, d = p.codeDescriptor, selector = g.gateSelector, code = selectorCode(selector, 0), cpl = p.cpl;
  if (isNull(selector)) return p.raise(VECTOR.GP, 0);
  if (!fetchDescriptor(p, d, selector, VECTOR.GP, 0)) return false;
  if (!d.code || d.dpl > cpl || (!call && !d.conforming && d.dpl !== cpl)) return p.raise(VECTOR.GP, code);
  if (p.longMode && (!d.wide || d.big)) return p.raise(VECTOR.GP, code);
  if (!d.present) return p.raise(VECTOR.NP, code);
  const offset = p.longMode ? (BigInt(g.upper) << 32n) | BigInt(g.gateOffset) : BigInt(g.type === SYSTEM.callGate16 ? g.gateOffset & 0xffff : g.gateOffset);
  const size = p.longMode ? 8 : g.type === SYSTEM.callGate16 ? 2 : 4;
  const inner = call && !d.conforming && d.dpl < cpl;
  if (inner) {
    if (!(p.longMode ? enterLong(p, d.dpl, offset) : enterInner(p, d.dpl, size as 2, offset))) return false;
    loadCode(p, selector, d.dpl);
  } else {
    if (!checkOffset(p, offset) || !markAccessed(p, false)) return false;
    if (call && !pushReturn(p, size)) return false;
    loadCode(p, selector, cpl);
  }
  p.setBig(STATE.rip, offset);
  p.updateMode();
  return true;
}

/** Copies the parameters and pushes the return address on the inner stack: SS, eSP, parameters, CS, eIP. */
function enterInner(p: Processor, dpl: number, size: 2 | 4, offset: bigint): boolean {
  const count = p.gate.high & 31;
  if (!findInnerStack(p, dpl, 0)) return false;
  const d = p.stackDescriptor, sp = p.innerStackPointer, oldSp = p.gpr32(RSP), oldSs = p.selector(SS);
  if (!checkOffset(p, offset)) return false;
  // Parameters come in at words 2 and up, where they stay.
  for (let done = 0; done < count; done += 8) if (!readStack(p, done * size, 2 + done, Math.min(8, count - done), size)) return false;
  slot(p, 0, size, p.get(STATE.rip));
  slot(p, 1, size, p.selector(CS));
  slot(p, 2 + count, size, oldSp);
  slot(p, 3 + count, size, oldSs);
  if (!storeWords(p, sp, 4 + count, size, dpl === 3 ? CURRENT : SUPERVISOR)) return false;
  if (!markAccessed(p, true)) return false;
  loadDescriptor(p, SS, d.selector, d);
  setStackPointer(p, sp - (4 + count) * size, d.attributes);
  return true;
}

/** Stores a frame that may be longer than one access: all of it is probed first. */
function storeWords(p: Processor, sp: number, count: number, size: 2 | 4, rights: number): boolean {
  const d = p.stackDescriptor, code = selectorCode(d.selector, 0);
  if (count * size <= 64) return storeFrame(p, d.base, d.attributes, d.limit, sp, count, size, rights, code);
  const mask = d.attributes & ATTRIBUTE.DB ? 0xffff_ffff : 0xffff, per = 64 / size;
  const bottom = BigInt(((sp - count * size) & mask) >>> 0);
  if (!p.probe(BigInt.asUintN(32, d.base + bottom), count * size, rights, true)) return false;
  // From the top down, in pieces that go through the front of the frame buffer.
  const words = Array.from({ length: count }, (_, i) => word(p, i, size));
  for (let end = count; end > 0; end -= per) {
    const first = Math.max(0, end - per);
    for (let i = first; i < end; i++) slot(p, i - first, size, words[i]!);
    if (!storeFrame(p, d.base, d.attributes, d.limit, sp - (count - end) * size, end - first, size, rights, code)) return false;
  }
  return true;
}

/** Long mode: no parameters; SS becomes null. */
function enterLong(p: Processor, dpl: number, offset: bigint): boolean {
  const rsp = readStackPointer(p, dpl, 0);
  if (rsp === -1n || !checkOffset(p, offset)) return false;
  slotBig(p, 0, p.rip);
  slot(p, 1, 8, p.selector(CS));
  slotBig(p, 2, p.gpr(RSP));
  slot(p, 3, 8, p.selector(SS));
  if (!storeAt(p, rsp - 32n, 32, 8, dpl === 3 ? CURRENT : SUPERVISOR) || !markAccessed(p, false)) return false;
  p.setGpr(RSP, rsp - 32n);
  p.setSegment(SS, dpl, 0n, 0, ATTRIBUTE.unusable | (dpl << ATTRIBUTE.DPL_SHIFT));
  return true;
}
