import { requireFeatures } from "@ringzero/wasm";
import type { EngineMemory } from "../decode/code-cache.ts";
import type { Instruction } from "../isa/instruction.ts";
import { TABLES } from "../isa/tables.ts";
import { buildVariant, numberVariants, type BuiltVariant, type VariantTable } from "../isa/variants.ts";
import type { Engine, EngineName, EngineTarget } from "./engine.ts";
import { InstalledUnits } from "./interpreter/installed-units.ts";
import { Interpreter } from "./interpreter/interpreter.ts";
import { Reference } from "./reference/reference.ts";

/** A set of instructions with what is made of it once per process: variants, recorded statements, interpreter. */
export class InstructionSet {
  readonly table: VariantTable;
  #built: (BuiltVariant | undefined)[];
  #interpreters: (Interpreter | undefined)[] = [];
  #placed = new WeakMap<WebAssembly.Memory, number>();

  constructor(instructions: readonly Instruction[]) {
    this.table = numberVariants(instructions);
    this.#built = new Array<BuiltVariant | undefined>(this.table.variants.length).fill(undefined);
  }
  /** A variant's recorded statements. */
  built(variant: number): BuiltVariant { return (this.#built[variant] ??= buildVariant(this.table.variants[variant]!)); }
  /** The interpreter for unshared or shared linear memories; `beneathJit`: the smaller one that executes what is not hot enough to be compiled. */
  interpreter(shared: boolean = false, beneathJit: boolean = false): Interpreter {
    return (this.#interpreters[Number(shared) + 2 * Number(beneathJit)] ??= new Interpreter(this.table, (n) => this.built(n), shared, beneathJit));
  }
  /** What executes the instructions of one vCPU. The JIT's is the interpreter, which its regions are entered from. Throws an Error where WebAssembly lacks what generated code needs. */
  engine(name: EngineName, target: EngineTarget): Engine {
    if (name !== "reference" && this.#interpreters.length === 0) requireFeatures(["SIMD", "tail calls", "bulk memory operations", "sign extension"]);
    return name === "reference" ? new Reference(this, target) : new InstalledUnits(this.interpreter(target.shared, name === "jit"), target.memory.memory, target.out);
  }
  /** Puts the constant tables into a linear memory, once: their address. */
  placeTables(memory: EngineMemory): number {
    let at = this.#placed.get(memory.memory);
    if (at !== undefined) return at;
    const bytes = TABLES.reduce((end, t) => Math.max(end, t.offset + t.bytes.length), 0);
    at = memory.allocate(Math.max(bytes, 1));
    for (const t of TABLES) new Uint8Array(memory.memory.buffer).set(t.bytes, at + t.offset);
    this.#placed.set(memory.memory, at);
    return at;
  }
}
