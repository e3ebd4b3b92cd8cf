import { demote, F32_OPERATIONS, F64_OPERATIONS, integerToF32, integerToF64, promote, saturate } from "./float-operations.ts";
import { f32ToNumber, f64ToNumber, isNan32, isNan64, viewOf, type Word } from "./word.ts";

/**
 * WebAssembly's vector instructions (specification, "Vector Operations"): each lane's operation in unbounded integers, then reduced modulo
 * 2^N, as the specification writes them.
 */
type Vector = Uint8Array;
type Bits = 8 | 16 | 32 | 64;
type VectorOperation = (a: Word, b: Word, c: Word, imm: number | Uint8Array) => Word;

/** The lanes as integers, signed or unsigned. */
function lanes(vector: Vector, bits: Bits, signed: boolean): bigint[] {
  const v = viewOf(vector), list: bigint[] = [];
  for (let at = 0; at < 16; at += bits / 8) {
    const x = bits === 8 ? BigInt(v.getInt8(at)) : bits === 16 ? BigInt(v.getInt16(at, true)) : bits === 32 ? BigInt(v.getInt32(at, true)) : v.getBigInt64(at, true);
    list.push(signed ? x : BigInt.asUintN(bits, x));
  }
  return list;
}
/** A vector of the lanes given; missing ones are zero. Each is taken modulo 2^bits. */
function vectorOf(list: readonly bigint[], bits: Bits): Vector {
  const vector = new Uint8Array(16), v = viewOf(vector);
  list.forEach((x, i) => {
    const at = i * bits / 8;
    if (bits === 64) v.setBigInt64(at, BigInt.asIntN(64, x), true);
    else if (bits === 32) v.setInt32(at, Number(BigInt.asIntN(32, x)), true);
    else if (bits === 16) v.setInt16(at, Number(BigInt.asIntN(16, x)), true);
    else v.setInt8(at, Number(BigInt.asIntN(8, x)));
  });
  return vector;
}
function saturateSigned(x: bigint, bits: Bits): bigint {
  const limit = 1n << BigInt(bits - 1);
  return x < -limit ? -limit : x >= limit ? limit - 1n : x;
}
function saturateUnsigned(x: bigint, bits: Bits): bigint {
  const limit = 1n << BigInt(bits);
  return x < 0n ? 0n : x >= limit ? limit - 1n : x;
}
const absolute = (x: bigint): bigint => (x < 0n ? -x : x);
const mask = (truth: boolean): bigint => (truth ? -1n : 0n);
function popcount(x: bigint): bigint {
  let n = 0n;
  for (let rest = x; rest; rest &= rest - 1n) n++;
  return n;
}

type OfLanes = (a: bigint, b: bigint, bits: Bits) => bigint;
/** On lanes taken as unsigned (or where it makes no difference); names ending in "_s" take them as signed. */
const BINARY: { readonly [name: string]: OfLanes } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  add_sat_s: (a, b, n) => saturateSigned(a + b, n),
  add_sat_u: (a, b, n) => saturateUnsigned(a + b, n),
  sub_sat_s: (a, b, n) => saturateSigned(a - b, n),
  sub_sat_u: (a, b, n) => saturateUnsigned(a - b, n),
  min_s: (a, b) => (a < b ? a : b),
  min_u: (a, b) => (a < b ? a : b),
  max_s: (a, b) => (a > b ? a : b),
  max_u: (a, b) => (a > b ? a : b),
  avgr_u: (a, b) => (a + b + 1n) >> 1n,
  q15mulr_sat_s: (a, b, n) => saturateSigned((a * b + 0x4000n) >> 15n, n),
  eq: (a, b) => mask(a === b),
  ne: (a, b) => mask(a !== b),
  lt_s: (a, b) => mask(a < b),
  lt_u: (a, b) => mask(a < b),
  gt_s: (a, b) => mask(a > b),
  gt_u: (a, b) => mask(a > b),
  le_s: (a, b) => mask(a <= b),
  le_u: (a, b) => mask(a <= b),
  ge_s: (a, b) => mask(a >= b),
  ge_u: (a, b) => mask(a >= b),
};
const UNARY: { readonly [name: string]: (a: bigint) => bigint } = { abs: absolute, neg: (a) => -a, popcnt: popcount };
/** By the count modulo the lane's width. */
const SHIFTS: { readonly [name: string]: (a: bigint, count: bigint) => bigint } = {
  shl: (a, count) => a << count,
  shr_s: (a, count) => a >> count,
  shr_u: (a, count) => a >> count,
};
const isSigned = (name: string): boolean => name.endsWith("_s");

