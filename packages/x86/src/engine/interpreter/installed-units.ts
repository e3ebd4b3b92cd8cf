import type { Routine } from "../../ir/routine.ts";
import { HANDLER } from "../../decode/operation.ts";
import type { CallOut, Engine, Exports } from "../engine.ts";
import { HANDLER_EXPORT } from "./handler-unit.ts";
import type { Interpreter, Unit } from "./interpreter.ts";
import { OPERAND_LINEAR } from "./module.ts";

/** The interpreter's own functions and tables besides what every engine has. */
export interface InterpreterExports extends Exports {
  /** Functions of variants, by handler number. */
  readonly handlers: WebAssembly.Table;
  /** Compiled regions. */
  readonly regions: WebAssembly.Table;
  /** The operation at STATE.rip, decoded where it is not yet: its address, or 0 with an event set. */
  lookup(state: number): number;
  /** What a region calls at its end. */
  chain(state: number): number;
}

/** One vCPU's instances of an interpreter's units, made as instructions are first decoded. */
export class InstalledUnits implements Engine {
  readonly exports: InterpreterExports;
  readonly #interpreter: Interpreter;
  readonly #memory: WebAssembly.Memory;
  readonly #out: { readonly [name: string]: CallOut };
  readonly #installed = new Map<Unit, WebAssembly.Exports>();
  readonly #handlers = new Map<number, number>();

  /** `out` has the call-outs by name; a missing one is an Error when an instruction that needs it is first decoded. */
  constructor(interpreter: Interpreter, memory: WebAssembly.Memory, out: { readonly [name: string]: CallOut }) {
    this.#interpreter = interpreter;
    this.#memory = memory;
    this.#out = out;
    this.exports = this.#install(interpreter.base) as unknown as InterpreterExports;
  }

  #install(unit: Unit): WebAssembly.Exports {
    const known = this.#installed.get(unit);
    if (known) return known;
    const out: { [name: string]: CallOut } = {};
    for (const { name } of unit.imports) {
      const f = this.#out[name];
      if (!f) throw new Error(`nothing provides call-out "${name}"`);
      out[name] = f;
    }
    const engine: { [name: string]: WebAssembly.ExportValue } = {};
    for (const r of unit.foreign) engine[r.name] = this.routine(r);
    if (unit === this.#interpreter.base) for (const name of ["decode", "hot"]) out[name] = this.#out[name]!;
    else engine[OPERAND_LINEAR] = this.#install(this.#interpreter.base)[OPERAND_LINEAR]!;
    const { exports } = new WebAssembly.Instance(unit.module, { machine: { memory: this.#memory }, out, engine });
    this.#installed.set(unit, exports);
    return exports;
  }
  /** A routine's function in this vCPU's instances: (state, ...parameters). */
  routine(routine: Routine): WebAssembly.ExportValue { return this.#install(this.#interpreter.unitOf(routine))[routine.name]!; }

  handlerOf(variant: number): number {
    const known = this.#handlers.get(variant);
    if (known !== undefined) return known;
    const { number, unit } = this.#interpreter.handler(variant);
    if (unit) this.exports.handlers.set(number & HANDLER.slot, this.#install(unit)[HANDLER_EXPORT]);
    this.#handlers.set(variant, number);
    return number;
  }
  stops(variant: number): boolean { return this.#interpreter.handler(variant).stops; }
  arrange(view: DataView, at: number, count: number): void { this.#interpreter.arrangement.arrange(view, at, count); }
  alone(view: DataView, at: number): number { return this.#interpreter.arrangement.alone(view, at); }
  isRelative(handler: number): boolean { return this.#interpreter.isRelative(handler); }
}
