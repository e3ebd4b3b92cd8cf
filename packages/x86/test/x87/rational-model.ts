import type { Extended } from "./x87-unit.ts";

/** Status word flags. */
export const IE = 1, DE = 2, ZE = 4, OE = 8, UE = 0x10, PE = 0x20, C1 = 0x200;
const BIAS = 16383, TOP_BIT = 1n << 63n, QUIET = 1n << 62n;
export const INDEFINITE: Extended = { significand: TOP_BIT | QUIET, signExponent: 0xffff };

export type Operation = "add" | "sub" | "subr" | "mul" | "div" | "divr" | "sqrt";
export interface Outcome { readonly value: Extended; readonly flags: number }

/** Precision control and rounding control of a control word. */
export interface Control { readonly precision: 0 | 2 | 3; readonly rounding: 0 | 1 | 2 | 3 }
export const controlWord = (c: Control): number => 0x7f | (c.precision << 8) | (c.rounding << 10);
const PRECISION = { 0: 24, 2: 53, 3: 64 } as const;

const exponent = (v: Extended): number => v.signExponent & 0x7fff;
const negative = (v: Extended): boolean => (v.signExponent & 0x8000) !== 0;
const isUnsupported = (v: Extended): boolean => exponent(v) !== 0 && v.significand < TOP_BIT;
const isNan = (v: Extended): boolean => exponent(v) === 0x7fff && v.significand > TOP_BIT;
const isInfinite = (v: Extended): boolean => exponent(v) === 0x7fff && v.significand === TOP_BIT;
const isZero = (v: Extended): boolean => exponent(v) === 0 && v.significand === 0n;
const isDenormal = (v: Extended): boolean => exponent(v) === 0 && v.significand !== 0n;
const infinity = (sign: boolean): Extended => ({ significand: TOP_BIT, signExponent: 0x7fff | (sign ? 0x8000 : 0) });
const zero = (sign: boolean): Extended => ({ significand: 0n, signExponent: sign ? 0x8000 : 0 });

/** numerator / denominator, both whole, the denominator positive. */
interface Rational { readonly n: bigint; readonly d: bigint }
const pow2 = (e: number): Rational => (e >= 0 ? { n: 1n << BigInt(e), d: 1n } : { n: 1n, d: 1n << BigInt(-e) });
/** The value of a finite number: significand · 2^(exponent - 16383 - 63); the exponent field 0 stands for 1. */
function valueOf(v: Extended): Rational {
  const p = pow2(Math.max(exponent(v), 1) - BIAS - 63);
  return { n: (negative(v) ? -v.significand : v.significand) * p.n, d: p.d };
}

/** A positive exact number as a test against multiples of a unit: how many whole 2^e it holds, and how what is left compares with half of one. */
interface Exact {
  whole(e: number): bigint;
  /** -1 less than half of 2^e beyond `whole(e)`, 0 exactly half, 1 more; "none" nothing left. */
  rest(e: number): -1 | 0 | 1 | "none";
}
function rationalExact({ n, d }: Rational): Exact {
  const scaled = (e: number): [bigint, bigint] => (e >= 0 ? [n, d << BigInt(e)] : [n << BigInt(-e), d]);
  return {
    whole(e) { const [a, b] = scaled(e); return a / b; },
    rest(e) {
      const [a, b] = scaled(e), r = a % b;
      return r === 0n ? "none" : 2n * r < b ? -1 : 2n * r === b ? 0 : 1;
    },
  };
}
function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}
function rootExact({ n, d }: Rational): Exact {
  // floor(sqrt(n/d) / 2^e) = floor(sqrt(n / (d · 4^e))).
  const scaled = (e: number): [bigint, bigint] => (e >= 0 ? [n, d << BigInt(2 * e)] : [n << BigInt(-2 * e), d]);
  return {
    whole(e) { const [a, b] = scaled(e); return squareRoot(a / b); },
    rest(e) {
      const [a, b] = scaled(e), w = squareRoot(a / b);
      if (w * w * b === a) return "none";
      // (w + 1/2)² against a / b.
      const half = (2n * w + 1n) ** 2n * b;
      return 4n * a < half ? -1 : 4n * a === half ? 0 : 1;
    },
  };
}

