import { ATTRIBUTE, STATE } from "../state/state.ts";
import type { Processor } from "./processor.ts";
import { SUPERVISOR } from "./rights.ts";
import { LDTR, VECTOR } from "./registers.ts";

/** Types of system descriptors. SDM vol. 3A, "System-Segment and Gate-Descriptor Types". */
export const SYSTEM = { tss16: 1, ldt: 2, tss16Busy: 3, callGate16: 4, taskGate: 5, interruptGate16: 6, trapGate16: 7, tss32: 9, tss32Busy: 11, callGate32: 12, interruptGate32: 14, trapGate32: 15 } as const;

/** A selector is null where its index and table bit are zero. */
export const isNull = (selector: number): boolean => (selector & 0xfffc) === 0;
/** An error code that names a selector. */
export const selectorCode = (selector: number, external: number): number => (selector & 0xfffc) | external;

/** A segment or gate descriptor as read from its table. Reused: the processor has a few of them, so that reading one makes no garbage. */
export class Descriptor {
  selector = 0;
  /** Linear address that it was read from. */
  address = 0n;
  low = 0;
  high = 0;
  /** Third doubleword of a 16-byte system descriptor: bits 63-32 of its base or offset. */
  upper = 0;

  get present(): boolean { return (this.high & 0x8000) !== 0; }
  get dpl(): number { return (this.high >>> 13) & 3; }
  /** Code or data segment, not a system descriptor. */
  get segment(): boolean { return (this.high & 0x1000) !== 0; }
  /** The type field, 4 bits. */
  get type(): number { return (this.high >>> 8) & 15; }
  get code(): boolean { return (this.high & 0x1800) === 0x1800; }
  get conforming(): boolean { return (this.high & 0x1c00) === 0x1c00; }
  /** Writable data. */
  get writable(): boolean { return (this.high & 0x1a00) === 0x1200; }
  /** Data, or code that may be read. */
  get readable(): boolean { return (this.high & 0x1000) !== 0 && (this.high & 0xa00) !== 0x800; }
  /** L: 64-bit code. */
  get wide(): boolean { return (this.high & 0x20_0000) !== 0; }
  /** D or B. */
  get big(): boolean { return (this.high & 0x40_0000) !== 0; }
  /** Base of 32 bits. */
  get base32(): number { return ((this.high & 0xff00_0000) | ((this.high & 0xff) << 16) | (this.low >>> 16)) >>> 0; }
  get base(): bigint { return BigInt(this.base32); }
  /** Base with the upper half of a 16-byte descriptor. */
  get base64(): bigint { return (BigInt(this.upper) << 32n) | BigInt(this.base32); }
  /** Limit in bytes. */
  get limit(): number {
    const limit = (this.high & 0xf_0000) | (this.low & 0xffff);
    return this.high & 0x80_0000 ? ((limit << 12) | 0xfff) >>> 0 : limit;
  }
  /** Attributes in VMCB form, as STATE.segments keeps them. */
  get attributes(): number { return (this.high >>> 8) & 0xf0ff; }
  /** Number of the interrupt stack that a gate of long mode asks for, 0 = none. */
  get ist(): number { return this.high & 7; }
  /** A gate's target selector and offset (32 bits). */
  get gateSelector(): number { return this.low >>> 16; }
  get gateOffset(): number { return ((this.high & 0xffff_0000) | (this.low & 0xffff)) >>> 0; }
}

/**
 * Reads the descriptor of a selector that is not null. Beyond its table's limit `vector`(selector) is raised; false = a fault is pending.
 * SDM vol. 3A, "Segment Selectors".
 */
export function fetchDescriptor(p: Processor, d: Descriptor, selector: number, vector: number, external: number): boolean {
  const at = descriptorAddress(p, selector, 8);
  if (at < 0n) return p.raise(vector, selectorCode(selector, external));
  const host = p.accessRead(at, 8, SUPERVISOR);
  if (host === 0) return false;
  const v = p.view;
  d.selector = selector;
  d.address = at;
  d.low = v.getUint32(host, true);
  d.high = v.getUint32(host + 4, true);
  d.upper = 0;
  return true;
}

/** Linear address of the descriptor of a selector, of which `size` bytes must lie within the table; -1n where they do not. */
export function descriptorAddress(p: Processor, selector: number, size: number): bigint {
  const offset = selector & 0xfff8;
  if (selector & 4) {
    if (p.attributes(LDTR) & ATTRIBUTE.unusable || offset + size - 1 > p.limit(LDTR)) return -1n;
    return p.base(LDTR) + BigInt(offset);
  }
  return offset + size - 1 > p.get(STATE.gdtrLimit) ? -1n : p.getBig(STATE.gdtrBase) + BigInt(offset);
}

/** Reads the second half of a 16-byte system descriptor (long mode); its type bits must be zero. APM vol. 2, "System Descriptors". */
export function fetchUpper(p: Processor, d: Descriptor, vector: number, external: number): boolean {
  if (descriptorAddress(p, d.selector, 16) < 0n) return p.raise(vector, selectorCode(d.selector, external));
  const host = p.accessRead(d.address + 8n, 8, SUPERVISOR);
  if (host === 0) return false;
  d.upper = p.view.getUint32(host, true);
  if (p.view.getUint32(host + 4, true) & 0x1f00) return p.raise(vector, selectorCode(d.selector, external));
  return true;
}

/** Sets bits in the descriptor's type byte in memory (accessed, busy), where they are not set yet. */
export function setTypeBits(p: Processor, d: Descriptor, bits: number): boolean {
  if (((d.high >>> 8) & bits) === bits) return true;
  const host = p.accessModify(d.address + 5n, 1, SUPERVISOR);
  if (host === 0) return false;
  p.view.setUint8(host, p.view.getUint8(host) | bits);
  p.commitWrite();
  d.high |= bits << 8;
  return true;
}

/** Sets the accessed bit of a code or data segment. */
export function setAccessed(p: Processor, d: Descriptor): boolean { return setTypeBits(p, d, 1); }

/** Clears a TSS descriptor's busy bit in memory. */
export function clearBusy(p: Processor, selector: number): boolean {
  const at = descriptorAddress(p, selector, 8);
  if (at < 0n) return p.raise(VECTOR.TS, selectorCode(selector, 0));
  const host = p.accessModify(at + 5n, 1, SUPERVISOR);
  if (host === 0) return false;
  p.view.setUint8(host, p.view.getUint8(host) & ~2);
  p.commitWrite();
  return true;
}
