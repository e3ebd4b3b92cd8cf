import type { ValueType } from "@ringzero/wasm";
import type { Routine } from "../../ir/routine.ts";
import type { Statement } from "../../ir/statement.ts";

/** A call-out or escape that generated code imports from "out", with its WebAssembly types; the state block's address comes first. */
export interface CallOutImport {
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly result: ValueType;
}

/** Collects what statements call: routines, transitively, but for those that are to be had elsewhere; and call-outs. */
export class Callees {
  /** Routines to write, callees before callers or after: WebAssembly does not mind. */
  readonly routines: Routine[] = [];
  /** Routines that `elsewhere` has. */
  readonly foreign = new Set<Routine>();
  readonly imports = new Map<string, CallOutImport>();
  readonly #seen = new Set<Routine>();
  readonly #elsewhere: (routine: Routine) => boolean;
  constructor(elsewhere: (routine: Routine) => boolean = () => false) { this.#elsewhere = elsewhere; }

  add(routine: Routine): void {
    if (this.#elsewhere(routine)) { this.foreign.add(routine); return; }
    if (this.#seen.has(routine)) return;
    this.#seen.add(routine);
    this.routines.push(routine);
    this.visit(routine.body().statements);
  }
  visit(list: readonly Statement[]): void {
    for (const s of list) {
      switch (s.s) {
        case "if": this.visit(s.then); this.visit(s.else); break;
        case "loop": case "repeat": this.visit(s.body); break;
        case "call": this.add(s.routine as Routine); break;
        case "callOut": this.#import(s.name, s.args.map((a) => a.type), s.to?.type ?? "i32"); break;
        case "escape": this.#import(s.name, s.args.map((a) => a.type), "i32"); break;
        default:
      }
    }
  }
  #import(name: string, args: readonly ValueType[], result: ValueType): void {
    const params: ValueType[] = ["i32", ...args];
    const known = this.imports.get(name);
    if (!known) this.imports.set(name, { name, params, result });
    else if (known.params.join() !== params.join() || known.result !== result) throw new Error(`call-out "${name}" is used with different signatures`);
  }
}
