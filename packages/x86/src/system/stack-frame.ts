import { ATTRIBUTE, STATE } from "../state/state.ts";
import type { Processor } from "./processor.ts";
import { CURRENT, STACK } from "./rights.ts";
import { RSP, SS, VECTOR } from "./registers.ts";

/**
 * Frames that transfers push in one piece: the words are laid out in a buffer first, lowest address first, so that nothing reaches the stack unless
 * all of it can.
 */

/** Puts a word of `size` bytes at place `index` of the frame. */
export function slot(p: Processor, index: number, size: 2 | 4 | 8, value: number): void {
  const at = index * size;
  if (size === 2) p.frame.setUint16(at, value, true);
  else {
    p.frame.setUint32(at, value, true);
    if (size === 8) p.frame.setUint32(at + 4, 0, true);
  }
}
/** Puts a 64-bit word at place `index` of the frame. */
export function slotBig(p: Processor, index: number, value: bigint): void { p.frame.setBigUint64(index * 8, value, true); }

/** Whether the bytes from an offset on lie within a segment outside 64-bit mode. */
function withinLimit(p: Processor, attributes: number, limit: number, offset: number, size: number): boolean {
  return p.core.exports.withinLimit(p.state, attributes, limit, offset, size) !== 0;
}

/**
 * Writes the frame's `count` words of `size` bytes below `sp` of a stack segment outside 64-bit mode; false = a fault is pending. Limits are the caller's
 * affair where they give another error than #SS(code).
 */
export function storeFrame(p: Processor, base: bigint, attributes: number, limit: number, sp: number, count: number, size: 2 | 4 | 8, rights: number, code: number): boolean {
  const mask = attributes & ATTRIBUTE.DB ? 0xffff_ffff : 0xffff, bytes = count * size;
  const top = ((sp - bytes) & mask) >>> 0;
  if (top + bytes - 1 <= mask) {
    if (!withinLimit(p, attributes, limit, top, bytes)) return p.raise(VECTOR.SS, code);
    return storeAt(p, BigInt.asUintN(32, base + BigInt(top)), bytes, size, rights);
  }
  // The stack pointer wraps within the frame: word by word, none written before all can be.
  for (let pass = 0; pass < 2; pass++) {
    for (let i = 0; i < count; i++) {
      const offset = ((sp - bytes + i * size) & mask) >>> 0, address = BigInt.asUintN(32, base + BigInt(offset));
      if (!withinLimit(p, attributes, limit, offset, size)) return p.raise(VECTOR.SS, code);
      if (pass === 0) {
        if (!p.probe(address, size, rights, true)) return false;
      } else if (!p.write(address, size as 2, size === 2 ? p.frame.getUint16(i * 2, true) : p.frame.getUint32(i * size, true), rights)) return false;
    }
  }
  return true;
}

/**
 * Writes the frame's first `bytes` bytes, words of `size` bytes, at a linear address on a stack; false = a fault is pending. A page fault is at the address of
 * the first word that does not go through, counted from the top down as they are pushed.
 */
export function storeAt(p: Processor, address: bigint, bytes: number, size: 2 | 4 | 8, rights: number): boolean {
  const low = Number(address & 0xfffn);
  for (let at = bytes - size, page = -1; at >= 0; at -= size) {
    if ((low + at) >> 12 === page) continue;
    page = (low + at) >> 12;
    if (!p.probe(address + BigInt(at), size, rights | STACK, true)) return false;
  }
  const host = p.accessWrite(address, bytes, rights | STACK);
  if (host === 0) return false;
  const v = p.view, frame = p.frame;
  let at = 0;
  for (; at + 4 <= bytes; at += 4) v.setUint32(host + at, frame.getUint32(at, true), true);
  if (at < bytes) v.setUint16(host + at, frame.getUint16(at, true), true);
  p.commitWrite();
  return true;
}

/** Pushes the frame's `count` words of `size` bytes on the current stack outside 64-bit mode; rSP moves only where all of it was written. */
export function pushStack(p: Processor, count: number, size: 2 | 4): boolean {
  const attributes = p.attributes(SS), sp = p.gpr32(RSP);
  if (!storeFrame(p, p.base(SS), attributes, p.limit(SS), sp, count, size, CURRENT, 0)) return false;
  setStackPointer(p, sp - count * size, attributes);
  return true;
}

/** Sets the stack pointer as wide as a stack segment outside 64-bit mode says. */
export function setStackPointer(p: Processor, sp: number, attributes: number): void {
  if (attributes & ATTRIBUTE.DB) p.setGpr32(RSP, sp >>> 0);
  else p.view.setUint16(p.state + STATE.gpr.offset + RSP * 8, sp & 0xffff, true);
}

/**
 * Reads `count` words of `size` bytes from the current stack, `distance` bytes above its top, into the frame at word `first`; false = a fault is pending.
 * rSP stays.
 */
export function readStack(p: Processor, distance: number, first: number, count: number, size: 2 | 4 | 8): boolean {
  const bytes = count * size;
  if (p.code64) return copyIn(p, p.gpr(RSP) + BigInt(distance), bytes, first * size);
  const attributes = p.attributes(SS), limit = p.limit(SS), base = p.base(SS);
  const mask = attributes & ATTRIBUTE.DB ? 0xffff_ffff : 0xffff;
  const start = ((p.gpr32(RSP) + distance) & mask) >>> 0;
  if (start + bytes - 1 <= mask) {
    if (!withinLimit(p, attributes, limit, start, bytes)) return p.raise(VECTOR.SS, 0);
    return copyIn(p, BigInt.asUintN(32, base + BigInt(start)), bytes, first * size);
  }
  for (let i = 0; i < count; i++) {
    const offset = ((start + i * size) & mask) >>> 0;
    if (!withinLimit(p, attributes, limit, offset, size)) return p.raise(VECTOR.SS, 0);
    if (!copyIn(p, BigInt.asUintN(32, base + BigInt(offset)), size, (first + i) * size)) return false;
  }
  return true;
}

function copyIn(p: Processor, address: bigint, bytes: number, to: number): boolean {
  const host = p.accessRead(address, bytes, CURRENT | STACK);
  if (host === 0) return false;
  const v = p.view, frame = p.frame;
  for (let i = 0; i < bytes; i += 2) frame.setUint16(to + i, v.getUint16(host + i, true), true);
  return true;
}

/** A word of the frame, at most 32 bits of it. */
export function word(p: Processor, index: number, size: 2 | 4 | 8): number {
  return size === 2 ? p.frame.getUint16(index * 2, true) : p.frame.getUint32(index * size, true);
}
/** A whole word of the frame. */
export function wordBig(p: Processor, index: number, size: 2 | 4 | 8): bigint {
  return size === 8 ? p.frame.getBigUint64(index * 8, true) : BigInt(word(p, index, size));
}
/** Adds to the stack pointer, as wide as the current stack is. */
export function releaseStack(p: Processor, bytes: number): void {
  if (p.code64) p.setGpr(RSP, p.gpr(RSP) + BigInt(bytes));
  else setStackPointer(p, p.gpr32(RSP) + bytes, p.attributes(SS));
}
