import { OP, type Emitter, type ModuleWriter } from "@ringzero/wasm";
import { ADDRESS, OPERATION } from "../../decode/operation.ts";

/** From the offset of a memory operand to its linear address, the careful way: wraps to the address size, checks the segment. */
export function writeOperandLinear(w: ModuleWriter, e: Emitter, index: number, segment: number): void {
  e.reset();
  const t = 4;
  e.localGet(1); e.memory(OP["i32.load8_u"], OPERATION.m); e.localSet(t);
  e.localGet(0);
  e.localGet(t); e.i32Const(ADDRESS.segmentShift); e.op(OP["i32.shr_u"]); e.i32Const(ADDRESS.segment); e.op(OP["i32.and"]);
  e.localGet(2);
  // Address size 0 (16 bits) and 1 (32 bits) wrap.
  e.i64ConstNumber(-1);
  e.i64ConstNumber(0xffff);
  e.i64ConstNumber(0xffffffff);
  e.localGet(t); e.i32Const(ADDRESS.size << ADDRESS.sizeShift); e.op(OP["i32.and"]); e.op(OP["i32.eqz"]);
  e.op(OP.select);
  e.localGet(t); e.i32Const(ADDRESS.size << ADDRESS.sizeShift); e.op(OP["i32.and"]); e.i32Const(2 << ADDRESS.sizeShift); e.op(OP["i32.eq"]);
  e.op(OP.select);
  e.op(OP["i64.and"]);
  e.localGet(3);
  e.call(segment);
  w.body(index, ["i32"], e);
}

