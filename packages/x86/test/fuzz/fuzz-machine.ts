import type { EngineName } from "../../src/engine/engine.ts";
import type { Exit } from "../../src/exit.ts";
import type { VcpuState } from "../../src/system/snapshot.ts";
import type { Vcpu } from "../../src/vcpu.ts";
import { FlatGuest } from "../flat-guest.ts";
import { AT, BareVcpu, SEL } from "../system/bare-vcpu.ts";
import type { PlainMemory } from "../../src/plain-memory.ts";
import { assemble } from "../../src/index.ts";
import { randomInstruction } from "./random-instruction.ts";
import { Random } from "../random.ts";

/** Where random programs run. */
export const PLACES = ["real mode", "32-bit, CPL 0", "32-bit, CPL 3", "64-bit, CPL 0", "64-bit, CPL 3"] as const;
export type Place = (typeof PLACES)[number];

const CODE_PAGES = 2, DATA_PAGES = 16, HANDLERS = 0xc000, WITH_CODE = new Set([8, 10, 11, 12, 13, 14, 17]);

/** A machine whose exception handlers step over one byte of the instruction and go on. */
export class FuzzMachine {
  readonly vcpu: Vcpu;
  readonly memory: PlainMemory;
  readonly #place: Place;
  readonly #code: number;
  readonly #data: number;
  readonly #start: VcpuState;
  /** Of guest memory, before a program is put in. */
  readonly #image: Uint8Array;

  constructor(place: Place, engine: EngineName) {
    this.#place = place;
    if (place === "real mode") {
      const guest = new FlatGuest(16, 1, { engine });
      [this.vcpu, this.memory, this.#code, this.#data] = [guest.vcpu, guest.memory, 0x1000, 0x4000];
      guest.restart();
      this.memory.write(HANDLERS, assemble("push bp\nmov bp, sp\ninc word [bp + 2]\npop bp\niret", { bits: 16 }).bytes);
      for (let vector = 0; vector < 32; vector++) this.memory.writeNumber(vector * 4, 4, HANDLERS);
    } else {
      const mode = place.startsWith("32") ? 32 : 64, bare = new BareVcpu(mode, { engine });
      [this.vcpu, this.memory, this.#code, this.#data] = [bare.vcpu, bare.memory, AT.code, AT.data];
      if (place.endsWith("3")) bare.toUser();
      const [skip, withCode] = mode === 32 ? ["inc dword [esp]\niretd", "add esp, 4"] : ["inc qword [rsp]\niretq", "add rsp, 8"];
      const { bytes, symbols } = assemble(`withCode: ${withCode}\nplain: ${skip}`, { bits: mode, origin: HANDLERS });
      this.memory.write(HANDLERS, bytes);
      for (let vector = 0; vector < 32; vector++) {
        const at = symbols.get(WITH_CODE.has(vector) ? "withCode" : "plain")!, selector = BigInt(mode === 64 ? SEL.code64 : SEL.code32), gate = (at & 0xffffn) | (selector << 16n) | (0x8e00n << 32n) | ((at >> 16n) << 48n);
        this.memory.writeBig(AT.idt + vector * (mode === 64 ? 16 : 8), gate);
      }
      // The stack for privilege 0; in 32-bit mode with its segment.
      this.memory.writeBig(AT.tss + 4, mode === 64 ? BigInt(AT.stack + 0x8000) : BigInt(AT.stack + 0x8000) | (0x10n << 32n));
      // The tables cannot be written, so that what the TLBs hold is always what they say.
      for (let page = AT.tables >> 12; page < (AT.tables >> 12) + 5; page++) this.memory.writeBig(AT.tables + 0x3000 + page * 8, BigInt(page * 4096 + 5));
    }
    this.#start = this.vcpu.save();
    this.#image = this.memory.read(0, this.memory.size);
  }

  /** Random code, data and registers. The same seed makes the same program. */
  begin(seed: number): void {
    const random = new Random(seed), code = new Uint8Array(CODE_PAGES * 4096 + 16), data = new Uint32Array(DATA_PAGES * 1024);
    for (let at = 0; at < CODE_PAGES * 4096; at += 1 + random.below(8)) randomInstruction(random, code, at);
    for (let i = 0; i < data.length; i++) data[i] = random.next();
    this.memory.write(0, this.#image);
    this.memory.write(this.#code, code.subarray(0, CODE_PAGES * 4096));
    this.memory.write(this.#data, new Uint8Array(data.buffer));
    const near = (): bigint => BigInt(this.#data + random.below(DATA_PAGES * 4096));
    const gpr = this.#start.gpr.map((value, i) => (i === 4 ? value : random.chance(70) ? near() : BigInt(random.next()) * BigInt(random.pick([1, 0x1_0000_0001]))));
    const narrow = this.#place.startsWith("64") ? gpr : gpr.map((v) => BigInt.asUintN(32, v));
    const fpr = new Uint8Array(80), vector = new Uint8Array(512);
    for (const bytes of [fpr, vector]) for (let i = 0; i < bytes.length; i++) bytes[i] = random.next() >>> 9;
    this.vcpu.restore({ ...this.#start, gpr: narrow, fpr, vector, flags: 2 | (random.next() & 0x8d5) });
    this.vcpu.dropCaches();
  }
  /**
   * Executes until the budget is used up or the guest cannot go on; `between` is called between slices. Returns why it ended: "stalled" where the
   * guest's handlers do nothing but fault.
   */
  finish(budget: number, slice: () => number, between: () => void): Exit["kind"] | "stalled" {
    const end = this.vcpu.retired + budget;
    for (let before = -1; this.vcpu.retired < end; between()) {
      if (this.vcpu.retired === before) return "stalled";
      before = this.vcpu.retired;
      const { kind } = this.vcpu.run({ instructions: Math.min(end - before, slice()) });
      if (kind !== "budget") return kind;
    }
    return "budget";
  }
}
