import { assemble } from "../src/assemble/assemble.ts";
import type { EngineName } from "../src/engine/engine.ts";
import type { Exit } from "../src/exit.ts";
import { CpuModel } from "../src/model/cpu-model.ts";
import { PlainMemory } from "../src/plain-memory.ts";
import { Vcpu, type VcpuOptions } from "../src/vcpu.ts";
import type { VcpuState } from "../src/system/snapshot.ts";

/** Where programs lie, and their stack's end, in the first megabyte. */
export const CODE = 0x1000, STACK = 0x8000, IDT = 0x8000, GDT = 0x8800;
const CODE32 = 0xc9b, DATA32 = 0xc93, CODE16 = 0x9b, DATA16 = 0x93;
/** Segment attributes as the state holds them: descriptor bits 55-52 at 15-12. */
const attributes = (access: number): number => (access & 0xff) | ((access & 0xf00) << 4);

/** A processor with flat segments and no operating system: a program runs at CPL 0 until it halts. */
export class FlatGuest {
  readonly memory: PlainMemory;
  readonly vcpu: Vcpu;
  readonly #start: VcpuState;

  /** @param bits 16 is real mode, 32 protected mode without paging */
  constructor(bits: 16 | 32, mebibytes: number, options: Partial<VcpuOptions> & { engine?: EngineName } = {}) {
    this.memory = new PlainMemory(mebibytes);
    this.vcpu = new Vcpu({ model: CpuModel.max, memory: this.memory, ...options });
    // What runs so short is compiled nevertheless.
    if (this.vcpu.processor.core.jit) this.vcpu.processor.core.jit.threshold = 2;
    const reset = this.vcpu.save(), wide = bits === 32;
    const segment = (i: number): VcpuState["segments"][number] => ({
      selector: wide ? (i === 1 ? 8 : 16) : 0, base: 0n, limit: wide ? 0xffff_ffff : 0xffff, attributes: attributes(i === 1 ? (wide ? CODE32 : CODE16) : wide ? DATA32 : DATA16),
    });
    this.#start = {
      ...reset, rip: BigInt(CODE), flags: 2, gpr: reset.gpr.map((_, i) => (i === 4 ? BigInt(STACK) : 0n)),
      registers: { ...reset.registers, cr0: wide ? 0x33n : 0x32n, cr4: 0x600n, idtrBase: wide ? BigInt(IDT) : 0n, idtrLimit: 0x7ffn, gdtrBase: BigInt(GDT), gdtrLimit: 0x17n },
      segments: reset.segments.map((s, i) => (i < 6 ? segment(i) : s)),
    };
    if (wide) {
      // Null, code, data: what interrupt gates load.
      for (const [i, access] of [0, CODE32, DATA32].entries()) this.memory.writeBig(GDT + i * 8, access ? 0xf_0000_0000_ffffn | (BigInt(access & 0xff) << 40n) | (BigInt(access >> 8) << 52n) : 0n);
    }
  }

  /** Assembles a program to run from CODE on, and points the vector's 32-bit interrupt gate at each named label. */
  load(source: string, bits: 16 | 32, gates: { readonly [vector: number]: string } = {}): void {
    const { bytes, symbols } = assemble(source, { bits, origin: CODE });
    this.memory.write(CODE, bytes);
    for (const [vector, label] of Object.entries(gates)) {
      const at = symbols.get(label)!;
      this.memory.writeBig(IDT + Number(vector) * 8, (at & 0xffffn) | (8n << 16n) | (0x8e00n << 32n) | ((at >> 16n) << 48n));
    }
    this.vcpu.dropCaches();
  }
  /** Starts over at CODE with cleared registers. */
  restart(): void { this.vcpu.restore(this.#start); }
  /** Runs until the program halts. Throws an Error where it does anything else. */
  runToHalt(instructions: number = 1e9): void {
    const exit: Exit = this.vcpu.run({ instructions });
    if (exit.kind !== "halted") throw new Error(`the guest did not halt: ${exit.kind} at ${this.vcpu.save().rip.toString(16)}`);
  }
}
