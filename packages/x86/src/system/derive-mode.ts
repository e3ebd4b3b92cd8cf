import { MODE } from "../decode/mode.ts";
import { PAGING } from "../mmu/paging.ts";
import { CONTEXT } from "../mmu/tlb.ts";
import { ATTRIBUTE, SEGMENT, SEGMENT_STRIDE, STATE, TLB_BYTES, TLB_SUPERVISOR, TLB_USER } from "../state/state.ts";
import { deriveUnits } from "./derive-units.ts";
import { FLAG } from "./flags.ts";
import type { Processor } from "./processor.ts";
import { CR0, CR4, CS, DS, EFER, ES, SS } from "./registers.ts";

/** Attribute bits that tell whether a data segment needs no check: present, data, writable, not expand-down, usable. */
const DATA_MASK: number = ATTRIBUTE.unusable | ATTRIBUTE.P | ATTRIBUTE.S | 0xe, DATA_FLAT: number = ATTRIBUTE.P | ATTRIBUTE.S | 0x2;
/** The same for a readable code segment (DS and ES may hold one, but then writes need a check). */
const CODE_MASK: number = ATTRIBUTE.unusable | ATTRIBUTE.P | ATTRIBUTE.S | 0xa, CODE_FLAT: number = ATTRIBUTE.P | ATTRIBUTE.S | 0xa;


/**
 * Derives the run-loop variables from the architectural state: STATE.mode, linearMask, stackMask, slowCode, slowStack, tlb, tlbCode, paging and
 * context. Everything that the decoder and the engines assume is decided here and nowhere else.
 */
export function deriveMode(p: Processor): void {
  const v = p.view, s = p.state;
  const cr0 = v.getUint32(s + STATE.cr0.offset, true), cr4 = v.getUint32(s + STATE.cr4.offset, true);
  const efer = v.getUint32(s + STATE.efer.offset, true), flags = v.getUint32(s + STATE.eflags.offset, true);
  const cs = v.getUint32(s + STATE.segments.offset + CS * SEGMENT_STRIDE + SEGMENT.attributes, true);
  const protectedMode = (cr0 & CR0.PE) !== 0, virtual = (flags & FLAG.VM) !== 0;
  const code64 = (efer & EFER.LMA) !== 0 && (cs & ATTRIBUTE.L) !== 0;
  let mode: number, slowCode = 0, slowStack = 0;
  if (code64) {
    mode = MODE.code64 | MODE.flat;
    v.setInt32(s + STATE.linearMask.offset, -1, true);
    v.setInt32(s + STATE.linearMask.offset + 4, -1, true);
    v.setInt32(s + STATE.stackMask.offset, -1, true);
    v.setInt32(s + STATE.stackMask.offset + 4, -1, true);
  } else {
    const ss = v.getUint32(s + STATE.segments.offset + SS * SEGMENT_STRIDE + SEGMENT.attributes, true);
    mode = cs & ATTRIBUTE.DB ? MODE.code32 : MODE.code16;
    if (!protectedMode || virtual) mode |= MODE.real;
    slowCode = wholeSpace(v, s, CS) ? 0 : 1;
    slowStack = wholeSpace(v, s, SS) && (ss & DATA_MASK) === DATA_FLAT ? 0 : 1;
    // Compiled code takes a flat stack to be a 32-bit one.
    if (!slowCode && !slowStack && (ss & ATTRIBUTE.DB) !== 0 && (cs & CODE_MASK) === CODE_FLAT && flatData(v, s, DS) && flatData(v, s, ES)) mode |= MODE.flat;
    v.setUint32(s + STATE.linearMask.offset, 0xffff_ffff, true);
    v.setUint32(s + STATE.linearMask.offset + 4, 0, true);
    v.setUint32(s + STATE.stackMask.offset, ss & ATTRIBUTE.DB ? 0xffff_ffff : 0xffff, true);
    v.setUint32(s + STATE.stackMask.offset + 4, 0, true);
  }
  const cpl = !protectedMode ? 0 : virtual ? 3 : v.getUint32(s + STATE.cpl.offset, true);
  const tlb = cpl === 3 ? TLB_USER : TLB_SUPERVISOR;
  v.setUint32(s + STATE.cpl.offset, cpl, true);
  v.setUint32(s + STATE.mode.offset, mode, true);
  v.setUint32(s + STATE.slowCode.offset, slowCode, true);
  v.setUint32(s + STATE.slowStack.offset, slowStack, true);
  v.setUint32(s + STATE.tlb.offset, tlb, true);
  v.setUint32(s + STATE.tlbCode.offset, tlb + 2 * TLB_BYTES, true);
  v.setUint32(s + STATE.paging.offset, p.processTable ? PAGING.process : (cr0 & CR0.PG) === 0 ? PAGING.none : efer & EFER.LMA ? PAGING.fourLevel : cr4 & CR4.PAE ? PAGING.pae : PAGING.legacy, true);
  v.setUint32(s + STATE.codePage.offset, 0, true);
  setContext(p, code64, cr4, flags);
  deriveUnits(p);
}

/** STATE.context alone: what EFLAGS.AC changes. SDM vol. 3A, "Determination of Access Rights" (SMAP). */
export function deriveContext(p: Processor): void {
  const v = p.view, s = p.state;
  setContext(p, (v.getUint32(s + STATE.mode.offset, true) & MODE.size) === MODE.code64, v.getUint32(s + STATE.cr4.offset, true), v.getUint32(s + STATE.eflags.offset, true));
}

function setContext(p: Processor, code64: boolean, cr4: number, flags: number): void {
  const v = p.view, s = p.state;
  const checked = flags & FLAG.AC && v.getUint32(s + STATE.cr0.offset, true) & CR0.AM && v.getUint32(s + STATE.cpl.offset, true) === 3;
  // Entries made with AC set must not serve accesses with AC clear; 32-bit addresses must not meet an entry for 4 GiB.
  const context = CONTEXT.base | (code64 ? CONTEXT.wide : 0) | (cr4 & CR4.SMAP && flags & FLAG.AC ? CONTEXT.accessible : 0) | (checked ? CONTEXT.checked : 0) | (p.space << CONTEXT.spaceShift);
  v.setUint32(s + STATE.context.offset, context, true);
}

function wholeSpace(v: DataView, s: number, segment: number): boolean {
  const at = s + STATE.segments.offset + segment * SEGMENT_STRIDE;
  return v.getUint32(at, true) === 0 && v.getUint32(at + SEGMENT.limit, true) === 0xffff_ffff;
}
function flatData(v: DataView, s: number, segment: number): boolean {
  return wholeSpace(v, s, segment) && (v.getUint32(s + STATE.segments.offset + segment * SEGMENT_STRIDE + SEGMENT.attributes, true) & DATA_MASK) === DATA_FLAT;
}
