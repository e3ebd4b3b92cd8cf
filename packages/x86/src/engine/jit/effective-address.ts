import { OP } from "@ringzero/wasm";
import { GPR_PAGE, GPR_ZERO } from "../../state/state.ts";
import type { RegionInstruction } from "./region.ts";
import type { RegionLowering } from "./region-lowering.ts";
import type { RegisterCache } from "./register-cache.ts";

/** Pushes an instruction's effective address in the mode's own width, wrapped to the address size. */
export function pushEffectiveAddress(l: RegionLowering, i: RegionInstruction, registers: RegisterCache): void {
  const { e } = l, wide = l.mode.code64;
  const add = (): void => e.op(wide ? OP["i64.add"] : OP["i32.add"]);
  const literal = (n: number): void => { if (wide) e.i64ConstNumber(n); else e.i32Const(n); };
  if (i.built.variant.form.operands.some((o) => o.kind === "offset")) {
    const at = (BigInt(i.immediateHigh >>> 0) << 32n) | BigInt(i.displacement >>> 0);
    if (wide) e.i64Const(BigInt.asIntN(64, i.addressSize === 2 ? at : at & 0xffff_ffffn)); else e.i32Const(Number(at & 0xffff_ffffn) | 0);
    return;
  }
  let some = false;
  let displacement = i.displacement;
  if (i.base === GPR_PAGE) { e.localGet(l.page); displacement += i.offset + i.length; some = true; }
  else if (i.base !== GPR_ZERO) { e.localGet(registers.gpr(i.base)); some = true; }
  if (i.index !== GPR_ZERO) {
    e.localGet(registers.gpr(i.index));
    if (i.scale) { literal(i.scale); e.op(wide ? OP["i64.shl"] : OP["i32.shl"]); }
    if (some) add();
    some = true;
  }
  if (displacement !== 0 || !some) { literal(displacement); if (some) add(); }
  if (wide && i.addressSize === 1) { e.i64ConstNumber(0xffffffff); e.op(OP["i64.and"]); }
  if (!wide && i.addressSize === 0) { e.i32Const(0xffff); e.op(OP["i32.and"]); }
}
