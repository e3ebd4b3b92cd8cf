import { someNan32, someNan64 } from "./nan.ts";
import { f32FromNumber, f32ToNumber, f64FromNumber, f64ToNumber, isNan32, isNan64 } from "./word.ts";

/**
 * WebAssembly's scalar floating point instructions on bit patterns (specification, "Floating-Point Operations"). Arithmetic rounds to nearest,
 * as JavaScript's does; what is a NaN never becomes a number.
 */

/** A result of arithmetic as a pattern. */
const result32 = (x: number): number => (Number.isNaN(x) ? someNan32() : f32FromNumber(x));
const result64 = (x: number): bigint => (Number.isNaN(x) ? someNan64() : f64FromNumber(x));

type OfNumber = (a: number) => number;
type OfNumbers = (a: number, b: number) => number;
// Doubles hold twice the digits of singles and two more: rounding a sum, product, quotient or root twice gives what rounding once gives.
const unary32 = (f: OfNumber) => (a: number): number => (isNan32(a) ? someNan32() : result32(f(f32ToNumber(a))));
const unary64 = (f: OfNumber) => (a: bigint): bigint => (isNan64(a) ? someNan64() : result64(f(f64ToNumber(a))));
const binary32 = (f: OfNumbers) => (a: number, b: number): number => (isNan32(a) || isNan32(b) ? someNan32() : result32(f(f32ToNumber(a), f32ToNumber(b))));
const binary64 = (f: OfNumbers) => (a: bigint, b: bigint): bigint => (isNan64(a) || isNan64(b) ? someNan64() : result64(f(f64ToNumber(a), f64ToNumber(b))));
/** Comparisons are false where an operand is a NaN, "ne" true. */
const compare32 = (f: (a: number, b: number) => boolean, unordered = 0) =>
  (a: number, b: number): number => (isNan32(a) || isNan32(b) ? unordered : Number(f(f32ToNumber(a), f32ToNumber(b))));
const compare64 = (f: (a: number, b: number) => boolean, unordered = 0) =>
  (a: bigint, b: bigint): number => (isNan64(a) || isNan64(b) ? unordered : Number(f(f64ToNumber(a), f64ToNumber(b))));

/** To an integral value, ties to even; zeros keep the operand's sign. */
export function nearest(x: number): number {
  const down = Math.floor(x), over = x - down;
  const r = over < 0.5 ? down : over > 0.5 ? down + 1 : down % 2 === 0 ? down : down + 1;
  return r === 0 && (x < 0 || Object.is(x, -0)) ? -0 : r;
}

const BINARY: { readonly [name: string]: OfNumbers } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  // -0 is less than +0 to both.
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
};
const UNARY: { readonly [name: string]: OfNumber } = { sqrt: Math.sqrt, ceil: Math.ceil, floor: Math.floor, trunc: Math.trunc, nearest };
const COMPARE: { readonly [name: string]: (a: number, b: number) => boolean } = {
  eq: (a, b) => a === b, ne: (a, b) => a !== b, lt: (a, b) => a < b, gt: (a, b) => a > b, le: (a, b) => a <= b, ge: (a, b) => a >= b,
};
const SIGN32 = -0x8000_0000, SIGN64 = -0x8000_0000_0000_0000n;

type Float32 = (a: number, b: number) => number;
type Float64 = (a: bigint, b: bigint) => bigint | number;

/** Instructions on f32 whose results are f32 or truth values. */
export const F32_OPERATIONS: { readonly [name: string]: Float32 } = {
  ...named("f32", UNARY, (f) => unary32(f)),
  ...named("f32", BINARY, (f) => binary32(f)),
  ...named("f32", COMPARE, (f, name) => compare32(f, Number(name === "ne"))),
  "f32.abs": (a) => a & 0x7fff_ffff,
  "f32.neg": (a) => a ^ SIGN32,
  "f32.copysign": (a, b) => (a & 0x7fff_ffff) | (b & SIGN32),
};
/** As `F32_OPERATIONS`, for f64. */
export const F64_OPERATIONS: { readonly [name: string]: Float64 } = {
  ...named("f64", UNARY, (f) => unary64(f)),
  ...named("f64", BINARY, (f) => binary64(f)),
  ...named("f64", COMPARE, (f, name) => compare64(f, Number(name === "ne"))),
  "f64.abs": (a) => a & 0x7fff_ffff_ffff_ffffn,
  "f64.neg": (a) => BigInt.asIntN(64, a ^ SIGN64),
  "f64.copysign": (a, b) => (a & 0x7fff_ffff_ffff_ffffn) | (b & SIGN64),
};

