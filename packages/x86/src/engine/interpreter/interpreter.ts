import { HANDLER, PSEUDO } from "../../decode/operation.ts";
import type { Routine } from "../../ir/routine.ts";
import type { Statement } from "../../ir/statement.ts";
import type { BuiltVariant, VariantTable } from "../../isa/variants.ts";
import { Arrangement, type Sequences } from "./arrangement.ts";
import { fusedCases } from "./fused-pairs.ts";
import { generateUnit } from "./handler-unit.ts";
import { isFrequent, isHot, mayBeHot } from "./hot.ts";
import { UNIFORM_SEQUENCES } from "./uniform-sequences.ts";
import { generateBase, type UnitBytes } from "./module.ts";

/** A generated module, compiled: each vCPU has an instance of its own. */
export interface Unit extends UnitBytes {
  readonly module: WebAssembly.Module;
}

/** Where the meaning of a variant is to be found. */
export interface Handler {
  /** Number in decoded operations: see HANDLER. */
  readonly number: number;
  /** Control never reaches the following instruction through this one. */
  readonly stops: boolean;
  /** The module with its function; undefined for cases of the loop. */
  readonly unit: Unit | undefined;
}

function compile(bytes: UnitBytes): Unit {
  return { ...bytes, module: new WebAssembly.Module(bytes.bytes as Uint8Array<ArrayBuffer>) };
}

/**
 * The interpreter's modules, shared by all vCPUs of a process: the base with the loop at once, one small unit for each other variant when
 * it is first decoded. Routines are written once, by the first unit that needs them.
 */
export class Interpreter {
  readonly shared: boolean;
  readonly base: Unit;
  readonly #table: VariantTable;
  readonly #built: (variant: number) => BuiltVariant;
  readonly #handlers: (Handler | undefined)[];
  readonly #unitOf = new Map<Routine, Unit>();
  readonly #byName = new Map<string, Routine>();
  readonly #relative: Uint8Array;
  /** How operations become sequences. */
  readonly arrangement: Arrangement;
  #slot: number;

  /** `shared`: for a shared linear memory. `beneathJit`: for what is not hot enough to be compiled. */
  constructor(table: VariantTable, built: (variant: number) => BuiltVariant, shared: boolean, beneathJit: boolean = false) {
    this.shared = shared;
    this.#table = table;
    this.#built = built;
    this.#handlers = new Array<Handler | undefined>(table.variants.length).fill(undefined);
    const cases: BuiltVariant[] = [];
    const relative: number[] = [PSEUDO.region];
    table.variants.forEach((variant, i) => {
      if (!mayBeHot(variant) || (beneathJit && !isFrequent(variant))) return;
      const b = built(i);
      if (!isHot(b)) return;
      const number = PSEUDO.count + cases.push(b) - 1;
      if (variant.form.operands.some((o) => o.kind === "relative")) relative.push(number);
      this.#handlers[i] = { number, stops: neverFallsThrough(b.statements), unit: undefined };
    });
    // TurboFan's time for the loop grows faster than its length (decision 0004); what sequences are good for, hot code, the JIT compiles.
    const sequences: Sequences = beneathJit ? { fused: [], uniform: [] } : { fused: fusedCases(cases), uniform: UNIFORM_SEQUENCES };
    this.arrangement = new Arrangement(cases, sequences, (handler) => this.isRelative(handler));
    this.#slot = this.arrangement.end;
    if (this.#slot - cases.length + table.variants.length > HANDLER.slot) throw new Error(`${table.variants.length} variants are more than handler numbers`);
    this.#relative = new Uint8Array(this.#slot);
    for (const n of relative) this.#relative[n] = 1;
    this.base = this.#register(compile(generateBase(cases, sequences, this.#slot - cases.length + table.variants.length, shared)));
  }

  #register(unit: Unit): Unit {
    for (const r of unit.routines) {
      const other = this.#byName.get(r.name);
      if (other && other !== r) throw new Error(`two routines are named ${r.name}`);
      this.#byName.set(r.name, r);
      this.#unitOf.set(r, unit);
    }
    return unit;
  }

  /** The handler of a variant, generated where it is asked for for the first time. */
  handler(variant: number): Handler {
    const known = this.#handlers[variant];
    if (known) return known;
    const b = this.#built(variant);
    try {
      const unit = this.#register(compile(generateUnit(b, [], (r) => this.#unitOf.has(r), this.shared)));
      return (this.#handlers[variant] = { number: this.#slot++ | (b.ends ? HANDLER.ends : 0), stops: neverFallsThrough(b.statements), unit });
    } catch (cause) {
      throw new Error(`${this.#table.variants[variant]!.form.text}: ${(cause as Error).message}`, { cause });
    }
  }
  /** Whether operations of a handler cache their jump's target. */
  isRelative(handler: number): boolean { return this.#relative[handler] === 1; }

  /** The unit that has a routine, generated where none has. */
  unitOf(routine: Routine): Unit {
    return this.#unitOf.get(routine) ?? this.#register(compile(generateUnit(undefined, [routine], (r) => this.#unitOf.has(r), this.shared)));
  }
}

function neverFallsThrough(list: readonly Statement[]): boolean {
  const last = list.at(-1);
  return last !== undefined && (last.s === "jump" || last.s === "transfer" || last.s === "jumpRelative" || last.s === "raise");
}
