import { ATTRIBUTE } from "../state/state.ts";
import { fetchDescriptor, isNull, selectorCode, setAccessed, type Descriptor } from "./descriptor.ts";
import type { Processor } from "./processor.ts";
import { FS, SS, VECTOR } from "./registers.ts";

/** What a null selector leaves: SVM keeps such segments as attributes 0; the bit says that no access is allowed. */
const UNUSABLE: number = ATTRIBUTE.unusable;
/** Attributes of every segment in virtual-8086 mode: present, DPL 3, writable, accessed. */
const VIRTUAL = 0xf3;

/** Loads a segment register as real-address mode does: the base follows from the selector, limit and attributes stay. */
export function loadReal(p: Processor, segment: number, selector: number): void {
  p.setSegment(segment, selector, BigInt(selector << 4), p.limit(segment), (p.attributes(segment) & ~UNUSABLE) | ATTRIBUTE.P | ATTRIBUTE.S);
}
/** Loads a segment register as virtual-8086 mode does. */
export function loadVirtual(p: Processor, segment: number, selector: number): void {
  p.setSegment(segment, selector, BigInt(selector << 4), 0xffff, VIRTUAL);
}
/** Loads a null selector into a data segment register; base and limit become zero, as on processors from family 17h, model 30h on. */
export function loadNull(p: Processor, segment: number, selector: number): void { p.setSegment(segment, selector, 0n, 0, UNUSABLE); }
/** Loads a segment register from its descriptor. */
export function loadDescriptor(p: Processor, segment: number, selector: number, d: Descriptor): void {
  p.setSegment(segment, selector, d.base, d.limit, d.attributes);
}

/**
 * Loads ES, SS, DS, FS or GS: MOV, POP and the load-pointer instructions. False = a fault is pending and nothing changed. SDM vol. 2B, "MOV—Move"
 * (loading a segment register); `updateMode` is included.
 */
export function loadSegment(p: Processor, segment: number, selector: number): boolean {
  if (p.realMode) loadReal(p, segment, selector);
  else if (p.virtual8086) loadVirtual(p, segment, selector);
  else if (segment === SS ? !loadStack(p, selector) : !loadData(p, segment, selector)) return false;
  // Nothing that is derived depends on FS and GS: kernels load them at every entry.
  if (segment < FS) p.updateMode();
  return true;
}

function loadStack(p: Processor, selector: number): boolean {
  const cpl = p.cpl;
  if (isNull(selector)) {
    // A null SS is allowed in 64-bit mode below CPL 3, its RPL being the CPL.
    if (!p.code64 || cpl === 3 || (selector & 3) !== cpl) return p.raise(VECTOR.GP, 0);
    p.setSegment(SS, selector, 0n, 0, UNUSABLE | (cpl << ATTRIBUTE.DPL_SHIFT));
    return true;
  }
  const d = p.stackDescriptor;
  if (!fetchDescriptor(p, d, selector, VECTOR.GP, 0)) return false;
  if ((selector & 3) !== cpl || !d.writable || d.dpl !== cpl) return p.raise(VECTOR.GP, selectorCode(selector, 0));
  if (!d.present) return p.raise(VECTOR.SS, selectorCode(selector, 0));
  if (!setAccessed(p, d)) return false;
  loadDescriptor(p, SS, selector, d);
  return true;
}

function loadData(p: Processor, segment: number, selector: number): boolean {
  if (isNull(selector)) {
    loadNull(p, segment, selector);
    return true;
  }
  const d = p.dataDescriptor;
  if (!fetchDescriptor(p, d, selector, VECTOR.GP, 0)) return false;
  if (!d.readable) return p.raise(VECTOR.GP, selectorCode(selector, 0));
  // Data and nonconforming code: not from a lesser privilege, neither the program's nor the selector's.
  if (!d.conforming && d.dpl < Math.max(p.cpl, selector & 3)) return p.raise(VECTOR.GP, selectorCode(selector, 0));
  if (!d.present) return p.raise(VECTOR.NP, selectorCode(selector, 0));
  if (!setAccessed(p, d)) return false;
  loadDescriptor(p, segment, selector, d);
  return true;
}
