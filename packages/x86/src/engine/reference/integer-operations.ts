/**
 * WebAssembly's scalar integer instructions (specification, "Integer Operations"). i32 values are signed numbers, i64 values signed bigints;
 * truth values are i32.
 */

/** An i32 as the specification's unsigned interpretation. */
const u32 = (x: number): number => x >>> 0;
const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);
const s64 = (x: bigint): bigint => BigInt.asIntN(64, x);
/** Counts of 64-bit shifts and rotates are taken modulo 64. */
const count = (x: bigint): bigint => x & 63n;

function divisor<T extends number | bigint>(x: T): T {
  if (!x) throw new Error("a description divides by zero: it must raise #DE first");
  return x;
}

function popcount(x: number): number {
  let n = 0;
  for (let rest = x >>> 0; rest; rest &= rest - 1) n++;
  return n;
}
const low = (x: bigint): number => Number(BigInt.asIntN(32, x));
const high = (x: bigint): number => Number(x >> 32n);
const trailingZeros = (x: number): number => (x === 0 ? 32 : 31 - Math.clz32(x & -x));

export const I32_OPERATIONS: { readonly [name: string]: (a: number, b: number) => number } = {
  "i32.add": (a, b) => (a + b) | 0,
  "i32.sub": (a, b) => (a - b) | 0,
  "i32.mul": (a, b) => Math.imul(a, b),
  "i32.div_s": (a, b) => {
    if (a === -0x8000_0000 && b === -1) throw new Error("a description divides -2^31 by -1: it must raise #DE first");
    return (a / divisor(b)) | 0;
  },
  "i32.div_u": (a, b) => (u32(a) / divisor(u32(b))) | 0,
  "i32.rem_s": (a, b) => (a % divisor(b)) | 0,
  "i32.rem_u": (a, b) => (u32(a) % divisor(u32(b))) | 0,
  "i32.and": (a, b) => a & b,
  "i32.or": (a, b) => a | b,
  "i32.xor": (a, b) => a ^ b,
  "i32.shl": (a, b) => a << b,
  "i32.shr_s": (a, b) => a >> b,
  "i32.shr_u": (a, b) => (a >>> b) | 0,
  "i32.rotl": (a, b) => (b & 31 ? (a << b) | (a >>> (32 - (b & 31))) : a),
  "i32.rotr": (a, b) => (b & 31 ? (a >>> b) | (a << (32 - (b & 31))) : a),
  "i32.clz": (a) => Math.clz32(a),
  "i32.ctz": trailingZeros,
  "i32.popcnt": popcount,
  "i32.eqz": (a) => Number(a === 0),
  "i32.eq": (a, b) => Number(a === b),
  "i32.ne": (a, b) => Number(a !== b),
  "i32.lt_s": (a, b) => Number(a < b),
  "i32.lt_u": (a, b) => Number(u32(a) < u32(b)),
  "i32.gt_s": (a, b) => Number(a > b),
  "i32.gt_u": (a, b) => Number(u32(a) > u32(b)),
  "i32.le_s": (a, b) => Number(a <= b),
  "i32.le_u": (a, b) => Number(u32(a) <= u32(b)),
  "i32.ge_s": (a, b) => Number(a >= b),
  "i32.ge_u": (a, b) => Number(u32(a) >= u32(b)),
  "i32.extend8_s": (a) => (a << 24) >> 24,
  "i32.extend16_s": (a) => (a << 16) >> 16,
};

export const I64_OPERATIONS: { readonly [name: string]: (a: bigint, b: bigint) => bigint | number } = {
  "i64.add": (a, b) => s64(a + b),
  "i64.sub": (a, b) => s64(a - b),
  "i64.mul": (a, b) => s64(a * b),
  "i64.div_s": (a, b) => {
    const quotient = a / divisor(b);
    if (quotient !== s64(quotient)) throw new Error("a description divides -2^63 by -1: it must raise #DE first");
    return quotient;
  },
  "i64.div_u": (a, b) => s64(u64(a) / divisor(u64(b))),
  "i64.rem_s": (a, b) => a % divisor(b),
  "i64.rem_u": (a, b) => s64(u64(a) % divisor(u64(b))),
  "i64.and": (a, b) => a & b,
  "i64.or": (a, b) => a | b,
  "i64.xor": (a, b) => a ^ b,
  "i64.shl": (a, b) => s64(a << count(b)),
  "i64.shr_s": (a, b) => a >> count(b),
  "i64.shr_u": (a, b) => s64(u64(a) >> count(b)),
  "i64.rotl": (a, b) => s64((a << count(b)) | (u64(a) >> (64n - count(b)))),
  "i64.rotr": (a, b) => s64((u64(a) >> count(b)) | (a << (64n - count(b)))),
  "i64.clz": (a) => BigInt(high(a) ? Math.clz32(high(a)) : 32 + Math.clz32(low(a))),
  "i64.ctz": (a) => BigInt(low(a) ? trailingZeros(low(a)) : 32 + trailingZeros(high(a))),
  "i64.popcnt": (a) => BigInt(popcount(low(a)) + popcount(high(a))),
  "i64.eqz": (a) => Number(a === 0n),
  "i64.eq": (a, b) => Number(a === b),
  "i64.ne": (a, b) => Number(a !== b),
  "i64.lt_s": (a, b) => Number(a < b),
  "i64.lt_u": (a, b) => Number(u64(a) < u64(b)),
  "i64.gt_s": (a, b) => Number(a > b),
  "i64.gt_u": (a, b) => Number(u64(a) > u64(b)),
  "i64.le_s": (a, b) => Number(a <= b),
  "i64.le_u": (a, b) => Number(u64(a) <= u64(b)),
  "i64.ge_s": (a, b) => Number(a >= b),
  "i64.ge_u": (a, b) => Number(u64(a) >= u64(b)),
  "i64.extend8_s": (a) => BigInt.asIntN(8, a),
  "i64.extend16_s": (a) => BigInt.asIntN(16, a),
  "i64.extend32_s": (a) => BigInt.asIntN(32, a),
};

/** Conversions between the two widths. */
export const WIDTH_OPERATIONS = {
  "i32.wrap_i64": low,
  "i64.extend_i32_s": (a: number): bigint => BigInt(a),
  "i64.extend_i32_u": (a: number): bigint => BigInt(u32(a)),
} as const;