const operations: { [name: string]: VectorOperation } = {};
const define = (name: string, f: (a: Vector, b: Vector, c: Vector, imm: number | Uint8Array) => Word): void => { operations[name] = f as VectorOperation; };

// ---- lanes of integers ----
const SHAPES: readonly (readonly [string, Bits])[] = [["i8x16", 8], ["i16x8", 16], ["i32x4", 32], ["i64x2", 64]];
for (const [shape, bits] of SHAPES) {
  for (const [name, f] of Object.entries(BINARY)) {
    define(`${shape}.${name}`, (a, b) => {
      const y = lanes(b, bits, isSigned(name));
      return vectorOf(lanes(a, bits, isSigned(name)).map((x, i) => f(x, y[i]!, bits)), bits);
    });
  }
  for (const [name, f] of Object.entries(UNARY)) define(`${shape}.${name}`, (a) => vectorOf(lanes(a, bits, name !== "popcnt").map(f), bits));
  for (const [name, f] of Object.entries(SHIFTS)) {
    operations[`${shape}.${name}`] = (a, count) => vectorOf(lanes(a as Vector, bits, isSigned(name)).map((x) => f(x, BigInt((count as number) & (bits - 1)))), bits);
  }
  define(`${shape}.all_true`, (a) => Number(lanes(a, bits, false).every((x) => x !== 0n)));
  define(`${shape}.bitmask`, (a) => lanes(a, bits, true).reduce((set, x, i) => set | (Number(x < 0n) << i), 0));
  const word = (x: bigint): Word => (bits === 64 ? x : Number(x));
  operations[`${shape}.splat`] = (a) => vectorOf(Array.from({ length: 128 / bits }, () => BigInt(a as number | bigint)), bits);
  for (const name of bits < 32 ? ["extract_lane_s", "extract_lane_u"] : ["extract_lane"]) {
    define(`${shape}.${name}`, (a, _b, _c, lane) => word(lanes(a, bits, name !== "extract_lane_u")[lane as number]!));
  }
  operations[`${shape}.replace_lane`] = (a, x, _c, lane) => vectorOf(lanes(a as Vector, bits, true).with(lane as number, BigInt(x as number | bigint)), bits);
}

// ---- from one lane width to another ----
for (const sign of ["s", "u"] as const) {
  const signed = sign === "s";
  for (const [wide, bits, narrow, half] of [["i16x8", 16, "i8x16", 8], ["i32x4", 32, "i16x8", 16], ["i64x2", 64, "i32x4", 32]] as const) {
    const low = (a: Vector): bigint[] => lanes(a, half, signed).slice(0, 128 / bits), high = (a: Vector): bigint[] => lanes(a, half, signed).slice(128 / bits);
    const product = (a: bigint[], b: bigint[]): Vector => vectorOf(a.map((x, i) => x * b[i]!), bits);
    define(`${wide}.extend_low_${narrow}_${sign}`, (a) => vectorOf(low(a), bits));
    define(`${wide}.extend_high_${narrow}_${sign}`, (a) => vectorOf(high(a), bits));
    define(`${wide}.extmul_low_${narrow}_${sign}`, (a, b) => product(low(a), low(b)));
    define(`${wide}.extmul_high_${narrow}_${sign}`, (a, b) => product(high(a), high(b)));
    const pairs = (x: readonly bigint[]): bigint[] => Array.from({ length: x.length / 2 }, (_, i) => x[2 * i]! + x[2 * i + 1]!);
    if (half !== 32) define(`${wide}.extadd_pairwise_${narrow}_${sign}`, (a) => vectorOf(pairs(lanes(a, half, signed)), bits));
    // The wide lanes are signed whatever they saturate to.
    const saturated = (x: bigint): bigint => (signed ? saturateSigned(x, half) : saturateUnsigned(x, half));
    if (half !== 32) define(`${narrow}.narrow_${wide}_${sign}`, (a, b) => vectorOf([...lanes(a, bits, true), ...lanes(b, bits, true)].map(saturated), half));
    if (half === 16 && signed) {
      define("i32x4.dot_i16x8_s", (a, b) => {
        const y = lanes(b, 16, true);
        return vectorOf(pairs(lanes(a, 16, true).map((x, i) => x * y[i]!)), 32);
      });
    }
  }
}

