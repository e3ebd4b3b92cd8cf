import { type Exact } from "./exact.ts";

/**
 * Elementary functions on fixed-point bigints of FRACTION bits: textbook series, halved arguments, nothing shared with the processor's routines.
 * Errors are some tens of units of the last of 320 bits.
 */
export const FRACTION = 320;
const P = BigInt(FRACTION);
/** 1 as a fixed-point number. */
export const ONE: bigint = 1n << P;

export function multiplyFixed(a: bigint, b: bigint): bigint { return (a * b) >> P; }
/** The magnitude of a number as fixed point; what is far below the last bit is lost. */
export function toFixed(x: Exact): bigint {
  const up = x.exponent + FRACTION;
  return up >= 0 ? x.magnitude << BigInt(up) : -up > 40_000 ? 0n : x.magnitude >> BigInt(-up);
}
/** A fixed-point number times an exact one. Where a ratio has come out as 1 it is moved towards where it lies. */
export function timesFixed(x: Exact, ratio: bigint, towards: -1n | 1n): Exact {
  return { negative: x.negative, magnitude: x.magnitude * (ratio === ONE ? ratio + towards : ratio), exponent: x.exponent - FRACTION };
}

/** 1 + Σ x^n / (d(1) · … · d(n)). */
function powerSeries(x: bigint, divisor: (n: bigint) => bigint): bigint {
  let term = ONE, sum = ONE;
  for (let n = 1n; ; n++) {
    term = multiplyFixed(term, x) / divisor(n);
    if (term === 0n || term === -1n) return sum;
    sum += term;
  }
}
/** sin(x) / x and cos(x) of x². */
export function sineRatio(square: bigint): bigint { return powerSeries(-square, (n) => 2n * n * (2n * n + 1n)); }
export function cosine(square: bigint): bigint { return powerSeries(-square, (n) => (2n * n - 1n) * 2n * n); }
/** (e^x - 1) / x. */
export function exponentialRatio(x: bigint): bigint { return powerSeries(x, (n) => n + 1n); }
/** Σ (±x²)^n / (2n + 1): artanh(x) / x of x², arctan(x) / x of -x². */
export function inverseTangentRatio(square: bigint): bigint {
  let power = ONE, sum = ONE;
  for (let n = 3n; ; n += 2n) {
    power = multiplyFixed(power, square);
    if (power === 0n || power === -1n) return sum;
    sum += power / n;
  }
}
function squareRoot(n: bigint): bigint {
  for (let x = 1n << BigInt((n.toString(2).length + 1) >> 1); ;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}
/** arctan x for 0 <= x <= 1: by arctan x = 2 arctan(x / (1 + sqrt(1 + x²))) to small arguments. */
export function arctangent(x: bigint): bigint {
  let v = x, doublings = 0n;
  for (; v > ONE >> 3n; doublings++) v = (v << P) / (ONE + squareRoot((ONE + multiplyFixed(v, v)) << P));
  return multiplyFixed(v, inverseTangentRatio(-multiplyFixed(v, v))) << doublings;
}
export const PI: bigint = arctangent(ONE) << 2n;
/** ln 2 = 2 artanh(1/3). */
export const LN2: bigint = ((2n * ONE) / 3n) * inverseTangentRatio(ONE / 9n) >> P;
