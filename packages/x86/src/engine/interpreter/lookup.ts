import { OP, type Emitter, type ModuleWriter } from "@ringzero/wasm";
import { CODE_PAGE, CODE_PAGES, OPERATION } from "../../decode/operation.ts";
import { ACCESS } from "../../mmu/tlb.ts";
import { GPR_PAGE, STATE, TLB_ENTRIES } from "../../state/state.ts";

const S = 0, OFFSET = 1, PAGE = 2, NUMBER = 3, ENTRY = 4, LA = 5, HOST = 6;

/** Function numbers that the lookup calls: TypeScript's decoder, the routine `translate`. */
export interface LookupParts { readonly decode: number; readonly translate: number }

/**
 * The operation at STATE.rip: through the current code page's map where rIP stays in the page, else through the fetch TLB and a walk;
 * TypeScript decodes what is not there. 0 = the event is set.
 */
export function writeLookup(w: ModuleWriter, e: Emitter, index: number, parts: LookupParts): void {
  e.reset();
  // From the page's start; below 4096 the page is the current one.
  e.localGet(S); e.memory(OP["i64.load"], STATE.rip.offset); e.localTee(LA);
  e.localGet(S); e.memory(OP["i64.load"], STATE.gpr.offset + GPR_PAGE * 8);
  e.op(OP["i64.sub"]);
  e.i64ConstNumber(4096);
  e.op(OP["i64.lt_u"]);
  e.localGet(S); e.memory(OP["i32.load"], STATE.codePage.offset); e.localTee(PAGE);
  e.i32Const(0); e.op(OP["i32.ne"]);
  e.op(OP["i32.and"]);
  e.if();
  e.localGet(LA); e.op(OP["i32.wrap_i64"]);
  e.localGet(S); e.memory(OP["i32.load"], STATE.gpr.offset + GPR_PAGE * 8);
  e.op(OP["i32.sub"]); e.localSet(OFFSET);
  writeKnown(e);
  e.end();
  // Another page, or an instruction that goes on in the next.
  e.localGet(S); e.memory(OP["i32.load"], STATE.slowCode.offset); e.op(OP["i32.eqz"]);
  e.if();
  writePage(e, parts);
  e.localGet(LA); e.op(OP["i32.wrap_i64"]); e.i32Const(0xfff); e.op(OP["i32.and"]); e.localSet(OFFSET);
  // The same code may lie at two places: jumps that remember their target stay at one.
  e.localGet(S); e.memory(OP["i32.load"], STATE.codePage.offset); e.localGet(PAGE); e.op(OP["i32.eq"]);
  e.if(); writeDecoded(e); e.end();
  e.localGet(S); e.localGet(PAGE); e.memory(OP["i32.store"], STATE.codePage.offset);
  e.localGet(S); e.localGet(LA); e.i64ConstNumber(-4096); e.op(OP["i64.and"]); e.memory(OP["i64.store"], STATE.gpr.offset + GPR_PAGE * 8);
  writeKnown(e);
  writeCrossing(e, parts.translate);
  e.end();
  e.localGet(S);
  e.call(parts.decode);
  w.body(index, ["i32", "i32", "i32", "i32", "i64", "i32"], e);
}

/** Returns the operation at OFFSET of PAGE where it is decoded. */
function writeKnown(e: Emitter): void {
  e.localGet(PAGE); e.localGet(OFFSET); e.i32Const(1); e.op(OP["i32.shl"]); e.op(OP["i32.add"]);
  e.memory(OP["i32.load16_u"], CODE_PAGE.map); e.localTee(NUMBER);
  e.if();
  e.localGet(PAGE); e.memory(OP["i32.load"], CODE_PAGE.operations);
  e.localGet(NUMBER); e.i32Const(4); e.op(OP["i32.shl"]); e.op(OP["i32.add"]); e.i32Const(OPERATION.bytes); e.op(OP["i32.sub"]);
  e.return();
  e.end();
}

