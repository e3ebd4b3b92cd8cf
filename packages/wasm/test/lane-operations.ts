// What the integer and floating-point instructions do with one lane, from the definitions of the core spec, "Execution: Numerics".

/** The instruction traps. */
export class Trap extends Error {}

const u = (bits: number, x: bigint): bigint => BigInt.asUintN(bits, x);
const s = (bits: number, x: bigint): bigint => BigInt.asIntN(bits, x);

/** x limited to the range of a signed (or unsigned) number of so many bits. */
export function saturate(x: bigint, bits: number, signed: boolean): bigint {
  const low = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const high = signed ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  return x < low ? low : x > high ? high : x;
}
function divide(bits: number, a: bigint, b: bigint, signed: boolean): bigint {
  if (b === 0n) throw new Trap();
  if (signed && b === -1n && a === -(1n << BigInt(bits - 1))) throw new Trap();
  return a / b;
}
function remainder(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new Trap();
  return a % b;
}
function leadingZeros(bits: number, x: bigint): bigint {
  return BigInt(bits - (x === 0n ? 0 : x.toString(2).length));
}

/** Integer operations by name: lane width, signed operands → a number whose low bits are the result. Shift counts come modulo the width. */
export const INTEGER: { readonly [name: string]: (bits: number, a: bigint, b: bigint) => bigint } = {
  add: (_, a, b) => a + b,
  sub: (_, a, b) => a - b,
  mul: (_, a, b) => a * b,
  div_s: (w, a, b) => divide(w, a, b, true),
  div_u: (w, a, b) => divide(w, u(w, a), u(w, b), false),
  rem_s: (_, a, b) => remainder(a, b),
  rem_u: (w, a, b) => remainder(u(w, a), u(w, b)),
  and: (_, a, b) => a & b,
  or: (_, a, b) => a | b,
  xor: (_, a, b) => a ^ b,
  xchg: (_, __, b) => b,
  shl: (w, a, b) => a << u(w, b) % BigInt(w),
  shr_s: (w, a, b) => a >> u(w, b) % BigInt(w),
  shr_u: (w, a, b) => u(w, a) >> u(w, b) % BigInt(w),
  rotl: (w, a, b) => (u(w, a) << u(w, b) % BigInt(w)) | (u(w, a) >> (BigInt(w) - (u(w, b) % BigInt(w)))),
  rotr: (w, a, b) => (u(w, a) >> u(w, b) % BigInt(w)) | (u(w, a) << (BigInt(w) - (u(w, b) % BigInt(w)))),
  clz: (w, a) => leadingZeros(w, u(w, a)),
  ctz: (w, a) => (a === 0n ? BigInt(w) : leadingZeros(w, 0n) - 1n - leadingZeros(w, u(w, a & -a))),
  popcnt: (w, a) => BigInt([...u(w, a).toString(2)].filter((digit) => digit === "1").length),
  abs: (_, a) => (a < 0n ? -a : a),
  neg: (_, a) => -a,
  extend8_s: (_, a) => s(8, a),
  extend16_s: (_, a) => s(16, a),
  extend32_s: (_, a) => s(32, a),
  min_s: (_, a, b) => (a < b ? a : b),
  max_s: (_, a, b) => (a > b ? a : b),
  min_u: (w, a, b) => (u(w, a) < u(w, b) ? a : b),
  max_u: (w, a, b) => (u(w, a) > u(w, b) ? a : b),
  avgr_u: (w, a, b) => (u(w, a) + u(w, b) + 1n) >> 1n,
  add_sat_s: (w, a, b) => saturate(a + b, w, true),
  add_sat_u: (w, a, b) => saturate(u(w, a) + u(w, b), w, false),
  sub_sat_s: (w, a, b) => saturate(a - b, w, true),
  sub_sat_u: (w, a, b) => saturate(u(w, a) - u(w, b), w, false),
  q15mulr_sat_s: (w, a, b) => saturate((a * b + 0x4000n) >> 15n, w, true),
};

/** Integer comparisons. */
export const INTEGER_TEST: { readonly [name: string]: (bits: number, a: bigint, b: bigint) => boolean } = {
  eqz: (_, a) => a === 0n,
  eq: (_, a, b) => a === b,
  ne: (_, a, b) => a !== b,
  lt_s: (_, a, b) => a < b,
  gt_s: (_, a, b) => a > b,
  le_s: (_, a, b) => a <= b,
  ge_s: (_, a, b) => a >= b,
  lt_u: (w, a, b) => u(w, a) < u(w, b),
  gt_u: (w, a, b) => u(w, a) > u(w, b),
  le_u: (w, a, b) => u(w, a) <= u(w, b),
  ge_u: (w, a, b) => u(w, a) >= u(w, b),
};

/** Rounds to an integer, ties to even. */
function nearest(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const below = Math.floor(x);
  const up = x - below > 0.5 || (x - below === 0.5 && below % 2 !== 0);
  const rounded = up ? below + 1 : below;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

/** Floating-point operations on the bits alone, NaNs included: sign is the mask of the sign bit. */
export const SIGN: { readonly [name: string]: (sign: bigint, a: bigint, b: bigint) => bigint } = {
  abs: (sign, a) => a & ~sign,
  neg: (sign, a) => a ^ sign,
  copysign: (sign, a, b) => (a & ~sign) | (b & sign),
};

/** Floating-point operations; f32 results are rounded by the caller, which is exact: double precision has more than twice the bits. */
export const FLOAT: { readonly [name: string]: (a: number, b: number) => number } = {
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  nearest,
  sqrt: Math.sqrt,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  pmin: (a, b) => (b < a ? b : a),
  pmax: (a, b) => (a < b ? b : a),
};

/** Floating-point comparisons. */
export const FLOAT_TEST: { readonly [name: string]: (a: number, b: number) => boolean } = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
  ge: (a, b) => a >= b,
};

/** Truncation of a float to an integer of so many bits; traps or saturates. */
export function truncate(x: number, bits: number, signed: boolean, saturating: boolean): bigint {
  if (Number.isNaN(x)) {
    if (saturating) return 0n;
    throw new Trap();
  }
  if (!Number.isFinite(x)) {
    if (!saturating) throw new Trap();
    return saturate(x < 0 ? -(1n << 70n) : 1n << 70n, bits, signed);
  }
  const whole = BigInt(Math.trunc(x));
  const limited = saturate(whole, bits, signed);
  if (!saturating && limited !== whole) throw new Trap();
  return limited;
}
/** An integer as a float: f32 is rounded once, from the exact value. */
export function convert(value: bigint, bits: number): number {
  if (bits === 64) return Number(value);
  // Math.fround(Number(x)) would round twice. Keeping the highest 40 bits and a sticky one for the rest makes the first step exact.
  const size = BigInt(Math.max(0, (value < 0n ? -value : value).toString(2).length - 40));
  const kept = value >> size;
  const sticky = kept << size === value ? kept : kept | 1n;
  return Math.fround(Number(sticky) * 2 ** Number(size));
}
