/** A number of any precision: (-1)^negative · magnitude · 2^exponent. */
export interface Exact { readonly negative: boolean; readonly magnitude: bigint; readonly exponent: number }

/** A double extended precision number: sign and exponent in 16 bits, significand. */
export interface Extended { readonly signExponent: number; readonly significand: bigint }

const BIAS = 16383;
/** Exponent of a denormal's last bit. */
const LEAST = -16445;

export function exact(magnitude: bigint, exponent: number = 0): Exact {
  return { negative: magnitude < 0n, magnitude: magnitude < 0n ? -magnitude : magnitude, exponent };
}
export function negate(x: Exact, condition: boolean = true): Exact { return condition ? { ...x, negative: !x.negative } : x; }
export function times(a: Exact, b: Exact): Exact {
  return { negative: a.negative !== b.negative, magnitude: a.magnitude * b.magnitude, exponent: a.exponent + b.exponent };
}
/** A quotient to at least `bits` bits, bit 0 standing for what is left over. */
export function divided(a: Exact, b: Exact, bits: number): Exact {
  const up = Math.max(0, bits + bitLength(b.magnitude) - bitLength(a.magnitude));
  return { negative: a.negative !== b.negative, magnitude: ((a.magnitude << BigInt(up)) / b.magnitude) | 1n, exponent: a.exponent - b.exponent - up };
}
export function bitLength(n: bigint): number { return n === 0n ? 0 : n.toString(2).length; }
/** Exponent of the leading one. */
export function order(x: Exact): number { return bitLength(x.magnitude) + x.exponent - 1; }

/** A finite number's value. */
export function fromExtended(v: Extended): Exact {
  return { negative: v.signExponent > 0x7fff, magnitude: v.significand, exponent: Math.max(1, v.signExponent & 0x7fff) - BIAS - 63 };
}

/** Exponent of the last of 64 bits of a number of x's size. */
function unit(x: Exact): number { return Math.max(order(x) - 63, LEAST); }
function scaled(x: Exact, exponent: number): bigint { return (x.magnitude << BigInt(x.exponent - exponent)) * (x.negative ? -1n : 1n); }

/** How far `v` is from `x`, in units in the last place of x; positive where v is the greater. */
export function ulpError(v: Extended, x: Exact): number {
  const value = fromExtended(v), last = unit(x), exponent = Math.min(value.exponent, x.exponent, last);
  return Number(((scaled(value, exponent) - scaled(x, exponent)) * 1_000_000n) / (1n << BigInt(last - exponent))) / 1e6;
}

/** A number other than zero rounded to the nearest double extended precision number; no overflow. */
export function toNearest(x: Exact): Extended {
  let last = unit(x);
  const drop = last - x.exponent;
  let q = x.magnitude;
  if (drop <= 0) q <<= BigInt(-drop);
  else {
    const half = 1n << BigInt(drop - 1), rest = x.magnitude & ((1n << BigInt(drop)) - 1n);
    q >>= BigInt(drop);
    if (rest > half || (rest === half && (q & 1n) === 1n)) q++;
  }
  if (q === 1n << 64n) { q >>= 1n; last++; }
  return { signExponent: (x.negative ? 0x8000 : 0) | (q >> 63n ? last + 63 + BIAS : 0), significand: q };
}