/** Rounds to `precision` bits, or fewer where the unit would be below the format's least (SDM vol. 1, "Rounding Control (RC) Field"). */
function round(exact: Exact, sign: boolean, c: Control): Outcome {
  // The exponent of the leading bit, found by halving the interval.
  let low = -40000, high = 40000;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (exact.whole(middle) >= 1n) low = middle; else high = middle;
  }
  const bits = PRECISION[c.precision];
  const to = (unit: number): { q: bigint; inexact: boolean; up: boolean } => {
    const w = exact.whole(unit), r = exact.rest(unit), inexact = r !== "none";
    const up = inexact && (c.rounding === 0 ? r === 1 || (r === 0 && (w & 1n) === 1n) : c.rounding === (sign ? 1 : 2));
    return { q: up ? w + 1n : w, inexact, up };
  };
  const unbounded = to(low - bits + 1), reached = low + (unbounded.q >> BigInt(bits) ? 1 : 0);
  if (reached > 16383) {
    const toInfinity = c.rounding === 0 || c.rounding === (sign ? 1 : 2);
    const largest = ((1n << BigInt(bits)) - 1n) << BigInt(64 - bits);
    return { value: toInfinity ? infinity(sign) : { significand: largest, signExponent: 0x7ffe | (sign ? 0x8000 : 0) }, flags: OE | PE | (toInfinity ? C1 : 0) };
  }
  const tiny = reached < 1 - BIAS, unit = Math.max(low, 1 - BIAS) - bits + 1, r = to(unit);
  const flags = (r.inexact ? PE : 0) | (r.inexact && tiny ? UE : 0) | (r.up ? C1 : 0);
  return { value: encode(r.q, unit, sign), flags };
}
/** ± q · 2^unit. */
function encode(q: bigint, unit: number, sign: boolean): Extended {
  if (q === 0n) return zero(sign);
  const length = q.toString(2).length, field = unit + length - 1 + BIAS;
  const aligned = field >= 1 ? q << BigInt(64 - length) : q << BigInt(unit + BIAS + 62);
  return { significand: aligned, signExponent: Math.max(field, 0) | (sign ? 0x8000 : 0) };
}

/** SDM vol. 1, "Operating on NaNs": the larger significand, made quiet; of equal ones the positive. An unsupported operand gives the indefinite. */
function ofNans(operands: readonly Extended[]): Outcome | undefined {
  if (operands.some(isUnsupported)) return { value: INDEFINITE, flags: IE };
  const nans = operands.filter(isNan);
  if (nans.length === 0) return undefined;
  const [first] = [...nans].sort((a, b) => (a.significand === b.significand ? Number(negative(a)) - Number(negative(b)) : a.significand > b.significand ? -1 : 1));
  return { value: { significand: first!.significand | QUIET, signExponent: first!.signExponent }, flags: nans.some((v) => !(v.significand & QUIET)) ? IE : 0 };
}

/** What ST(0) = a and the other operand b give with all exceptions masked: value, exception flags and C1. */
export function model(operation: Operation, a: Extended, b: Extended, c: Control): Outcome {
  const nan = ofNans(operation === "sqrt" ? [a] : [a, b]);
  if (nan) return nan;
  const invalid: Outcome = { value: INDEFINITE, flags: IE };
  const denormal = isDenormal(a) || (operation !== "sqrt" && isDenormal(b)) ? DE : 0;
  const with_ = (o: Outcome): Outcome => ({ value: o.value, flags: o.flags | denormal });
  if (operation === "subr") return model("sub", b, a, c);
  if (operation === "divr") return model("div", b, a, c);
  if (operation === "sqrt") {
    if (isZero(a)) return { value: a, flags: 0 };
    if (negative(a)) return invalid;
    return with_(isInfinite(a) ? { value: a, flags: 0 } : round(rootExact(valueOf(a)), false, c));
  }
  const minus = operation === "sub", signB = negative(b) !== minus;
  if (operation === "add" || minus) {
    if (isInfinite(a) && isInfinite(b) && negative(a) !== signB) return invalid;
    if (isInfinite(a)) return with_({ value: a, flags: 0 });
    if (isInfinite(b)) return with_({ value: infinity(signB), flags: 0 });
    const x = valueOf(a), y = valueOf(b), n = x.n * y.d + (minus ? -y.n : y.n) * x.d;
    if (n === 0n) return with_({ value: zero(negative(a) === signB ? signB : c.rounding === 1), flags: 0 });
    return with_(round(rationalExact({ n: n < 0n ? -n : n, d: x.d * y.d }), n < 0n, c));
  }
  const sign = negative(a) !== negative(b);
  if (operation === "mul") {
    if ((isInfinite(a) && isZero(b)) || (isZero(a) && isInfinite(b))) return invalid;
    if (isInfinite(a) || isInfinite(b)) return with_({ value: infinity(sign), flags: 0 });
    if (isZero(a) || isZero(b)) return with_({ value: zero(sign), flags: 0 });
    const x = valueOf(a), y = valueOf(b), n = x.n * y.n;
    return with_(round(rationalExact({ n: n < 0n ? -n : n, d: x.d * y.d }), sign, c));
  }
  if ((isInfinite(a) && isInfinite(b)) || (isZero(a) && isZero(b))) return invalid;
  if (isInfinite(a)) return with_({ value: infinity(sign), flags: 0 });
  // A denormal divided by zero reports the zero divide alone (the silicon's answer).
  if (isZero(b)) return { value: infinity(sign), flags: ZE };
  if (isZero(a) || isInfinite(b)) return with_({ value: zero(sign), flags: 0 });
  const x = valueOf(a), y = valueOf(b), abs = (v: bigint): bigint => (v < 0n ? -v : v);
  return with_(round(rationalExact({ n: abs(x.n) * y.d, d: x.d * abs(y.n) }), sign, c));
}
