import { disassemble, type Disassembled, type Vcpu } from "@ringzero/x86";
import type { GuestWalk } from "./guest-walk.ts";

const LONGEST = 15, KEPT = 4096;
const CS = 1;

/** Reads the instruction that a guest is at, and remembers what it has read. */
export class InstructionReader {
  readonly #vcpu: Vcpu;
  readonly #walk: GuestWalk;
  readonly #known = new Map<number, { readonly bytes: Uint8Array; readonly instruction: Disassembled }>();
  readonly #bytes = new Uint8Array(LONGEST);

  /** Reads through a guest's own page tables. */
  constructor(vcpu: Vcpu, walk: GuestWalk) {
    this.#vcpu = vcpu;
    this.#walk = walk;
  }
  /** The instruction at rIP; undefined where no byte of it can be read, or no instruction is there. The vCPU is in the guest's state. */
  read(): Disassembled | undefined {
    const s = this.#vcpu.system, mode = s.codeSize, address = (s.base(CS) + this.#vcpu.registers.rip) >>> 0;
    const length = this.#walk.read(address, this.#bytes, s.get("cpl") === 3);
    if (length === 0) return undefined;
    const key = address * 2 + (mode === 16 ? 1 : 0), known = this.#known.get(key);
    if (known && known.bytes.every((b, i) => i < length && b === this.#bytes[i])) return known.instruction;
    const instruction = disassemble(this.#bytes.subarray(0, length), { mode, address });
    if (!instruction.valid) return undefined;
    if (this.#known.size >= KEPT) this.#known.clear();
    this.#known.set(key, { bytes: this.#bytes.slice(0, instruction.length), instruction });
    return instruction;
  }
}
