import { OP, type Emitter, type ModuleWriter } from "@ringzero/wasm";
import { MODE } from "../../decode/mode.ts";
import { ADDRESS, OPERATION } from "../../decode/operation.ts";
import { SEGMENT_WRITE } from "../../isa/system/segment-check.ts";
import { SEGMENT_STRIDE, STATE } from "../../state/state.ts";
import { pushBased, pushCommonCase, type SegmentRecord } from "../segment-fast-path.ts";

/** Parameters: state block, operation, offset, size with SEGMENT_WRITE. */
const S = 0, P = 1, OFFSET = 2, ACCESS = 3, M = 4, RECORD = 5;

/** From the offset of a memory operand to its linear address, the careful way: wraps to the address size, checks the segment. */
export function writeOperandLinear(w: ModuleWriter, e: Emitter, index: number, segment: number): void {
  e.reset();
  const segmentNumber = (): void => { e.localGet(M); e.i32Const(ADDRESS.segmentShift); e.op(OP["i32.shr_u"]); e.i32Const(ADDRESS.segment); e.op(OP["i32.and"]); };
  e.localGet(P); e.memory(OP["i32.load8_u"], OPERATION.m); e.localSet(M);
  e.localGet(S); segmentNumber(); e.i32Const(Math.log2(SEGMENT_STRIDE)); e.op(OP["i32.shl"]); e.op(OP["i32.add"]); e.localSet(RECORD);
  // Address size 0 (16 bits) and 1 (32 bits) wrap.
  e.localGet(OFFSET);
  e.i64ConstNumber(-1);
  e.i64ConstNumber(0xffff);
  e.i64ConstNumber(0xffffffff);
  e.localGet(M); e.i32Const(ADDRESS.size << ADDRESS.sizeShift); e.op(OP["i32.and"]); e.op(OP["i32.eqz"]);
  e.op(OP.select);
  e.localGet(M); e.i32Const(ADDRESS.size << ADDRESS.sizeShift); e.op(OP["i32.and"]); e.i32Const(2 << ADDRESS.sizeShift); e.op(OP["i32.eq"]);
  e.op(OP.select);
  e.op(OP["i64.and"]);
  e.localSet(OFFSET);
  const record: SegmentRecord = { push: () => e.localGet(RECORD), offset: STATE.segments.offset };
  e.localGet(S); e.memory(OP["i32.load"], STATE.mode.offset); e.i32Const(MODE.size); e.op(OP["i32.and"]); e.i32Const(MODE.code64); e.op(OP["i32.ne"]);
  e.if();
  pushCommonCase(e, record, OFFSET, () => { e.localGet(ACCESS); e.i32Const(SEGMENT_WRITE - 1); e.op(OP["i32.and"]); e.i32Const(1); e.op(OP["i32.sub"]); e.op(OP["i64.extend_i32_u"]); });
  e.if();
  pushBased(e, record, OFFSET, true);
  e.return();
  e.end();
  e.else();
  // FS and GS have their bases in 64-bit mode, the others (overrides that count for nothing there) go through the routine.
  e.localGet(M); e.i32Const(4 << ADDRESS.segmentShift); e.op(OP["i32.and"]);
  e.if();
  pushBased(e, record, OFFSET, false);
  e.return();
  e.end();
  e.end();
  e.localGet(S);
  segmentNumber();
  e.localGet(OFFSET);
  e.localGet(ACCESS);
  e.call(segment);
  w.body(index, ["i32", "i32"], e);
}
