import { OP, type Emitter, type ModuleWriter } from "@ringzero/wasm";
import { CODE_PAGE, OPERATION } from "../../decode/operation.ts";
import { GPR_PAGE, STATE } from "../../state/state.ts";

const S = 0;

/**
 * The operation at STATE.rip: through the current code page's map where rIP stays in the page, else through the fetch TLB;
 * TypeScript decodes what is not there. 0 = the event is set.
 */
export function writeLookup(w: ModuleWriter, e: Emitter, index: number, decode: number): void {
  e.reset();
  const offset = 1, page = 2, number = 3;
  // offset = rip - page start; below 4096 the page is the current one.
  e.localGet(S); e.memory(OP["i64.load"], STATE.rip.offset);
  e.localGet(S); e.memory(OP["i64.load"], STATE.gpr.offset + GPR_PAGE * 8);
  e.op(OP["i64.sub"]);
  e.i64ConstNumber(4096);
  e.op(OP["i64.lt_u"]);
  e.localGet(S); e.memory(OP["i32.load"], STATE.codePage.offset); e.localTee(page);
  e.i32Const(0); e.op(OP["i32.ne"]);
  e.op(OP["i32.and"]);
  e.if();
  e.localGet(S); e.memory(OP["i32.load"], STATE.rip.offset);
  e.localGet(S); e.memory(OP["i32.load"], STATE.gpr.offset + GPR_PAGE * 8);
  e.op(OP["i32.sub"]); e.localSet(offset);
  e.localGet(page); e.localGet(offset); e.i32Const(1); e.op(OP["i32.shl"]); e.op(OP["i32.add"]);
  e.memory(OP["i32.load16_u"], CODE_PAGE.map); e.localTee(number);
  e.if();
  e.localGet(page); e.memory(OP["i32.load"], CODE_PAGE.operations);
  e.localGet(number); e.i32Const(4); e.op(OP["i32.shl"]); e.op(OP["i32.add"]); e.i32Const(OPERATION.bytes); e.op(OP["i32.sub"]);
  e.return();
  e.end();
  e.end();
  // Another page, entered before: the fetch TLB's entry names its code page.
  const entry = 4, la = 5;
  e.localGet(S); e.memory(OP["i32.load"], STATE.slowCode.offset); e.op(OP["i32.eqz"]);
  e.if();
  e.localGet(S); e.memory(OP["i64.load"], STATE.rip.offset); e.localSet(la);
  e.localGet(S); e.localGet(S); e.memory(OP["i32.load"], STATE.tlbCode.offset); e.op(OP["i32.add"]);
  e.localGet(la); e.op(OP["i32.wrap_i64"]); e.i32Const(8); e.op(OP["i32.shr_u"]); e.i32Const(1023 << 4); e.op(OP["i32.and"]); e.op(OP["i32.add"]);
  e.localTee(entry);
  e.memory(OP["i64.load"], 0);
  e.localGet(la); e.i64ConstNumber(-4096); e.op(OP["i64.and"]);
  e.localGet(S); e.memory(OP["i64.load"], STATE.context.offset); e.op(OP["i64.or"]);
  e.op(OP["i64.eq"]);
  e.if();
  e.localGet(entry); e.memory(OP["i32.load"], 12); e.localTee(page);
  e.if();
  e.localGet(page); e.memory(OP["i32.load"], CODE_PAGE.mode);
  e.localGet(S); e.memory(OP["i32.load"], STATE.mode.offset); e.op(OP["i32.eq"]);
  e.localGet(page); e.memory(OP["i32.load"], CODE_PAGE.valid); e.op(OP["i32.and"]);
  e.if();
  e.localGet(page); e.localGet(la); e.op(OP["i32.wrap_i64"]); e.i32Const(0xfff); e.op(OP["i32.and"]); e.i32Const(1); e.op(OP["i32.shl"]); e.op(OP["i32.add"]);
  e.memory(OP["i32.load16_u"], CODE_PAGE.map); e.localTee(number);
  e.if();
  e.localGet(S); e.localGet(page); e.memory(OP["i32.store"], STATE.codePage.offset);
  e.localGet(S); e.localGet(la); e.i64ConstNumber(-4096); e.op(OP["i64.and"]); e.memory(OP["i64.store"], STATE.gpr.offset + GPR_PAGE * 8);
  e.localGet(page); e.memory(OP["i32.load"], CODE_PAGE.operations);
  e.localGet(number); e.i32Const(4); e.op(OP["i32.shl"]); e.op(OP["i32.add"]); e.i32Const(OPERATION.bytes); e.op(OP["i32.sub"]);
  e.return();
  e.end(); e.end(); e.end(); e.end(); e.end();
  e.localGet(S);
  e.call(decode);
  w.body(index, ["i32", "i32", "i32", "i32", "i64"], e);
}

