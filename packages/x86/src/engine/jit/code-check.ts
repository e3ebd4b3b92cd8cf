import { OP } from "@ringzero/wasm";
import { CODE_PAGE } from "../../decode/operation.ts";
import { STATE, TLB_ENTRIES } from "../../state/state.ts";
import type { RegionLowering } from "./region-lowering.ts";

/**
 * Pushes 1 where the fetch TLB has the page of the linear address in local `la` (i64), as the code page that `descriptor` pushes the address of, and that one
 * is valid: the page's code is what the region was compiled from.
 */
export function pushSameCode(l: RegionLowering, la: number, descriptor: () => void): void {
  const { e } = l, entry = l.allocate("i32");
  l.state(); l.state(); e.memory(OP["i32.load"], STATE.tlbCode.offset); e.op(OP["i32.add"]);
  e.localGet(la); e.op(OP["i32.wrap_i64"]); e.i32Const(8); e.op(OP["i32.shr_u"]); e.i32Const((TLB_ENTRIES - 1) << 4); e.op(OP["i32.and"]); e.op(OP["i32.add"]); e.localTee(entry);
  e.memory(OP["i64.load"], 0);
  e.localGet(la); e.i64ConstNumber(-4096); e.op(OP["i64.and"]);
  e.localGet(l.context); if (!l.mode.code64) e.op(OP["i64.extend_i32_u"]);
  e.op(OP["i64.or"]); e.op(OP["i64.eq"]);
  e.localGet(entry); e.memory(OP["i32.load"], 12); descriptor(); e.op(OP["i32.eq"]); e.op(OP["i32.and"]);
  descriptor(); e.memory(OP["i32.load"], CODE_PAGE.valid); e.op(OP["i32.and"]);
}

/** Leaves the region, on to `offset`, where a page (by number) has other code than the region was compiled from: mapped elsewhere, dropped, or not looked at lately. `leaving` writes what is to be done before. */
export function leaveUnlessSameCode(l: RegionLowering, offset: number, page: number, leaving: () => void): void {
  const { e } = l, la = l.allocate("i64");
  pushAddress(l, page * 4096);
  e.localSet(la);
  pushSameCode(l, la, () => e.i32Const(l.region.pages.get(page)!.descriptor));
  e.op(OP["i32.eqz"]);
  l.openHinted(0);
  leaving();
  pushAddress(l, offset);
  e.localSet(l.rip);
  l.branch(l.frame!.leave);
  l.close();
}
/** Pushes the linear address of an offset. */
export function pushAddress(l: RegionLowering, offset: number): void {
  const { e } = l;
  e.localGet(l.page); e.i64ConstNumber(offset); e.op(OP["i64.add"]);
  if (!l.mode.code64) { e.i64ConstNumber(0xffffffff); e.op(OP["i64.and"]); }
}
