import { Emitter, ModuleWriter } from "@ringzero/wasm";
import type { Routine } from "../../ir/routine.ts";
import { segmentLinear } from "../../isa/system/segment-check.ts";
import type { BuiltVariant } from "../../isa/variants.ts";
import { resolve, translate } from "../../mmu/access.ts";
import { EXPORTED_ROUTINES } from "../engine.ts";
import type { FunctionIndex } from "../lowering.ts";
import { Callees, type CallOutImport } from "./callees.ts";
import type { Sequences } from "./arrangement.ts";
import { CHAIN, writeChain } from "./chain.ts";
import { writeLookup } from "./lookup.ts";
import { writeOperandLinear } from "./operand-linear.ts";
import { writeRoutine } from "./routine-writer.ts";
import { writeRunLoop } from "./run-loop.ts";
import { writeStep } from "./step.ts";

/** Routines that TypeScript and the lowering of memory accesses call besides those that descriptions name. */
export const BASE_ROUTINES: readonly Routine[] = [...EXPORTED_ROUTINES, resolve];

/** Name under which a unit exports the linear address computation of memory operands. */
export const OPERAND_LINEAR = "operandLinear";

/** What importing modules must say of the linear memory: shared memories name a maximum. */
export function memoryImport(shared: boolean): { readonly minimum: number; readonly maximum?: number; readonly shared: boolean } {
  return shared ? { minimum: 0, maximum: 65536, shared } : { minimum: 0, shared };
}

/** One generated module of the interpreter: bytes, what it imports, and the routines it exports by name. */
export interface UnitBytes {
  readonly bytes: Uint8Array;
  readonly imports: readonly CallOutImport[];
  readonly routines: readonly Routine[];
  /** Routines imported from units written before. */
  readonly foreign: readonly Routine[];
}

/** A number for each routine and call-out, in the module being written. */
export function functionIndex(routines: ReadonlyMap<Routine, number>, callOuts: ReadonlyMap<string, number>): FunctionIndex {
  const get = <K>(map: ReadonlyMap<K, number>, key: K, name: string): number => {
    const i = map.get(key);
    if (i === undefined) throw new Error(`${name} was not collected`);
    return i;
  };
  return { routine: (r) => get(routines, r, `routine ${r.name}`), callOut: (name) => get(callOuts, name, `call-out ${name}`) };
}

/**
 * Generates the interpreter's base: the loop over decoded operations with the hottest variants as cases of its br_table, operation
 * lookup and the memory routines. All other variants are reached through the table `handlers`, which holds `slots` functions and is
 * filled as instructions are first decoded.
 */
export function generateBase(cases: readonly BuiltVariant[], sequences: Sequences, slots: number, shared: boolean): UnitBytes {
  const callees = new Callees();
  for (const r of BASE_ROUTINES) callees.add(r);
  for (const b of cases) callees.visit(b.statements);
  const w = new ModuleWriter();
  const imports = [...callees.imports.values()];
  w.importMemory("machine", "memory", memoryImport(shared));
  const callOuts = new Map<string, number>();
  for (const i of imports) callOuts.set(i.name, w.importFunction("out", i.name, w.type(i.params, [i.result])));
  const decode = w.importFunction("out", "decode", w.type(["i32"], ["i32"]));
  const hot = w.importFunction("out", "hot", w.type(["i32"], ["i32"]));
  const routines = new Map<Routine, number>();
  for (const r of callees.routines) routines.set(r, w.declare(w.type(["i32", ...r.params.map((p) => p.type)], r.results.map((p) => p.type)), r.name));
  const operandLinear = w.declare(w.type(["i32", "i32", "i64", "i32"], ["i64"]), OPERAND_LINEAR);
  const lookup = w.declare(w.type(["i32"], ["i32"]), "lookup");
  const chain = w.declare(w.type(["i32"], ["i32"]), CHAIN);
  const loop = w.declare(w.type(["i32", "i32"], []), "loop");
  const run = w.declare(w.type(["i32"], []), "run");
  const step = w.declare(w.type(["i32"], []), "step");
  const handlers = w.table({ minimum: slots });
  const regions = w.table({ minimum: 64 });
  const functions = functionIndex(routines, callOuts);
  const handlerType = w.type(["i32", "i32"], ["i32"]);
  const e = new Emitter();

  for (const [r, index] of routines) writeRoutine(w, e, index, r, functions, operandLinear);
  writeOperandLinear(w, e, operandLinear, functions.routine(segmentLinear));
  writeLookup(w, e, lookup, { decode, translate: functions.routine(translate) });
  writeChain(w, e, chain, { lookup, hot, regions, regionType: handlerType });
  writeRunLoop(w, e, { run: loop, lookup, handlers, handlerType, regions, regionType: handlerType, functions, operandLinear, cases, sequences });
  e.reset();
  e.localGet(0); e.i32Const(0); e.call(loop);
  w.body(run, [], e);
  writeStep(w, e, { step, lookup, run: loop, cases: cases.length, sequences });

  w.export("run", "function", run);
  w.export("step", "function", step);
  w.export("lookup", "function", lookup);
  w.export(CHAIN, "function", chain);
  w.export("handlers", "table", handlers);
  w.export("regions", "table", regions);
  w.export(OPERAND_LINEAR, "function", operandLinear);
  exportRoutines(w, routines);
  return { bytes: w.finish(), imports, routines: [...routines.keys()], foreign: [] };
}

/** Exports routines by name: later units, compiled regions and TypeScript import them. */
export function exportRoutines(w: ModuleWriter, routines: ReadonlyMap<Routine, number>): void {
  const names = new Set<string>();
  for (const [r, index] of routines) {
    if (names.has(r.name)) throw new Error(`two routines are named ${r.name}`);
    names.add(r.name);
    w.export(r.name, "function", index);
  }
}
