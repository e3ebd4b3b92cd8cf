import { OP, type Emitter, type ModuleWriter } from "@ringzero/wasm";
import { MAX_RUN, OPERATION, PSEUDO } from "../../decode/operation.ts";
import { STATE } from "../../state/state.ts";

/** Name under which the base exports the chain: compiled regions end in a call of it. */
export const CHAIN = "chain";
/** Name of the table of regions. */
export const REGIONS = "regions";

/**
 * Where regions leave to code that is not compiled: u16 counters by operation, in a table at STATE.hotness (two operations may share one). A counter that reaches
 * `threshold` asks for compilation.
 */
export const HOTNESS = { counters: 1 << 14, threshold: 1024 } as const;

/** Function, type and table numbers that the chain refers to. */
export interface ChainParts {
  readonly lookup: number;
  /** TypeScript's: compiles what starts at STATE.rip. */
  readonly hot: number;
  readonly regions: number;
  readonly regionType: number;
}

/**
 * The way from region to region, (state) → result: looks the operation at STATE.rip up and goes on in its region, in the same stack frame. What regions return: 0 = the loop
 * is to look, 1 = an instruction was given back, else the operation to go on with.
 */
export function writeChain(w: ModuleWriter, e: Emitter, index: number, parts: ChainParts): void {
  const S = 0, P = 1, COUNTER = 2, COUNT = 3;
  e.reset();
  const load = (local: number, op: number, offset: number): void => { e.localGet(local); e.memory(op, offset); };
  /** P = the operation; goes on in its region where there is one that fits into what is left. */
  const follow = (): void => {
    e.localGet(S); e.call(parts.lookup); e.localTee(P); e.op(OP["i32.eqz"]);
    e.if(); e.i32Const(0); e.return(); e.end();
    load(P, OP["i32.load16_u"], OPERATION.handler); e.i32Const(PSEUDO.region); e.op(OP["i32.eq"]);
    e.if();
    load(S, OP["i32.load"], STATE.budget.offset); load(P, OP["i32.load16_u"], OPERATION.a); e.op(OP["i32.le_s"]);
    e.if(); e.localGet(P); e.return(); e.end();
    e.localGet(S); load(P, OP["i32.load16_u"], OPERATION.c); load(P, OP["i32.load"], OPERATION.immediate);
    e.returnCallIndirect(parts.regionType, parts.regions);
    e.end();
  };
  // As before each of the loop's own lookups: the slice is over, or somebody wants something.
  load(S, OP["i32.load"], STATE.budget.offset); e.i32Const(MAX_RUN); e.op(OP["i32.le_s"]);
  load(S, OP["i32.load"], STATE.attention.offset); e.op(OP["i32.or"]);
  load(S, OP["i32.load"], STATE.event.offset); e.op(OP["i32.or"]);
  e.if(); e.i32Const(0); e.return(); e.end();
  follow();
  load(S, OP["i32.load"], STATE.hotness.offset);
  e.localGet(P); e.i32Const(3); e.op(OP["i32.shr_u"]); e.i32Const((HOTNESS.counters - 1) << 1); e.op(OP["i32.and"]);
  e.op(OP["i32.add"]); e.localTee(COUNTER);
  load(COUNTER, OP["i32.load16_u"], 0); e.i32Const(1); e.op(OP["i32.add"]); e.localTee(COUNT);
  e.memory(OP["i32.store16"], 0);
  e.localGet(COUNT); e.i32Const(HOTNESS.threshold); e.op(OP["i32.ge_u"]);
  e.if();
  e.localGet(COUNTER); e.i32Const(0); e.memory(OP["i32.store16"], 0);
  e.localGet(S); e.call(parts.hot); e.drop();
  follow();
  e.end();
  e.localGet(P);
  w.body(index, ["i32", "i32", "i32"], e);
}
