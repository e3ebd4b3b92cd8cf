import { OP, type Emitter, type ModuleWriter } from "@ringzero/wasm";
import { OPERATION, PSEUDO } from "../../decode/operation.ts";
import { STATE } from "../../state/state.ts";
import type { Sequences } from "./arrangement.ts";
import { REGISTER_SEQUENCES } from "./uniform-sequences.ts";
import { UNIFORM } from "./uniform-writer.ts";

const S = 0, P = 1, NEXT = 2;
const COPY = STATE.stepOperations.offset, LINK = COPY + OPERATION.bytes;

/** Copies the operation at P, of which `handler` pushes the number, to a place of its own, followed by a link to what comes after it. Uses NEXT. */
export function writeCopy(e: Emitter, handler: () => void): void {
  const load = (local: number, op: number, offset: number): void => { e.localGet(local); e.memory(op, offset); };
  e.localGet(S); load(P, OP["i64.load"], 0); e.memory(OP["i64.store"], COPY);
  e.localGet(S); load(P, OP["i64.load"], 8); e.memory(OP["i64.store"], COPY + 8);
  e.localGet(S); handler(); e.memory(OP["i32.store16"], COPY + OPERATION.handler);
  load(P, OP["i32.load16_u"], OPERATION.place); e.i32Const(0xfff); e.op(OP["i32.and"]);
  load(P, OP["i32.load16_u"], OPERATION.place); e.i32Const(12); e.op(OP["i32.shr_u"]); e.op(OP["i32.add"]); e.localSet(NEXT);
  e.localGet(S); e.i32Const(PSEUDO.link); e.memory(OP["i32.store16"], LINK + OPERATION.handler);
  e.localGet(S); e.localGet(NEXT); e.i32Const(0xfff); e.op(OP["i32.and"]); e.memory(OP["i32.store16"], LINK + OPERATION.place);
  e.localGet(S); e.localGet(NEXT); e.memory(OP["i32.store"], LINK + OPERATION.immediate);
}

/**
 * Executes single operations while the budget lasts: the exact end of a slice, single steps. Each is copied to a place of its own,
 * followed by a link, so that the loop stops behind it.
 */
export function writeStep(w: ModuleWriter, e: Emitter, parts: { readonly step: number; readonly lookup: number; readonly run: number; readonly cases: number; readonly sequences: Sequences }): void {
  const { fused, uniform } = parts.sequences;
  e.reset();
  const load = (local: number, op: number, offset: number): void => { e.localGet(local); e.memory(op, offset); };
  e.block();
  e.loop();
  load(S, OP["i32.load"], STATE.budget.offset); e.i32Const(0); e.op(OP["i32.le_s"]);
  load(S, OP["i32.load"], STATE.event.offset); e.op(OP["i32.or"]);
  load(S, OP["i32.load"], STATE.attention.offset); e.op(OP["i32.or"]);
  e.brIf(1);
  e.localGet(S); e.call(parts.lookup); e.localTee(P); e.op(OP["i32.eqz"]); e.brIf(1);
  load(P, OP["i32.load16_u"], OPERATION.handler); e.i32Const(PSEUDO.region); e.op(OP["i32.eq"]);
  e.if();
  load(P, OP["i32.load"], OPERATION.displacement); e.localSet(P);
  e.end();
  writeCopy(e, () => load(P, OP["i32.load16_u"], OPERATION.handler));
  load(P, OP["i32.load16_u"], OPERATION.handler); e.localSet(NEXT);
  // Of a sequence only the first: numbers of sequences with one first are neighbours.
  const firstFused = PSEUDO.count + parts.cases;
  e.localGet(NEXT); e.i32Const(firstFused); e.op(OP["i32.sub"]); e.i32Const(fused.length); e.op(OP["i32.lt_u"]);
  e.if();
  fused.forEach(([first], i) => {
    if (fused[i + 1]?.[0] === first) return;
    e.localGet(NEXT); e.i32Const(firstFused + i); e.op(OP["i32.le_u"]);
    e.if();
    e.localGet(S); e.i32Const(PSEUDO.count + first!); e.memory(OP["i32.store16"], COPY + OPERATION.handler);
    e.br(1);
    e.end();
  });
  e.end();
  // Uniform sequences: those that begin with a register operation come first, of which the first is that operation alone.
  const firstUniform = firstFused + fused.length;
  e.localGet(NEXT); e.i32Const(firstUniform); e.op(OP["i32.sub"]); e.i32Const(uniform.length); e.op(OP["i32.lt_u"]);
  e.if();
  e.localGet(S);
  e.i32Const(firstUniform); load(P, OP["i32.load16_u"], UNIFORM.memory.own);
  e.localGet(NEXT); e.i32Const(firstUniform + REGISTER_SEQUENCES); e.op(OP["i32.lt_u"]);
  e.op(OP.select);
  e.memory(OP["i32.store16"], COPY + OPERATION.handler);
  e.end();
  e.localGet(S); e.localGet(S); e.i32Const(COPY); e.op(OP["i32.add"]); e.call(parts.run);
  e.br(0);
  e.end();
  e.end();
  w.body(parts.step, ["i32", "i32"], e);
}
