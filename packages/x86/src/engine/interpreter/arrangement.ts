import { ADDRESS, OPERATION, PSEUDO } from "../../decode/operation.ts";
import type { GprRef } from "../../ir/statement.ts";
import type { BuiltVariant } from "../../isa/variants.ts";
import { GPR_ZERO } from "../../state/state.ts";
import type { FusedCases } from "./fused-pairs.ts";
import { LONGEST_SEQUENCE, REGISTER_SEQUENCES } from "./uniform-sequences.ts";
import { uniformOperation, type UniformKind, type UniformOperation } from "./uniform-operation.ts";
import { UNIFORM } from "./uniform-writer.ts";

/** Sequences that have a dispatch of their own, in order of their handlers' numbers. */
export interface Sequences {
  readonly fused: readonly FusedCases[];
  /** UNIFORM_SEQUENCES, or none. */
  readonly uniform: readonly (readonly UniformKind[])[];
}

/** More than handler numbers. */
const FUSED_STRIDE = 0x1_0000;
/** Operations between branches below which uniform ones keep handlers of their own: those are faster where the dispatch is predicted, as it is in short loops. */
const LONG_STRETCH = 16;
/** Slot of `gpr` that takes results which nobody wants. */
const GPR_NOWHERE = 19;

/** Joins decoded operations to sequences with one dispatch, by their handlers' numbers. */
export class Arrangement {
  /** Handlers of sequences by handler of what comes before × FUSED_STRIDE + handler of the last. */
  readonly #fused = new Map<number, number>();
  /** What a handler's operations are as uniform ones, by its number. */
  readonly #uniform: (UniformOperation | undefined)[] = [];
  /** Numbers of uniform sequences by their kinds. */
  readonly #sequences: ReadonlyMap<string, number>;
  /** First operation's handler by a fused sequence's number less #firstFused. */
  readonly #firsts: readonly number[];
  readonly #firstFused: number;
  readonly #firstUniform: number;
  readonly #isRelative: (handler: number) => boolean;
  /** The number after the last sequence's. */
  readonly end: number;

  /** `cases` are numbered from PSEUDO.count on, then come the fused sequences, then the uniform ones. */
  constructor(cases: readonly BuiltVariant[], { fused, uniform }: Sequences, isRelative: (handler: number) => boolean) {
    this.#isRelative = isRelative;
    this.#firstFused = PSEUDO.count + cases.length;
    this.#firstUniform = this.#firstFused + fused.length;
    this.end = this.#firstUniform + uniform.length;
    const numbers = new Map(fused.map((sequence, i) => [sequence.join(), this.#firstFused + i]));
    for (const sequence of fused) {
      const before = sequence.length > 2 ? numbers.get(sequence.slice(0, -1).join())! : PSEUDO.count + sequence[0]!;
      this.#fused.set(before * FUSED_STRIDE + PSEUDO.count + sequence.at(-1)!, numbers.get(sequence.join())!);
    }
    this.#firsts = fused.map(([first]) => PSEUDO.count + first!);
    if (uniform.length > 0) cases.forEach((b, i) => { this.#uniform[PSEUDO.count + i] = uniformOperation(b); });
    this.#sequences = new Map(uniform.map((kinds, i) => [kinds.join(), this.#firstUniform + i]));
  }

  /** The handler that carries out the operation at `at` and no other. */
  alone(view: DataView, at: number): number {
    const handler = view.getUint16(at + OPERATION.handler, true);
    if (handler < this.#firstFused || handler >= this.end) return handler;
    if (handler < this.#firstUniform) return this.#firsts[handler - this.#firstFused]!;
    return handler < this.#firstUniform + REGISTER_SEQUENCES ? this.#firstUniform : view.getUint16(at + UNIFORM.memory.own, true);
  }

  /** Arranges the `count` operations at `at`, each of which has its own handler. */
  arrange(view: DataView, at: number, count: number): void {
    for (let from = 0; from < count;) {
      let to = from;
      while (to < count && !this.#isRelative(view.getUint16(at + to * OPERATION.bytes, true))) to++;
      const end = Math.min(to + 1, count), long = end - from >= LONG_STRETCH;
      while (from < end) {
        let stretch = 0;
        while (long && this.#uniformAt(view, at + (from + stretch) * OPERATION.bytes)) stretch++;
        if (stretch >= 2) this.#stretch(view, at + from * OPERATION.bytes, stretch);
        from = stretch >= 2 ? from + stretch : this.#pairs(view, at, from, count, long ? from + 1 : end);
      }
    }
  }
  /** The uniform operation at `op`; undefined where it is none, or its address needs care. */
  #uniformAt(view: DataView, op: number): UniformOperation | undefined {
    const u = this.#uniform[view.getUint16(op + OPERATION.handler, true)];
    return u && (u.kind === "register" || !(view.getUint8(op + OPERATION.m) & ADDRESS.slow)) ? u : undefined;
  }
  /** Cuts uniform operations into sequences. */
  #stretch(view: DataView, at: number, count: number): void {
    const kinds = Array.from({ length: count }, (_, i) => this.#prepare(view, at + i * OPERATION.bytes));
    for (let i = 0; i < count;) {
      const n = Math.min(LONGEST_SEQUENCE, count - i);
      if (n > 1) view.setUint16(at + i * OPERATION.bytes, this.#sequences.get(kinds.slice(i, i + n).join())!, true);
      i += n;
    }
  }
  /** Puts a uniform operation's constants into it. */
  #prepare(view: DataView, op: number): string {
    const own = view.getUint16(op + OPERATION.handler, true), u = this.#uniform[own]!;
    const f = u.kind === "register" ? UNIFORM.register : UNIFORM.memory;
    view.setInt8(op + f.invert, u.invert);
    view.setUint8(op + f.select, u.select);
    if (u.kind === "register") {
      const slot = (ref: GprRef | undefined, none: number): number => (!ref ? none * 8 : ref.kind === "fixed" ? ref.number * 8 : view.getUint8(op + (ref.field === "a" ? OPERATION.a : OPERATION.b)));
      view.setUint8(op + UNIFORM.register.first, slot(u.first, GPR_ZERO));
      view.setUint8(op + UNIFORM.register.second, slot(u.second, GPR_ZERO));
      view.setUint8(op + UNIFORM.register.destination, slot(u.destination, GPR_NOWHERE));
    } else view.setUint16(op + UNIFORM.memory.own, own, true);
    return u.kind;
  }
  /** Fuses pairs from operation `from` on while they begin before `to`: the first that is in none. */
  #pairs(view: DataView, at: number, from: number, count: number, to: number): number {
    let head = from, handler = view.getUint16(at + head * OPERATION.bytes, true), i = from + 1;
    for (; i < count; i++) {
      const own = view.getUint16(at + i * OPERATION.bytes, true), fused = this.#fused.get(handler * FUSED_STRIDE + own);
      if (fused) { view.setUint16(at + head * OPERATION.bytes, fused, true); handler = fused; continue; }
      if (i >= to) break;
      head = i; handler = own;
    }
    return i;
  }
}
