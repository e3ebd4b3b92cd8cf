import { FPR_STRIDE, SEGMENT, SEGMENT_STRIDE, STATE, VECTOR_STRIDE } from "../state/state.ts";
import { ALL_FLAGS, auxOf, FLAG, flagsOf, STATUS_FLAGS } from "./flags.ts";

const GPRS_BY_NAME = { rax: 0, rcx: 1, rdx: 2, rbx: 3, rsp: 4, rbp: 5, rsi: 6, rdi: 7, r8: 8, r9: 9, r10: 10, r11: 11, r12: 12, r13: 13, r14: 14, r15: 15 } as const;
/** General registers by number. */
export const GPR: { readonly [N in keyof typeof GPRS_BY_NAME]: (typeof GPRS_BY_NAME)[N] } = GPRS_BY_NAME;
const SREGS_BY_NAME = { es: 0, cs: 1, ss: 2, ds: 3, fs: 4, gs: 5 } as const;
/** Segment registers by number. */
export const SREG: { readonly [N in keyof typeof SREGS_BY_NAME]: (typeof SREGS_BY_NAME)[N] } = SREGS_BY_NAME;

const GPRS = 16, SREGS = 6;
/** The parts of the state block that are a program's own: general registers; rIP to the segment registers; x87, SSE and AVX state. */
const PARTS: readonly (readonly [from: number, to: number])[] = [
  [STATE.gpr.offset, STATE.gpr.offset + GPRS * 8],
  [STATE.rip.offset, STATE.segments.offset + SREGS * SEGMENT_STRIDE],
  [STATE.mxcsr.offset, STATE.vector.offset + GPRS * VECTOR_STRIDE],
];
/** Bytes of a saved register context: as long as the state block up to its last part, so that both have one layout. */
export const CONTEXT_BYTES: number = STATE.vector.offset + GPRS * VECTOR_STRIDE;

/** Copies a program's registers between a state block and a saved context, or between two of either: by words, whose indexes the bases are. Views of the parts would take longer than the copy. */
export function copyContext(from: Uint32Array, fromBase: number, to: Uint32Array, toBase: number): void {
  for (let part = 0; part < PARTS.length; part++) {
    const [start, end] = PARTS[part]!;
    for (let i = start >>> 2; i < end >>> 2; i++) to[toBase + i] = from[fromBase + i]!;
  }
}

/**
 * A program's registers by name: those that a vCPU works on (`Vcpu.registers`), or a saved context, which is plain data. Numbers are exact up to
 * 2^53, enough for every address and size of a program; `big` has all bits.
 */
export class Registers {
  readonly #live: { readonly view: DataView } | undefined;
  readonly #saved: DataView | undefined;
  readonly #base: number;

