import { OP } from "@ringzero/wasm";
import { viewOf, type Word } from "./word.ts";

/** Loads by opcode, from an address in linear memory. WebAssembly's memory is little-endian. */
export const LOADS: ReadonlyMap<number, (memory: DataView, at: number) => Word> = new Map([
  [OP["i32.load"], (m: DataView, at: number) => m.getInt32(at, true)],
  [OP["i32.load8_u"], (m: DataView, at: number) => m.getUint8(at)],
  [OP["i32.load8_s"], (m: DataView, at: number) => m.getInt8(at)],
  [OP["i32.load16_u"], (m: DataView, at: number) => m.getUint16(at, true)],
  [OP["i32.load16_s"], (m: DataView, at: number) => m.getInt16(at, true)],
  [OP["i64.load"], (m: DataView, at: number) => m.getBigInt64(at, true)],
  [OP["i64.load8_u"], (m: DataView, at: number) => BigInt(m.getUint8(at))],
  [OP["i64.load8_s"], (m: DataView, at: number) => BigInt(m.getInt8(at))],
  [OP["i64.load16_u"], (m: DataView, at: number) => BigInt(m.getUint16(at, true))],
  [OP["i64.load16_s"], (m: DataView, at: number) => BigInt(m.getInt16(at, true))],
  [OP["i64.load32_u"], (m: DataView, at: number) => BigInt(m.getUint32(at, true))],
  [OP["i64.load32_s"], (m: DataView, at: number) => BigInt(m.getInt32(at, true))],
  // Floating point travels as its pattern.
  [OP["f32.load"], (m: DataView, at: number) => m.getInt32(at, true)],
  [OP["f64.load"], (m: DataView, at: number) => m.getBigInt64(at, true)],
  [OP["v128.load"], loadVector],
] as [number, (memory: DataView, at: number) => Word][]);

/** Stores by opcode. */
export const STORES: ReadonlyMap<number, (memory: DataView, at: number, value: Word) => void> = new Map([
  [OP["i32.store"], (m: DataView, at: number, x: Word) => m.setInt32(at, x as number, true)],
  [OP["i32.store8"], (m: DataView, at: number, x: Word) => m.setInt8(at, x as number)],
  [OP["i32.store16"], (m: DataView, at: number, x: Word) => m.setInt16(at, x as number, true)],
  [OP["i64.store"], (m: DataView, at: number, x: Word) => m.setBigInt64(at, x as bigint, true)],
  [OP["i64.store8"], (m: DataView, at: number, x: Word) => m.setInt8(at, Number(BigInt.asIntN(8, x as bigint)))],
  [OP["i64.store16"], (m: DataView, at: number, x: Word) => m.setInt16(at, Number(BigInt.asIntN(16, x as bigint)), true)],
  [OP["i64.store32"], (m: DataView, at: number, x: Word) => m.setInt32(at, Number(BigInt.asIntN(32, x as bigint)), true)],
  [OP["f32.store"], (m: DataView, at: number, x: Word) => m.setInt32(at, x as number, true)],
  [OP["f64.store"], (m: DataView, at: number, x: Word) => m.setBigInt64(at, x as bigint, true)],
  [OP["v128.store"], storeVector],
] as [number, (memory: DataView, at: number, value: Word) => void][]);

function loadVector(memory: DataView, at: number): Uint8Array {
  return new Uint8Array(memory.buffer as ArrayBuffer, memory.byteOffset + at, 16).slice();
}
function storeVector(memory: DataView, at: number, value: Word): void {
  const v = viewOf(value as Uint8Array);
  memory.setBigInt64(at, v.getBigInt64(0, true), true);
  memory.setBigInt64(at + 8, v.getBigInt64(8, true), true);
}

/** Loads what a value of `type` is in `size` bytes of memory: narrow integers are zero-extended. */
export function loadAs(memory: DataView, at: number, type: string, size: number): Word {
  if (type === "v128") return loadVector(memory, at);
  if (size === 8) return memory.getBigInt64(at, true);
  return size === 4 ? memory.getInt32(at, true) : size === 2 ? memory.getUint16(at, true) : memory.getUint8(at);
}
/** Stores the low `size` bytes of a value. */
export function storeAs(memory: DataView, at: number, size: number, value: Word): void {
  if (size === 16) storeVector(memory, at, value);
  else if (size === 8) memory.setBigInt64(at, value as bigint, true);
  else if (size === 4) memory.setInt32(at, value as number, true);
  else if (size === 2) memory.setInt16(at, value as number, true);
  else memory.setInt8(at, value as number);
}
