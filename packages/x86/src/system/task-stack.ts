import { fetchDescriptor, isNull, selectorCode, SYSTEM } from "./descriptor.ts";
import type { Processor } from "./processor.ts";
import { SUPERVISOR } from "./rights.ts";
import { TR, VECTOR } from "./registers.ts";

/**
 * Finds the stack of an inner privilege level in the TSS: `stackDescriptor` and `innerStackPointer`. False = a fault is pending: #TS for what is wrong with the
 * TSS or the selector, #SS where the segment is not present. SDM vol. 3A, "Stack Switching".
 */
export function findInnerStack(p: Processor, dpl: number, external: number): boolean {
  const wide = (p.attributes(TR) & 8) !== 0, offset = wide ? 4 + dpl * 8 : 2 + dpl * 4, size = wide ? 8 : 4;
  if (offset + size - 1 > p.limit(TR)) return p.raise(VECTOR.TS, selectorCode(p.selector(TR), external));
  const host = p.accessRead(p.base(TR) + BigInt(offset), size, SUPERVISOR);
  if (host === 0) return false;
  const v = p.view;
  p.innerStackPointer = wide ? v.getUint32(host, true) : v.getUint16(host, true);
  const selector = v.getUint16(host + size / 2, true);
  if (isNull(selector)) return p.raise(VECTOR.TS, external);
  const d = p.stackDescriptor;
  if (!fetchDescriptor(p, d, selector, VECTOR.TS, external)) return false;
  if ((selector & 3) !== dpl || d.dpl !== dpl || !d.writable) return p.raise(VECTOR.TS, selectorCode(selector, external));
  if (!d.present) return p.raise(VECTOR.SS, selectorCode(selector, external));
  return true;
}

/** Reads a 64-bit stack pointer from the TSS of long mode: `index` 0 to 2 for RSP0-2, 4 to 10 for IST1-7. -1n = a fault is pending. */
export function readStackPointer(p: Processor, index: number, external: number): bigint {
  const offset = 4 + index * 8;
  if (offset + 7 > p.limit(TR)) { p.raise(VECTOR.TS, selectorCode(p.selector(TR), external)); return -1n; }
  const rsp = p.readBig(p.base(TR) + BigInt(offset), SUPERVISOR);
  if (p.faulted) return -1n;
  if (!canonical(rsp)) { p.raise(VECTOR.SS, external); return -1n; }
  return rsp;
}

/** Whether a 64-bit address is canonical: bits 63 to 47 all equal. */
export function canonical(address: bigint): boolean { return BigInt.asIntN(48, address) === BigInt.asIntN(64, address); }

/** Whether a descriptor is a TSS of the mode that is not busy. */
export function isAvailableTss(p: Processor, type: number): boolean { return type === SYSTEM.tss32 || (type === SYSTEM.tss16 && !p.longMode); }
