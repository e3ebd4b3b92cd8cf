/**
 * A WebAssembly value in TypeScript. i32: a signed number. i64: a signed bigint. f32 and f64: their bit patterns, as an i32 and an i64, since
 * a NaN loses its payload in a JavaScript number. v128: 16 bytes, lane 0 first, never changed once made.
 */
export type Word = number | bigint | Uint8Array;

const view = new DataView(new ArrayBuffer(8));

/** The number that an f32 pattern stands for; only for patterns that are no NaN. */
export function f32ToNumber(bits: number): number {
  view.setInt32(0, bits);
  return view.getFloat32(0);
}
/** The pattern of a number as an f32, rounded to nearest; only for numbers that are no NaN. */
export function f32FromNumber(x: number): number {
  view.setFloat32(0, x);
  return view.getInt32(0);
}
/** As `f32ToNumber`, of an f64 pattern. */
export function f64ToNumber(bits: bigint): number {
  view.setBigInt64(0, bits);
  return view.getFloat64(0);
}
/** As `f32FromNumber`, to an f64 pattern. */
export function f64FromNumber(x: number): bigint {
  view.setFloat64(0, x);
  return view.getBigInt64(0);
}

/** Whether an f32 pattern is a NaN. */
export function isNan32(bits: number): boolean { return (bits & 0x7fff_ffff) > 0x7f80_0000; }
/** Whether an f64 pattern is a NaN. */
export function isNan64(bits: bigint): boolean { return (bits & 0x7fff_ffff_ffff_ffffn) > 0x7ff0_0000_0000_0000n; }

/** A view of a vector's bytes; WebAssembly's lanes are little-endian. */
export function viewOf(vector: Uint8Array): DataView { return new DataView(vector.buffer, vector.byteOffset, 16); }