/** PAGE = the code page of LA, where there is one; else TypeScript's answer is returned, or 0 where the fetch faults. */
function writePage(e: Emitter, { decode, translate }: LookupParts): void {
  const toDecoder = (): void => { e.if(); e.localGet(S); e.call(decode); e.return(); e.end(); };
  // The fetch TLB's entry names its code page.
  e.localGet(S); e.localGet(S); e.memory(OP["i32.load"], STATE.tlbCode.offset); e.op(OP["i32.add"]);
  e.localGet(LA); e.op(OP["i32.wrap_i64"]); e.i32Const(8); e.op(OP["i32.shr_u"]); e.i32Const((TLB_ENTRIES - 1) << 4); e.op(OP["i32.and"]); e.op(OP["i32.add"]);
  e.localTee(ENTRY);
  e.memory(OP["i64.load"], 0);
  e.localGet(LA); e.i64ConstNumber(-4096); e.op(OP["i64.and"]);
  e.localGet(S); e.memory(OP["i64.load"], STATE.context.offset); e.op(OP["i64.or"]);
  e.op(OP["i64.eq"]);
  e.if("i32");
  e.localGet(ENTRY); e.memory(OP["i32.load"], 12);
  e.else();
  e.i32Const(0);
  e.end();
  e.localTee(PAGE);
  e.op(OP["i32.eqz"]);
  e.if();
  // Not there: an address that is not canonical is TypeScript's.
  e.localGet(S); e.memory(OP["i64.load"], STATE.linearMask.offset); e.i64ConstNumber(-1); e.op(OP["i64.eq"]);
  e.localGet(LA); e.i64ConstNumber(16); e.op(OP["i64.shl"]); e.i64ConstNumber(16); e.op(OP["i64.shr_s"]); e.localGet(LA); e.op(OP["i64.ne"]);
  e.op(OP["i32.and"]);
  toDecoder();
  writeFetch(e, translate, () => e.localGet(LA));
  e.localGet(HOST); e.i32Const(-4096); e.op(OP["i32.and"]); e.localSet(HOST);
  e.localGet(S); e.memory(OP["i32.load"], STATE.codePages.offset);
  e.localGet(HOST); e.i32Const(12); e.op(OP["i32.shr_u"]); e.i32Const(CODE_PAGES - 1); e.op(OP["i32.and"]); e.i32Const(2); e.op(OP["i32.shl"]); e.op(OP["i32.add"]);
  e.memory(OP["i32.load"], 0); e.localTee(PAGE);
  e.op(OP["i32.eqz"]);
  toDecoder();
  e.localGet(PAGE); e.memory(OP["i32.load"], CODE_PAGE.frame); e.localGet(HOST); e.op(OP["i32.ne"]);
  toDecoder();
  e.localGet(ENTRY); e.localGet(PAGE); e.memory(OP["i32.store"], 12);
  e.end();
  e.localGet(PAGE); e.memory(OP["i32.load"], CODE_PAGE.mode);
  e.localGet(S); e.memory(OP["i32.load"], STATE.mode.offset); e.op(OP["i32.ne"]);
  e.localGet(PAGE); e.memory(OP["i32.load"], CODE_PAGE.valid); e.op(OP["i32.eqz"]); e.op(OP["i32.or"]);
  toDecoder();
}

/** HOST = where code at an address lies; returns 0 where the fetch faults. In device memory HOST is below any frame. */
function writeFetch(e: Emitter, translate: number, pushAddress: () => void): void {
  e.localGet(S);
  pushAddress();
  e.i32Const(ACCESS.fetch);
  e.localGet(S); e.memory(OP["i32.load"], STATE.cpl.offset); e.i32Const(3); e.op(OP["i32.eq"]);
  e.call(translate);
  e.localTee(HOST);
  e.op(OP["i32.eqz"]);
  e.if(); e.i32Const(0); e.return(); e.end();
}

/** Returns the operation at OFFSET of PAGE, whose bytes go on in the next page, where that still is the frame that it was decoded with. */
function writeCrossing(e: Emitter, translate: number): void {
  e.localGet(OFFSET); e.i32Const(CODE_PAGE.firstCrossing); e.op(OP["i32.ge_u"]);
  e.if();
  e.localGet(PAGE); e.localGet(OFFSET); e.i32Const(CODE_PAGE.firstCrossing); e.op(OP["i32.sub"]); e.i32Const(3); e.op(OP["i32.shl"]); e.op(OP["i32.add"]); e.localTee(ENTRY);
  e.memory(OP["i32.load"], CODE_PAGE.crossings); e.localTee(NUMBER);
  e.if();
  writeFetch(e, translate, () => {
    e.localGet(LA); e.i64ConstNumber(-4096); e.op(OP["i64.and"]); e.i64ConstNumber(4096); e.op(OP["i64.add"]);
    e.localGet(S); e.memory(OP["i64.load"], STATE.linearMask.offset); e.op(OP["i64.and"]);
  });
  e.localGet(HOST); e.localGet(ENTRY); e.memory(OP["i32.load"], CODE_PAGE.crossings + 4); e.op(OP["i32.eq"]);
  e.if();
  // No jump may remember it: the next page may be another one by then.
  writeDecoded(e);
  e.localGet(NUMBER);
  e.return();
  e.end(); e.end(); e.end();
}

/** Counts as a decoding: jumps do not remember where they led. */
function writeDecoded(e: Emitter): void {
  e.localGet(S); e.localGet(S); e.memory(OP["i32.load"], STATE.decodes.offset); e.i32Const(1); e.op(OP["i32.add"]); e.memory(OP["i32.store"], STATE.decodes.offset);
}
