import { OP, type Emitter } from "@ringzero/wasm";
import { ATTRIBUTE, SEGMENT, SEGMENT_STRIDE, STATE } from "../state/state.ts";

/**
 * The common case of `segmentLinear` (isa/system/segment-check.ts) without a call: outside 64-bit mode, an access within the limit of a writable data segment that
 * grows up. It is allowed in every mode and needs the base alone; whatever else it is, the routine decides.
 */
const MASK: number = ATTRIBUTE.unusable | ATTRIBUTE.P | ATTRIBUTE.S | 0xe, COMMON: number = ATTRIBUTE.P | ATTRIBUTE.S | 2;

/** Where the segment register's record lies: an i32 on the stack by `push`, and an offset from it. */
export interface SegmentRecord { push(): void; readonly offset: number }

/** The record of a segment register that is known when code is generated, from the state block's address in local 0. */
export function fixedRecord(e: Emitter, segment: number): SegmentRecord { return { push: () => e.localGet(0), offset: STATE.segments.offset + segment * SEGMENT_STRIDE }; }

/** Pushes 1 where the bytes at the offset in local `offset` (i64, below 4 GiB) are the common case. `pushLast` pushes their number minus one, as an i64. */
export function pushCommonCase(e: Emitter, record: SegmentRecord, offset: number, pushLast: () => void): void {
  record.push(); e.memory(OP["i32.load"], record.offset + SEGMENT.attributes);
  e.i32Const(MASK); e.op(OP["i32.and"]);
  e.i32Const(COMMON); e.op(OP["i32.eq"]);
  e.localGet(offset); pushLast(); e.op(OP["i64.add"]);
  record.push(); e.memory(OP["i64.load32_u"], record.offset + SEGMENT.limit);
  e.op(OP["i64.le_u"]);
  e.op(OP["i32.and"]);
}

/** Pushes base + offset; wrapped to 32 bits outside 64-bit mode. */
export function pushBased(e: Emitter, record: SegmentRecord, offset: number, wraps: boolean): void {
  e.localGet(offset);
  record.push(); e.memory(OP["i64.load"], record.offset + SEGMENT.base);
  e.op(OP["i64.add"]);
  if (wraps) { e.i64ConstNumber(0xffff_ffff); e.op(OP["i64.and"]); }
}