function named<F, G>(type: string, table: { readonly [name: string]: F }, make: (f: F, name: string) => G): { [name: string]: G } {
  return Object.fromEntries(Object.entries(table).map(([name, f]) => [`${type}.${name}`, make(f, name)]));
}

// ---- conversions ----

/** An integer of at most 64 bits as an f32. Number(x) would round a first time to 53 bits: of longer ones the last 11 become one sticky bit. */
export function integerToF32(x: bigint): number {
  const magnitude = x < 0n ? -x : x;
  if (magnitude < 1n << 53n) return f32FromNumber(Number(x));
  const sticky = BigInt((magnitude & 0x7ffn) !== 0n);
  const exact = Number((magnitude >> 11n) | sticky) * 2 ** 11;
  return f32FromNumber(x < 0n ? -exact : exact);
}
/** An integer as an f64. */
export function integerToF64(x: bigint): bigint { return f64FromNumber(Number(x)); }

/** A number (no NaN) as an integer of `bits` bits, towards zero, saturating; signed or unsigned. The result is the signed interpretation. */
export function saturate(x: number, bits: number, signed: boolean): bigint {
  const least = signed ? -(1n << BigInt(bits - 1)) : 0n, most = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  const clamped = x <= Number(least) ? least : x >= Number(most) ? most : BigInt(Math.trunc(x));
  return BigInt.asIntN(bits, clamped);
}
const truncate32 = (bits: number, signed: boolean) => (a: number): bigint => (isNan32(a) ? 0n : saturate(f32ToNumber(a), bits, signed));
const truncate64 = (bits: number, signed: boolean) => (a: bigint): bigint => (isNan64(a) ? 0n : saturate(f64ToNumber(a), bits, signed));
const toI32 = <A>(f: (a: A) => bigint) => (a: A): number => Number(f(a));

export const demote = (a: bigint): number => (isNan64(a) ? someNan32() : f32FromNumber(f64ToNumber(a)));
export const promote = (a: number): bigint => (isNan32(a) ? someNan64() : f64FromNumber(f32ToNumber(a)));

/** Conversions from and to floating point. */
export const CONVERSIONS = {
  "i32.trunc_sat_f32_s": toI32(truncate32(32, true)),
  "i32.trunc_sat_f32_u": toI32(truncate32(32, false)),
  "i32.trunc_sat_f64_s": toI32(truncate64(32, true)),
  "i32.trunc_sat_f64_u": toI32(truncate64(32, false)),
  "i64.trunc_sat_f32_s": truncate32(64, true),
  "i64.trunc_sat_f32_u": truncate32(64, false),
  "i64.trunc_sat_f64_s": truncate64(64, true),
  "i64.trunc_sat_f64_u": truncate64(64, false),
  "f32.convert_i32_s": (a: number): number => f32FromNumber(a),
  "f32.convert_i32_u": (a: number): number => f32FromNumber(a >>> 0),
  "f32.convert_i64_s": (a: bigint): number => integerToF32(a),
  "f32.convert_i64_u": (a: bigint): number => integerToF32(BigInt.asUintN(64, a)),
  "f64.convert_i32_s": (a: number): bigint => f64FromNumber(a),
  "f64.convert_i32_u": (a: number): bigint => f64FromNumber(a >>> 0),
  "f64.convert_i64_s": (a: bigint): bigint => integerToF64(a),
  "f64.convert_i64_u": (a: bigint): bigint => integerToF64(BigInt.asUintN(64, a)),
  "f32.demote_f64": demote,
  "f64.promote_f32": promote,
  // Floating point is kept as its pattern.
  "i32.reinterpret_f32": (a: number): number => a,
  "i64.reinterpret_f64": (a: bigint): bigint => a,
  "f32.reinterpret_i32": (a: number): number => a,
  "f64.reinterpret_i64": (a: bigint): bigint => a,
} as const;
