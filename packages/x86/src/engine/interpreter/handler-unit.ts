import { Emitter, ModuleWriter, OP } from "@ringzero/wasm";
import { OPERATION } from "../../decode/operation.ts";
import type { Routine } from "../../ir/routine.ts";
import type { BuiltVariant } from "../../isa/variants.ts";
import { Callees } from "./callees.ts";
import { InterpreterLowering, type Ending } from "./interpreter-lowering.ts";
import { BASE_ROUTINES, exportRoutines, functionIndex, memoryImport, OPERAND_LINEAR, type UnitBytes } from "./module.ts";
import { writeRoutine } from "./routine-writer.ts";
import { lowerVariant } from "./run-loop.ts";

/** Name under which a unit exports its variant's function. */
export const HANDLER_EXPORT = "handler";

/**
 * Generates the module of one variant outside the loop: its function (state, operation) → next operation or 0, and the routines that it
 * needs and no earlier unit has (`elsewhere`). `built` undefined: only the routines of `extra`.
 */
export function generateUnit(built: BuiltVariant | undefined, extra: readonly Routine[], elsewhere: (r: Routine) => boolean, shared: boolean): UnitBytes {
  const callees = new Callees(elsewhere);
  for (const r of extra) callees.add(r);
  if (built) callees.visit(built.statements);
  // The lowering of memory accesses calls routines that no statement names.
  for (const r of BASE_ROUTINES) callees.add(r);
  const w = new ModuleWriter();
  w.importMemory("machine", "memory", memoryImport(shared));
  const imports = [...callees.imports.values()];
  const callOuts = new Map<string, number>();
  for (const i of imports) callOuts.set(i.name, w.importFunction("out", i.name, w.type(i.params, [i.result])));
  const typeOf = (r: Routine): number => w.type(["i32", ...r.params.map((p) => p.type)], r.results.map((p) => p.type));
  const index = new Map<Routine, number>();
  for (const r of callees.foreign) index.set(r, w.importFunction("engine", r.name, typeOf(r)));
  const operandLinear = w.importFunction("engine", OPERAND_LINEAR, w.type(["i32", "i32", "i64", "i32"], ["i64"]));
  const own = new Map<Routine, number>();
  for (const r of callees.routines) own.set(r, w.declare(typeOf(r), r.name));
  for (const [r, i] of own) index.set(r, i);
  const functions = functionIndex(index, callOuts);
  const e = new Emitter();
  for (const [r, i] of own) writeRoutine(w, e, i, r, functions, operandLinear);
  exportRoutines(w, own);
  if (built) {
    const handler = w.declare(w.type(["i32", "i32"], ["i32"]), built.variant.form.text);
    const leave = (l: InterpreterLowering): void => { l.e.i32Const(0); l.e.return(); };
    const ending: Ending = { leave, jumped: leave, return: () => { throw new Error("return in an instruction"); } };
    e.reset();
    const l = new InterpreterLowering(e, functions, 2, operandLinear, ending);
    lowerVariant(l, built);
    e.localGet(1); e.i32Const(OPERATION.bytes); e.op(OP["i32.add"]);
    w.branchHints(handler, l.hintOffsets, l.hintValues);
    w.body(handler, l.locals, e);
    w.export(HANDLER_EXPORT, "function", handler);
  }
  return { bytes: w.finish(), imports, routines: [...own.keys()], foreign: [...callees.foreign] };
}
