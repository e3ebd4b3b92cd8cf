import { ByteBuffer } from "./byte-buffer.ts";
import { OP } from "./opcodes.ts";
import { EMPTY_BLOCK, VALUE_TYPE_CODE, type BlockType } from "./value-type.ts";

/**
 * Writes the instructions of a function body, one method for each kind of immediate. Nothing is checked: what is written in the wrong
 * order is for `WebAssembly.validate` to find. The final `end` of the body is {@link ModuleWriter.body}'s.
 *
 * Core spec, "Binary Format: Instructions".
 */
export class Emitter extends ByteBuffer {
  /** An empty emitter; the room is kept by `reset`. */
  constructor(capacity: number = 1 << 16) {
    super(capacity);
  }

  /** An instruction without immediates, by its {@link OP} code. */
  op(code: number): void {
    if (code < 0x100) this.u8(code);
    else {
      this.u8(code >>> 16);
      this.u32(code & 0xffff);
    }
  }

  /** `i32.const`, modulo 2^32. */
  i32Const(value: number): void {
    this.u8(OP["i32.const"]);
    this.s32(value);
  }
  /** `i64.const`, modulo 2^64. */
  i64Const(value: bigint): void {
    this.u8(OP["i64.const"]);
    this.s64(value);
  }
  /** `i64.const` of a safe integer, without a BigInt. */
  i64ConstNumber(value: number): void {
    this.u8(OP["i64.const"]);
    this.s64(value);
  }
  /** `f32.const`. The payload of a NaN is the platform's choice. */
  f32Const(value: number): void {
    this.u8(OP["f32.const"]);
    this.f32(value);
  }
  /** `f64.const`. The payload of a NaN is the platform's choice. */
  f64Const(value: number): void {
    this.u8(OP["f64.const"]);
    this.f64(value);
  }
  /** `v128.const` of 16 bytes, lane 0 first. */
  v128Const(bytes: Uint8Array): void {
    this.op(OP["v128.const"]);
    this.raw(bytes);
  }

  /** `local.get`. Parameters come first. */
  localGet(index: number): void {
    this.u8(OP["local.get"]);
    this.u32(index);
  }
  /** `local.set`. */
  localSet(index: number): void {
    this.u8(OP["local.set"]);
    this.u32(index);
  }
  /** `local.tee`. */
  localTee(index: number): void {
    this.u8(OP["local.tee"]);
    this.u32(index);
  }
  /** `global.get`. */
  globalGet(index: number): void {
    this.u8(OP["global.get"]);
    this.u32(index);
  }
  /** `global.set`. */
  globalSet(index: number): void {
    this.u8(OP["global.set"]);
    this.u32(index);
  }

  /**
   * A load, store or atomic access of memory 0, `offset` bytes behind its address operand. `align` is the log2 of an alignment that is
   * promised, a hint with no effect on results: at most the natural one, and for atomics exactly that.
   */
  memory(code: number, offset: number, align: number = 0): void {
    this.op(code);
    this.u32(align);
    this.u32(offset);
  }
  /** A load or store of one lane of a vector. */
  memoryLane(code: number, offset: number, lane: number, align: number = 0): void {
    this.memory(code, offset, align);
    this.u8(lane);
  }
  /** `extract_lane` and `replace_lane`. */
  lane(code: number, lane: number): void {
    this.op(code);
    this.u8(lane);
  }
  /** `i8x16.shuffle`: 16 lane numbers, 0–15 of the first operand and 16–31 of the second. */
  shuffle(lanes: Uint8Array): void {
    this.op(OP["i8x16.shuffle"]);
    this.raw(lanes);
  }
  /** `memory.size` and `memory.grow`, in pages of 64 KiB; `memory.fill` and `memory.copy`, in bytes. All of memory 0. */
  bulk(code: number): void {
    this.op(code);
    this.u8(0);
    if (code === OP["memory.copy"]) this.u8(0);
  }

  /** `block`. */
  block(type?: BlockType): void {
    this.u8(OP.block);
    this.blockType(type);
  }
  /** `loop`. */
  loop(type?: BlockType): void {
    this.u8(OP.loop);
    this.blockType(type);
  }
  /** `if`. */
  if(type?: BlockType): void {
    this.u8(OP.if);
    this.blockType(type);
  }
  /** `else`. */
  else(): void {
    this.u8(OP.else);
  }
  /** `end` of a block, loop or if. */
  end(): void {
    this.u8(OP.end);
  }
  /** `br` out of `depth` constructs; 0 is the innermost. */
  br(depth: number): void {
    this.u8(OP.br);
    this.u32(depth);
  }
  /** `br_if`. */
  brIf(depth: number): void {
    this.u8(OP.br_if);
    this.u32(depth);
  }
  /** `br_table` over the first `count` depths, and one for all other operands. */
  brTable(depths: ArrayLike<number>, count: number, otherwise: number): void {
    this.u8(OP.br_table);
    this.u32(count);
    for (let i = 0; i < count; i++) this.u32(depths[i]!);
    this.u32(otherwise);
  }
  /** `call`. Imported functions come first. */
  call(index: number): void {
    this.u8(OP.call);
    this.u32(index);
  }
  /** `call_indirect` by a function type's index; traps where the table's function has another type. */
  callIndirect(type: number, table: number = 0): void {
    this.u8(OP.call_indirect);
    this.u32(type);
    this.u32(table);
  }
  /** `return_call`: the caller's frame is gone before the callee starts. */
  returnCall(index: number): void {
    this.u8(OP.return_call);
    this.u32(index);
  }
  /** `return_call_indirect`. */
  returnCallIndirect(type: number, table: number = 0): void {
    this.u8(OP.return_call_indirect);
    this.u32(type);
    this.u32(table);
  }
  /** `return`. */
  return(): void {
    this.u8(OP.return);
  }
  /** `unreachable`. */
  unreachable(): void {
    this.u8(OP.unreachable);
  }
  /** `drop`. */
  drop(): void {
    this.u8(OP.drop);
  }
  /** `select` of two numbers or vectors: the first where the third operand is not zero. */
  select(): void {
    this.u8(OP.select);
  }

  private blockType(type: BlockType): void {
    if (type === undefined) this.u8(EMPTY_BLOCK);
    else if (typeof type === "number") this.s32(type);
    else this.u8(VALUE_TYPE_CODE[type]);
  }
}