// ---- bits and bytes ----
const bytes = (f: (i: number) => number): Vector => Uint8Array.from({ length: 16 }, (_, i) => f(i));
define("v128.not", (a) => bytes((i) => ~a[i]!));
define("v128.and", (a, b) => bytes((i) => a[i]! & b[i]!));
define("v128.andnot", (a, b) => bytes((i) => a[i]! & ~b[i]!));
define("v128.or", (a, b) => bytes((i) => a[i]! | b[i]!));
define("v128.xor", (a, b) => bytes((i) => a[i]! ^ b[i]!));
define("v128.bitselect", (a, b, c) => bytes((i) => (a[i]! & c[i]!) | (b[i]! & ~c[i]!)));
define("v128.any_true", (a) => Number(a.some((x) => x !== 0)));
// Indices beyond the lanes give zero.
define("i8x16.swizzle", (a, b) => bytes((i) => a[b[i]!] ?? 0));
define("i8x16.shuffle", (a, b, _c, pick) => bytes((i) => { const from = (pick as Uint8Array)[i]!; return from < 16 ? a[from]! : b[from - 16]!; }));

// ---- lanes of floating point: patterns in integers of the same width ----
const patterns32 = (a: Vector): number[] => lanes(a, 32, true).map(Number), patterns64 = (a: Vector): bigint[] => lanes(a, 64, true);
const COMPARISONS = new Set(["eq", "ne", "lt", "gt", "le", "ge"]);
for (const [name, f] of Object.entries(F32_OPERATIONS)) {
  const operation = name.slice(4), lane = COMPARISONS.has(operation) ? (x: number, y: number): number => -f(x, y) : f;
  define(`f32x4.${operation}`, (a, b) => { const y = b ? patterns32(b) : []; return vectorOf(patterns32(a).map((x, i) => BigInt(lane(x, y[i] ?? 0))), 32); });
}
for (const [name, f] of Object.entries(F64_OPERATIONS)) {
  const operation = name.slice(4), lane = COMPARISONS.has(operation) ? (x: bigint, y: bigint): bigint => -BigInt(f(x, y)) : (x: bigint, y: bigint): bigint => BigInt(f(x, y));
  define(`f64x2.${operation}`, (a, b) => { const y = b ? patterns64(b) : []; return vectorOf(patterns64(a).map((x, i) => lane(x, y[i] ?? 0n)), 64); });
}
// "If b is less than a then b else a", and with "a is less than b" for the maximum: no NaN is made.
const less32 = F32_OPERATIONS["f32.lt"]!, less64 = F64_OPERATIONS["f64.lt"]!;
define("f32x4.pmin", (a, b) => { const y = patterns32(b); return vectorOf(patterns32(a).map((x, i) => BigInt(less32(y[i]!, x) ? y[i]! : x)), 32); });
define("f32x4.pmax", (a, b) => { const y = patterns32(b); return vectorOf(patterns32(a).map((x, i) => BigInt(less32(x, y[i]!) ? y[i]! : x)), 32); });
define("f64x2.pmin", (a, b) => { const y = patterns64(b); return vectorOf(patterns64(a).map((x, i) => (less64(y[i]!, x) ? y[i]! : x)), 64); });
define("f64x2.pmax", (a, b) => { const y = patterns64(b); return vectorOf(patterns64(a).map((x, i) => (less64(x, y[i]!) ? y[i]! : x)), 64); });
for (const [shape, bits] of [["f32x4", 32], ["f64x2", 64]] as const) {
  operations[`${shape}.splat`] = operations[`i${bits}x${128 / bits}.splat`]!;
  operations[`${shape}.extract_lane`] = operations[`i${bits}x${128 / bits}.extract_lane`]!;
  operations[`${shape}.replace_lane`] = operations[`i${bits}x${128 / bits}.replace_lane`]!;
}
for (const sign of ["s", "u"] as const) {
  const signed = sign === "s";
  define(`f32x4.convert_i32x4_${sign}`, (a) => vectorOf(lanes(a, 32, signed).map((x) => BigInt(integerToF32(x))), 32));
  define(`f64x2.convert_low_i32x4_${sign}`, (a) => vectorOf(lanes(a, 32, signed).slice(0, 2).map(integerToF64), 64));
  define(`i32x4.trunc_sat_f32x4_${sign}`, (a) => vectorOf(patterns32(a).map((x) => (isNan32(x) ? 0n : saturate(f32ToNumber(x), 32, signed))), 32));
  define(`i32x4.trunc_sat_f64x2_${sign}_zero`, (a) => vectorOf(patterns64(a).map((x) => (isNan64(x) ? 0n : saturate(f64ToNumber(x), 32, signed))), 32));
}
define("f32x4.demote_f64x2_zero", (a) => vectorOf(patterns64(a).map((x) => BigInt(demote(x))), 32));
define("f64x2.promote_low_f32x4", (a) => vectorOf(patterns32(a).slice(0, 2).map(promote), 64));

/** Vector instructions by name. */
export const VECTOR_OPERATIONS: { readonly [name: string]: VectorOperation } = operations;
