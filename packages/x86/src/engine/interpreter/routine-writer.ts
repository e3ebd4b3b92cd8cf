import type { Emitter, ModuleWriter } from "@ringzero/wasm";
import type { Routine } from "../../ir/routine.ts";
import type { FunctionIndex } from "../lowering.ts";
import { InterpreterLowering } from "./interpreter-lowering.ts";

/** Writes a routine as the WebAssembly function of number `index`: parameters are the state block's address and the routine's own. */
export function writeRoutine(w: ModuleWriter, e: Emitter, index: number, r: Routine, functions: FunctionIndex, operandLinear: number): void {
  e.reset();
  // Where a routine leaves with an event set its results are zeros.
  const zeros = (l: InterpreterLowering): void => {
    for (const t of r.results) {
      if (t.type === "i64") l.e.i64ConstNumber(0);
      else if (t.type === "f32") l.e.f32Const(0);
      else if (t.type === "f64") l.e.f64Const(0);
      else if (t.type === "v128") l.e.v128Const(new Uint8Array(16));
      else l.e.i32Const(0);
    }
    l.e.return();
  };
  const never = (): never => { throw new Error(`routine ${r.name} jumps`); };
  const l = new InterpreterLowering(e, functions, 1 + r.params.length, operandLinear, { leave: zeros, jumped: never, return: (x) => x.e.return() });
  const body = r.body();
  l.begin(body.builder.size);
  body.params.forEach((p, i) => l.bind(p, 1 + i));
  l.statements(body.statements);
  zeros(l);
  w.branchHints(index, l.hintOffsets, l.hintValues);
  w.body(index, l.locals, e);
}
