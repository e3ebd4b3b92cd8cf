import { OP, type Emitter, type ModuleWriter } from "@ringzero/wasm";
import { OPERATION, PSEUDO } from "../../decode/operation.ts";
import { STATE } from "../../state/state.ts";
import type { FusedCases } from "./fused-pairs.ts";

const S = 0, P = 1, NEXT = 2;

/**
 * Executes single operations while the budget lasts: the exact end of a slice, single steps. Each is copied to a place of its own,
 * followed by a link, so that the loop stops behind it.
 */
export function writeStep(w: ModuleWriter, e: Emitter, parts: { readonly step: number; readonly lookup: number; readonly run: number; readonly cases: number; readonly fused: readonly FusedCases[] }): void {
  e.reset();
  const load = (local: number, op: number, offset: number): void => { e.localGet(local); e.memory(op, offset); };
  const copy = STATE.stepOperations.offset, link = copy + OPERATION.bytes;
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
  e.localGet(S); load(P, OP["i64.load"], 0); e.memory(OP["i64.store"], copy);
  e.localGet(S); load(P, OP["i64.load"], 8); e.memory(OP["i64.store"], copy + 8);
  // Of a sequence only the first: numbers of sequences with one first are neighbours.
  load(P, OP["i32.load16_u"], OPERATION.handler); e.localSet(NEXT);
  const firstFused = PSEUDO.count + parts.cases;
  e.localGet(NEXT); e.i32Const(firstFused); e.op(OP["i32.sub"]); e.i32Const(parts.fused.length); e.op(OP["i32.lt_u"]);
  e.if();
  parts.fused.forEach(([first], i) => {
    if (parts.fused[i + 1]?.[0] === first) return;
    e.localGet(NEXT); e.i32Const(firstFused + i); e.op(OP["i32.le_u"]);
    e.if();
    e.localGet(S); e.i32Const(PSEUDO.count + first!); e.memory(OP["i32.store16"], copy + OPERATION.handler);
    e.br(1);
    e.end();
  });
  e.end();
  // The link: to the offset behind the operation.
  load(P, OP["i32.load16_u"], OPERATION.place); e.i32Const(0xfff); e.op(OP["i32.and"]);
  load(P, OP["i32.load16_u"], OPERATION.place); e.i32Const(12); e.op(OP["i32.shr_u"]); e.op(OP["i32.add"]); e.localSet(NEXT);
  e.localGet(S); e.i32Const(PSEUDO.link); e.memory(OP["i32.store16"], link + OPERATION.handler);
  e.localGet(S); e.localGet(NEXT); e.i32Const(0xfff); e.op(OP["i32.and"]); e.memory(OP["i32.store16"], link + OPERATION.place);
  e.localGet(S); e.localGet(NEXT); e.memory(OP["i32.store"], link + OPERATION.immediate);
  e.localGet(S); e.localGet(S); e.i32Const(copy); e.op(OP["i32.add"]); e.call(parts.run);
  e.br(0);
  e.end();
  e.end();
  w.body(parts.step, ["i32", "i32"], e);
}
