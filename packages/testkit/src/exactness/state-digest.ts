import type { Vcpu } from "@ringzero/x86";
import { segmentField, STATE } from "@ringzero/x86/internals";

/** Byte ranges of the state block; rFLAGS comes beside them. */
export type Registers = readonly (readonly [from: number, to: number])[];
const GENERAL = [STATE.gpr.offset, STATE.gpr.offset + 16 * 8] as const, VECTOR_END = STATE.vector.offset + 16 * 32, SIX_SEGMENTS = 6 * (segmentField(1, "base").offset - segmentField(0, "base").offset);
/** General registers and rIP, and all from the segments to the vector registers. */
export const ALL_REGISTERS: Registers = [GENERAL, [STATE.rip.offset, STATE.rip.offset + 8], [STATE.segments.offset, VECTOR_END]];
/** Those of a program: no system registers, which hold addresses of the kernel's own tables. */
export const PROGRAM_REGISTERS: Registers = [GENERAL, [STATE.rip.offset, STATE.rip.offset + 8], [STATE.segments.offset, STATE.segments.offset + SIX_SEGMENTS], [STATE.mxcsr.offset, VECTOR_END]];

/** A running digest of processor states: 64 bits that depend on every word and on their order. Not against anybody who wants it fooled. */
export class StateDigest {
  #a = 0x811c_9dc5;
  #b = 0x9e37_79b9;
  #words: Uint32Array = new Uint32Array(0);
  readonly #registers: Registers;

  constructor(registers: Registers) {
    this.#registers = registers;
  }
  /** All architectural registers of a vCPU as they are now, and the instructions that it has retired. */
  addRegisters(vcpu: Vcpu): void {
    const { processor: p } = vcpu;
    // Linear memory may have grown.
    p.refresh();
    const { buffer } = p.view, { retired } = vcpu;
    if (this.#words.buffer !== buffer) this.#words = new Uint32Array(buffer);
    for (const [from, to] of this.#registers) for (let at = (p.state + from) >>> 2, end = (p.state + to) >>> 2; at < end; at++) this.add(this.#words[at]!);
    this.add(p.flags);
    this.add(retired);
    this.add(retired / 2 ** 32);
  }
  /** 32 bits. */
  add(word: number): void {
    this.#a = Math.imul((this.#a ^ word) >>> 0, 0x0100_0193);
    this.#b = Math.imul(((this.#b << 7) | (this.#b >>> 25)) ^ word, 0x85eb_ca6b);
  }
  /** What it has come to, in 16 hexadecimal digits. */
  get text(): string { return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join(""); }
  /** The same in 32 bits. */
  get short(): number { return (this.#a ^ this.#b) >>> 0; }
}
