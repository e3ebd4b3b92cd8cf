import { ATTRIBUTE } from "../state/state.ts";
import { descriptorAddress, fetchDescriptor, fetchUpper, isNull, selectorCode, setTypeBits, SYSTEM, type Descriptor } from "./descriptor.ts";
import { loadSegment } from "./load-segment.ts";
import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";
import { LDTR, RSP, SS, TR, VECTOR } from "./registers.ts";
import { releaseStack, setStackPointer } from "./stack-frame.ts";

/** MOV to a segment register. Loading SS holds interrupts and debug exceptions off for one instruction. SDM vol. 2B, "MOV—Move". */
function moveSegment(p: Processor, segment: number, selector: number): void {
  if (loadSegment(p, segment, selector) && segment === SS) holdOff(p);
}
/** POP to a segment register; rSP moves where it succeeds. SDM vol. 2B, "POP—Pop a Value From the Stack". */
function popSegment(p: Processor, segment: number, selector: number, bytes: number): void {
  // A new SS has no part in the pop that loads it: the old one says how wide the stack pointer is.
  const attributes = p.attributes(SS), wide = p.code64;
  if (!loadSegment(p, segment, selector)) return;
  if (segment !== SS) releaseStack(p, bytes);
  else if (wide) p.setGpr(RSP, p.gpr(RSP) + BigInt(bytes));
  else setStackPointer(p, p.gpr32(RSP) + bytes, attributes);
  if (segment === SS) holdOff(p);
}
function holdOff(p: Processor): void {
  p.shadow(true);
  if (p.interruptPending || p.nmiPending || p.debugTraps !== 0) p.reload();
}
/** LDS, LES, LFS, LGS, LSS: a segment register and a general register together. SDM vol. 2A, "LDS/LES/LFS/LGS/LSS—Load Far Pointer". */
function loadPointer(p: Processor, segment: number, selector: number, offset: bigint, register: number, bits: number): void {
  if (!loadSegment(p, segment, selector)) return;
  if (bits === 16) p.setGpr(register, (p.gpr(register) & ~0xffffn) | (offset & 0xffffn));
  else if (bits === 32) p.setGpr32(register, Number(offset & 0xffff_ffffn));
  else p.setGpr(register, offset);
}

/** Reads a descriptor without raising for a bad selector: false = there is none, or a fault is pending. */
function peekDescriptor(p: Processor, d: Descriptor, selector: number): boolean {
  if (isNull(selector) || descriptorAddress(p, selector, 8) < 0n) return false;
  return fetchDescriptor(p, d, selector, VECTOR.GP, 0);
}
/** Whether LAR, LSL, VERR and VERW see the segment from here: conforming code, or none of CPL and RPL above its DPL. */
function visible(p: Processor, d: Descriptor, selector: number): boolean { return d.conforming || d.dpl >= Math.max(p.cpl, selector & 3); }

const LAR_TYPES: number = (1 << SYSTEM.tss16) | (1 << SYSTEM.ldt) | (1 << SYSTEM.tss16Busy) | (1 << SYSTEM.callGate16) | (1 << SYSTEM.taskGate) | (1 << SYSTEM.tss32) | (1 << SYSTEM.tss32Busy) | (1 << SYSTEM.callGate32);
const LAR_TYPES_LONG: number = (1 << SYSTEM.ldt) | (1 << SYSTEM.tss32) | (1 << SYSTEM.tss32Busy) | (1 << SYSTEM.callGate32);
const LSL_TYPES: number = (1 << SYSTEM.tss16) | (1 << SYSTEM.ldt) | (1 << SYSTEM.tss16Busy) | (1 << SYSTEM.tss32) | (1 << SYSTEM.tss32Busy);
const LSL_TYPES_LONG: number = (1 << SYSTEM.ldt) | (1 << SYSTEM.tss32) | (1 << SYSTEM.tss32Busy);

/** LAR: the access rights, or -1 where ZF becomes 0. SDM vol. 2A, "LAR—Load Access Rights Byte". */
function lar(p: Processor, selector: number): bigint {
  const d = p.dataDescriptor;
  if (!peekDescriptor(p, d, selector) || !visible(p, d, selector)) return -1n;
  if (!d.segment && (((p.longMode ? LAR_TYPES_LONG : LAR_TYPES) >>> d.type) & 1) === 0) return -1n;
  return BigInt((d.high & 0xff_ff00) >>> 0);
}
/** LSL: the limit in bytes, or -1 where ZF becomes 0. SDM vol. 2A, "LSL—Load Segment Limit". */
function lsl(p: Processor, selector: number): bigint {
  const d = p.dataDescriptor;
  if (!peekDescriptor(p, d, selector) || !visible(p, d, selector)) return -1n;
  if (!d.segment && (((p.longMode ? LSL_TYPES_LONG : LSL_TYPES) >>> d.type) & 1) === 0) return -1n;
  return BigInt(d.limit);
}
/** VERR and VERW: 1 where the segment may be read or written from here. SDM vol. 2C, "VERR/VERW—Verify a Segment for Reading or Writing". */
function verify(p: Processor, selector: number, write: number): number {
  const d = p.dataDescriptor;
  if (!peekDescriptor(p, d, selector) || !d.segment || !visible(p, d, selector)) return 0;
  return Number(write ? d.writable : d.readable);
}

/** LLDT. SDM vol. 2A, "LLDT—Load Local Descriptor Table Register". */
function lldt(p: Processor, selector: number): void {
  if (isNull(selector)) {
    p.setSegment(LDTR, selector, 0n, 0, ATTRIBUTE.unusable);
    return;
  }
  const d = p.dataDescriptor;
  if (!fetchTableDescriptor(p, d, selector)) return;
  if (d.segment || d.type !== SYSTEM.ldt) { p.raise(VECTOR.GP, selectorCode(selector, 0)); return; }
  if (!d.present) { p.raise(VECTOR.NP, selectorCode(selector, 0)); return; }
  p.setSegment(LDTR, selector, d.base64, d.limit, d.attributes);
}
/** LTR: the TSS becomes busy. SDM vol. 2A, "LTR—Load Task Register". */
function ltr(p: Processor, selector: number): void {
  if (isNull(selector)) { p.raise(VECTOR.GP, 0); return; }
  const d = p.taskDescriptor;
  if (!fetchTableDescriptor(p, d, selector)) return;
  if (d.segment || (d.type !== SYSTEM.tss32 && (d.type !== SYSTEM.tss16 || p.longMode))) { p.raise(VECTOR.GP, selectorCode(selector, 0)); return; }
  if (!d.present) { p.raise(VECTOR.NP, selectorCode(selector, 0)); return; }
  if (setTypeBits(p, d, 2)) p.setSegment(TR, selector, d.base64, d.limit, d.attributes);
}
/** The descriptor of an LDT or TSS: in the GDT, of 16 bytes in long mode. */
function fetchTableDescriptor(p: Processor, d: Descriptor, selector: number): boolean {
  if (selector & 4) return p.raise(VECTOR.GP, selectorCode(selector, 0));
  return fetchDescriptor(p, d, selector, VECTOR.GP, 0) && (!p.longMode || fetchUpper(p, d, VECTOR.GP, 0));
}

/** Loads of segment registers and table registers. */
export const SELECTOR_OPERATIONS: OperationFamily = { moveSegment, popSegment, loadPointer, lldt, ltr };
/** Examinations of selectors, with results. */
export const SELECTOR_CALL_OUTS: OperationFamily = { lar, lsl, verify };
