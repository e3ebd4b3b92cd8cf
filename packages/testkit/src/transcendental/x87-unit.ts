import { CpuModel, PlainMemory, Vcpu } from "@ringzero/x86";
import { STATE } from "@ringzero/x86/internals";
import type { Extended } from "./exact.ts";

const CODE = 0x1000, STRIDE = 16;

/** A processor that executes single x87 instructions on given stacks. */
export class X87Unit {
  readonly #memory = new PlainMemory(1);
  readonly #vcpu = new Vcpu({ model: CpuModel.max, memory: this.#memory });

  constructor() {
    const reset = this.#vcpu.save();
    this.#vcpu.restore({ ...reset, rip: BigInt(CODE), segments: reset.segments.map((s, i) => (i === 1 ? { ...s, selector: 0, base: 0n } : s)) });
  }
  /** The code of the instructions that follow. */
  load(code: readonly number[]): void {
    this.#memory.write(CODE, code);
    this.#vcpu.dropCaches();
  }

  /** Executes the loaded instruction once with the stack `st` (ST(0) first) and the control word. Throws an Error where it raises an exception. */
  execute(st: readonly Extended[], controlWord: number = 0x37f): void {
    const p = this.#vcpu.processor, top = 8 - st.length;
    p.set(STATE.fcw, controlWord);
    p.set(STATE.fsw, (top & 7) << 11);
    p.set(STATE.ftw, (0xff << top) & 0xff);
    st.forEach((v, i) => {
      const at = p.state + STATE.fpr.offset + (top + i) * STRIDE;
      p.view.setBigUint64(at, v.significand, true);
      p.view.setUint16(at + 8, v.signExponent, true);
    });
    p.rip = BigInt(CODE);
    if (this.#vcpu.run({ instructions: 1 }).kind !== "budget" || p.rip !== BigInt(CODE + 2)) throw new Error("the instruction raised an exception");
  }
  /** The status word. */
  get status(): number { return this.#vcpu.processor.get(STATE.fsw); }
  /** ST(i). */
  st(i: number): Extended {
    const p = this.#vcpu.processor, at = p.state + STATE.fpr.offset + (((this.status >> 11) + i) & 7) * STRIDE;
    return { significand: p.view.getBigUint64(at, true), signExponent: p.view.getUint16(at + 8, true) };
  }
}
