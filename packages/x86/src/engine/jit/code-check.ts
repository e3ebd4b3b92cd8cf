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

/** Writes `leave` for where a page (by number) has other code than the region was compiled from: mapped elsewhere, dropped, or not looked at lately. Each is asked for once from entry to end: nothing that a region does changes it. */
export function unlessSameCode(l: RegionLowering, page: number, leave: () => void): void {
  const { e } = l, { bit, descriptor } = l.region.pages.get(page)!;
  e.localGet(l.checked); e.i32Const(bit); e.op(OP["i32.and"]); e.op(OP["i32.eqz"]);
  l.openHinted(0);
  const la = l.allocate("i64");
  pushAddress(l, page * 4096);
  e.localSet(la);
  pushSameCode(l, la, () => e.i32Const(descriptor));
  e.op(OP["i32.eqz"]);
  l.openHinted(0);
  leave();
  l.close();
  e.localGet(l.checked); e.i32Const(bit); e.op(OP["i32.or"]); e.localSet(l.checked);
  l.close();
}
/** Pushes the linear address of an offset. */
export function pushAddress(l: RegionLowering, offset: number): void {
  const { e } = l;
  e.localGet(l.page); e.i64ConstNumber(offset); e.op(OP["i64.add"]);
  if (!l.mode.code64) { e.i64ConstNumber(0xffffffff); e.op(OP["i64.and"]); }
}
