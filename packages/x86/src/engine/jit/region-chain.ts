import { OP } from "@ringzero/wasm";
import { CODE_PAGE, MAX_RUN, OPERATION, PSEUDO } from "../../decode/operation.ts";
import { GPR_PAGE, STATE, TLB_ENTRIES } from "../../state/state.ts";
import type { RegionLowering } from "./region-lowering.ts";

const S = 0;
/** Function, table and type numbers in a region's module. */
export interface RegionChainParts { readonly chain: number; readonly regionType: number; readonly regions: number }

/**
 * A region's end, when all is written back: on to the region that starts at rIP, where the fetch TLB and the page's map have it, with one call. Whatever is not that simple is the
 * chain's (interpreter/chain.ts). The order of the tests is the lookup's.
 */
export function writeRegionChain(l: RegionLowering, parts: RegionChainParts): void {
  const { e } = l;
  const page = l.allocate("i32"), entry = l.allocate("i32"), operation = l.allocate("i32"), start = l.allocate("i64");
  const state = (op: number, offset: number): void => { e.localGet(S); e.memory(op, offset); };
  const lowRip = (): void => { e.localGet(l.rip); e.op(OP["i32.wrap_i64"]); };
  const slow = l.open("block");
  e.localGet(l.left); e.i32Const(MAX_RUN); e.op(OP["i32.le_s"]);
  state(OP["i32.load"], STATE.attention.offset); e.op(OP["i32.or"]);
  state(OP["i32.load"], STATE.event.offset); e.op(OP["i32.or"]);
  l.branchIf(slow);
  state(OP["i32.load"], STATE.codePage.offset); e.localTee(page); e.op(OP["i32.eqz"]); l.branchIf(slow);
  e.localGet(l.rip); e.i64ConstNumber(-4096); e.op(OP["i64.and"]); e.localTee(start);
  state(OP["i64.load"], STATE.gpr.offset + GPR_PAGE * 8); e.op(OP["i64.ne"]);
  l.open("if");
  // Another page.
  e.localGet(S); state(OP["i32.load"], STATE.tlbCode.offset); e.op(OP["i32.add"]);
  lowRip(); e.i32Const(8); e.op(OP["i32.shr_u"]); e.i32Const((TLB_ENTRIES - 1) << 4); e.op(OP["i32.and"]); e.op(OP["i32.add"]); e.localTee(entry);
  e.memory(OP["i64.load"], 0);
  e.localGet(start); e.localGet(l.context); if (!l.mode.code64) e.op(OP["i64.extend_i32_u"]);
  e.op(OP["i64.or"]); e.op(OP["i64.ne"]); l.branchIf(slow);
  // The same code at two places is the chain's: what remembers a jump's target has to be told.
  e.localGet(entry); e.memory(OP["i32.load"], 12); e.localTee(entry); e.op(OP["i32.eqz"]);
  e.localGet(entry); e.localGet(page); e.op(OP["i32.eq"]); e.op(OP["i32.or"]); l.branchIf(slow);
  e.localGet(entry); e.memory(OP["i32.load"], CODE_PAGE.mode); state(OP["i32.load"], STATE.mode.offset); e.op(OP["i32.ne"]);
  e.localGet(entry); e.memory(OP["i32.load"], CODE_PAGE.valid); e.op(OP["i32.eqz"]); e.op(OP["i32.or"]); l.branchIf(slow);
  e.localGet(entry); e.localSet(page);
  e.localGet(S); e.localGet(page); e.memory(OP["i32.store"], STATE.codePage.offset);
  e.localGet(S); e.localGet(start); e.memory(OP["i64.store"], STATE.gpr.offset + GPR_PAGE * 8);
  l.close();
  e.localGet(page); lowRip(); e.i32Const(0xfff); e.op(OP["i32.and"]); e.i32Const(1); e.op(OP["i32.shl"]); e.op(OP["i32.add"]);
  e.memory(OP["i32.load16_u"], CODE_PAGE.map); e.localTee(operation); e.op(OP["i32.eqz"]); l.branchIf(slow);
  e.localGet(page); e.memory(OP["i32.load"], CODE_PAGE.operations);
  e.localGet(operation); e.i32Const(4); e.op(OP["i32.shl"]); e.op(OP["i32.add"]); e.i32Const(OPERATION.bytes); e.op(OP["i32.sub"]); e.localTee(operation);
  e.memory(OP["i32.load16_u"], OPERATION.handler); e.i32Const(PSEUDO.region); e.op(OP["i32.ne"]);
  e.localGet(l.left); e.localGet(operation); e.memory(OP["i32.load16_u"], OPERATION.a); e.op(OP["i32.le_s"]); e.op(OP["i32.or"]); l.branchIf(slow);
  e.localGet(S); e.localGet(operation); e.memory(OP["i32.load16_u"], OPERATION.c); e.localGet(operation); e.memory(OP["i32.load"], OPERATION.immediate);
  e.returnCallIndirect(parts.regionType, parts.regions);
  l.close();
  e.localGet(S); e.returnCall(parts.chain);
}