  private constructor(live: { readonly view: DataView } | undefined, saved: DataView | undefined, base: number) {
    this.#live = live;
    this.#saved = saved;
    this.#base = base;
  }
  /** Those in a state block: `memory` has the view of linear memory as it is now. @internal */
  static live(memory: { readonly view: DataView }, base: number): Registers { return new Registers(memory, undefined, base); }
  /** Those of a saved context of CONTEXT_BYTES bytes. */
  static of(context: Uint8Array): Registers {
    return new Registers(undefined, new DataView(context.buffer, context.byteOffset, context.byteLength), 0);
  }
  // A private getter is a call of the runtime in V8.
  private get data(): DataView { return this.#saved ?? this.#live!.view; }

  /** The low 32 bits of a general register, unsigned. */
  low(register: number): number { return this.data.getUint32(this.#base + STATE.gpr.offset + register * 8, true); }
  /** The high 32 bits of a general register, unsigned. */
  high(register: number): number { return this.data.getUint32(this.#base + STATE.gpr.offset + register * 8 + 4, true); }
  /** A general register as an unsigned number. */
  number(register: number): number { return this.low(register) + this.high(register) * 0x1_0000_0000; }
  /** A general register, all bits, unsigned. */
  big(register: number): bigint { return this.data.getBigUint64(this.#base + STATE.gpr.offset + register * 8, true); }
  /** Sets a general register: negative numbers are sign-extended to 64 bits. */
  set(register: number, value: number): void {
    const { data } = this, at = this.#base + STATE.gpr.offset + register * 8;
    data.setUint32(at, value, true);
    data.setInt32(at + 4, Math.floor(value / 0x1_0000_0000), true);
  }
  /** Sets all bits of a general register. */
  setBig(register: number, value: bigint): void { this.data.setBigUint64(this.#base + STATE.gpr.offset + register * 8, value, true); }

  /** Instruction pointer. */
  get rip(): number {
    const { data } = this, at = this.#base + STATE.rip.offset;
    return data.getUint32(at, true) + data.getUint32(at + 4, true) * 0x1_0000_0000;
  }
  /** Sets the instruction pointer. */
  set rip(value: number) {
    const { data } = this, at = this.#base + STATE.rip.offset;
    data.setUint32(at, value, true);
    data.setInt32(at + 4, Math.floor(value / 0x1_0000_0000), true);
  }

  /** rFLAGS but for RF. */
  get flags(): number { return flagsOf(this.data, this.#base); }
  /** Sets every flag but RF. */
  set flags(value: number) {
    const { data } = this, at = this.#base;
    data.setBigUint64(at + STATE.flagResult.offset, value & FLAG.ZF ? 0n : 1n, true);
    data.setInt32(at + STATE.flagAux.offset, auxOf(value), true);
    data.setUint32(at + STATE.eflags.offset, (value & ALL_FLAGS & ~(STATUS_FLAGS | FLAG.RF)) | FLAG.fixed, true);
  }

  /** A segment register's visible part. */
  selector(segment: number): number { return this.data.getUint32(this.#segment(segment) + SEGMENT.selector, true); }
  /** A segment's base address. */
  segmentBase(segment: number): number {
    const { data } = this, at = this.#segment(segment);
    return data.getUint32(at, true) + data.getUint32(at + 4, true) * 0x1_0000_0000;
  }
  /** Sets a segment's base address. */
  setSegmentBase(segment: number, base: number): void { this.data.setBigUint64(this.#segment(segment), BigInt(base), true); }
  /** Sets a segment register with its hidden part: base, limit in bytes, attributes in VMCB form (bit 16 = unusable). */
  setSegment(segment: number, selector: number, base: number, limit: number, attributes: number): void {
    const { data } = this, at = this.#segment(segment);
    data.setBigUint64(at, BigInt(base), true);
    data.setUint32(at + SEGMENT.limit, limit, true);
    data.setUint32(at + SEGMENT.attributes, attributes, true);
    data.setUint32(at + SEGMENT.selector, selector, true);
  }
  #segment(segment: number): number { return this.#base + STATE.segments.offset + segment * SEGMENT_STRIDE; }

  /** x87 and SSE as FINIT and RESET of MXCSR leave them: what a new program begins with. */
  initializeFloat(): void {
    const { data } = this, at = this.#base;
    new Uint8Array(data.buffer, data.byteOffset + at + STATE.mxcsr.offset, CONTEXT_BYTES - STATE.mxcsr.offset).fill(0);
    data.setUint32(at + STATE.mxcsr.offset, 0x1f80, true);
    data.setUint16(at + STATE.fcw.offset, 0x37f, true);
  }
  /** The 512 bytes that FXSAVE64 would store. SDM vol. 1, "FXSAVE Area". */
  saveFloat(): Uint8Array {
    const { data } = this, at = this.#base, area = new Uint8Array(512), out = new DataView(area.buffer);
    const fsw = data.getUint16(at + STATE.fsw.offset, true) | (data.getUint8(at + STATE.fc1.offset) << 9), top = (fsw >> 11) & 7;
    out.setUint16(0, data.getUint16(at + STATE.fcw.offset, true), true);
    out.setUint16(2, fsw, true);
    out.setUint8(4, data.getUint8(at + STATE.ftw.offset));
    out.setUint16(6, data.getUint16(at + STATE.fop.offset, true), true);
    out.setBigUint64(8, data.getBigUint64(at + STATE.fip.offset, true), true);
    out.setBigUint64(16, data.getBigUint64(at + STATE.fdp.offset, true), true);
    out.setUint32(24, data.getUint32(at + STATE.mxcsr.offset, true), true);
    out.setUint32(28, 0xffff, true);
    for (let i = 0; i < 8; i++) area.set(this.#bytes(STATE.fpr.offset + ((top + i) & 7) * FPR_STRIDE, 10), 32 + i * 16);
    for (let i = 0; i < GPRS; i++) area.set(this.#bytes(STATE.vector.offset + i * VECTOR_STRIDE, 16), 160 + i * 16);
    return area;
  }
  /** Takes over what `saveFloat` gave; reserved bits of MXCSR are dropped. */
  restoreFloat(area: Uint8Array): void {
    const { data } = this, at = this.#base, from = new DataView(area.buffer, area.byteOffset, 512);
    const fsw = from.getUint16(2, true), top = (fsw >> 11) & 7;
    data.setUint16(at + STATE.fcw.offset, from.getUint16(0, true), true);
    data.setUint16(at + STATE.fsw.offset, fsw & ~0x200, true);
    data.setUint8(at + STATE.fc1.offset, (fsw >> 9) & 1);
    data.setUint8(at + STATE.ftw.offset, from.getUint8(4));
    data.setUint16(at + STATE.fop.offset, from.getUint16(6, true), true);
    data.setBigUint64(at + STATE.fip.offset, from.getBigUint64(8, true), true);
    data.setBigUint64(at + STATE.fdp.offset, from.getBigUint64(16, true), true);
    data.setUint32(at + STATE.mxcsr.offset, from.getUint32(24, true) & 0xffff, true);
    for (let i = 0; i < 8; i++) this.#bytes(STATE.fpr.offset + ((top + i) & 7) * FPR_STRIDE, 10).set(area.subarray(32 + i * 16, 42 + i * 16));
    for (let i = 0; i < GPRS; i++) this.#bytes(STATE.vector.offset + i * VECTOR_STRIDE, 16).set(area.subarray(160 + i * 16, 176 + i * 16));
  }
  #bytes(offset: number, length: number): Uint8Array {
    const { data } = this;
    return new Uint8Array(data.buffer, data.byteOffset + this.#base + offset, length);
  }
}
