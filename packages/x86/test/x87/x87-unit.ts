import { assemble, CpuModel, PlainMemory, Vcpu } from "../../src/index.ts";
import { STATE } from "../../src/state/state.ts";

/** A double extended precision number as it lies in a register. */
export interface Extended { readonly significand: bigint; readonly signExponent: number }

/** Where the code and the operand of instructions lie, in real mode with segments at zero. */
export const CODE = 0x1000, DATA = 0x3000;
const STRIDE = 16, CR0_NE = 0x20n;

export interface StackState {
  /** ST(0) first; those beyond are empty. */
  readonly st: readonly Extended[];
  /** Default 037F. */
  readonly control?: number;
  /** Bits of the status word other than TOP. */
  readonly status?: number;
  /** Physical register of ST(0); default 8 - st.length. */
  readonly top?: number;
}

/** A processor that executes single x87 instructions on given stacks. */
export class X87Unit {
  readonly memory: PlainMemory = new PlainMemory(1);
  readonly #vcpu = new Vcpu({ model: CpuModel.max, memory: this.memory });
  #length = 0;

  constructor() {
    const reset = this.#vcpu.save();
    this.#vcpu.restore({
      ...reset, rip: BigInt(CODE), registers: { ...reset.registers, cr0: 0x10n | CR0_NE }, segments: reset.segments.map((s, i) => (i === 1 ? { ...s, selector: 0, base: 0n } : s)),
    });
  }
  /** The instruction to execute; a memory operand is written `[0x3000]` (DATA). */
  load(source: string): this {
    const { bytes } = assemble(source, { bits: 16, origin: CODE });
    this.#length = bytes.length;
    this.memory.write(CODE, bytes);
    this.#vcpu.dropCaches();
    return this;
  }
  /** Executes the loaded instruction once; false where it raised an exception instead. */
  execute(s: StackState): boolean {
    const p = this.#vcpu.processor, top = s.top ?? 8 - s.st.length;
    const word = ((s.status ?? 0) & ~0x3800) | ((top & 7) << 11);
    p.set(STATE.fcw, s.control ?? 0x37f);
    p.set(STATE.fsw, word & ~0x200);
    p.set(STATE.fc1, (word >> 9) & 1);
    let tags = 0;
    s.st.forEach((v, i) => {
      const register = (top + i) & 7, at = p.state + STATE.fpr.offset + register * STRIDE;
      tags |= 1 << register;
      p.view.setBigUint64(at, v.significand, true);
      p.view.setUint16(at + 8, v.signExponent, true);
    });
    p.set(STATE.ftw, tags);
    return this.executeNext();
  }
  /** Executes the loaded instruction on the state as it is. */
  executeNext(): boolean {
    const p = this.#vcpu.processor;
    p.rip = BigInt(CODE);
    this.#vcpu.run({ instructions: 1 });
    return p.rip === BigInt(CODE + this.#length);
  }
  get status(): number {
    const p = this.#vcpu.processor;
    return p.get(STATE.fsw) | (p.get(STATE.fc1) << 9);
  }
  get control(): number { return this.#vcpu.processor.get(STATE.fcw); }
  /** Bit n: physical register n is not empty. */
  get tags(): number { return this.#vcpu.processor.get(STATE.ftw); }
  /** TOP. */
  get top(): number { return (this.status >> 11) & 7; }
  st(i: number): Extended {
    const p = this.#vcpu.processor, at = p.state + STATE.fpr.offset + ((this.top + i) & 7) * STRIDE;
    return { significand: p.view.getBigUint64(at, true), signExponent: p.view.getUint16(at + 8, true) };
  }
  isEmpty(i: number): boolean { return ((this.tags >> ((this.top + i) & 7)) & 1) === 0; }
  /** Status flags of EFLAGS: CF PF ZF. */
  get flags(): number { return Number(this.#vcpu.save().flags) & 0x45; }
  /** `size` bytes of the operand. */
  data(size: number): Uint8Array { return Uint8Array.from(this.memory.read(DATA, size)); }
  setData(bytes: ArrayLike<number>): void { this.memory.write(DATA, Uint8Array.from(bytes)); }
}

export const show = (v: Extended): string => `${v.signExponent.toString(16).padStart(4, "0")}:${v.significand.toString(16).padStart(16, "0")}`;
