import { bitLength, divided, exact, negate, order, times, type Exact } from "./exact.ts";
import { arctangent, cosine, exponentialRatio, FRACTION, inverseTangentRatio, LN2, multiplyFixed, ONE, PI, sineRatio, timesFixed, toFixed } from "./fixed-point.ts";

/** What the transcendental instructions compute, to more than 256 bits. Arguments are finite and not zero. */

const BITS = FRACTION + 20;
/** The 66-bit pi of argument reduction (SDM vol. 1, "Approximation of Pi"), · 2^64. */
const PI66 = 0x3243f6a8885a308d3n;

/** |x| = k · pi/2 + rest with |rest| <= pi/4 and k modulo 4. */
function reduce(x: Exact): { k: number; rest: Exact } {
  const places = Math.max(65, -x.exponent), halfPi = PI66 << BigInt(places - 65), whole = x.magnitude << BigInt(places + x.exponent);
  const k = (2n * whole + halfPi) / (2n * halfPi);
  return { k: Number(k & 3n), rest: exact(whole - k * halfPi, -places) };
}
function sineOfRest(rest: Exact): Exact {
  const f = toFixed(rest);
  return timesFixed(rest, sineRatio(multiplyFixed(f, f)), -1n);
}
function cosineOfRest(rest: Exact): Exact {
  const f = toFixed(rest);
  return timesFixed(exact(1n), cosine(multiplyFixed(f, f)), -1n);
}
function quarterTurned(rest: Exact, k: number): Exact { return negate(k & 1 ? cosineOfRest(rest) : sineOfRest(rest), (k & 2) !== 0); }

export function sin(x: Exact): Exact {
  const { k, rest } = reduce(x);
  return negate(quarterTurned(rest, k), x.negative);
}
export function cos(x: Exact): Exact {
  const { k, rest } = reduce(x);
  return quarterTurned(rest, k + 1);
}
export function tan(x: Exact): Exact {
  const { k, rest } = reduce(x);
  // tan r = r + r³/3: of a tiny rest the quotient of the series would lose the second term.
  const small = order(rest) < -BITS / 2;
  const t = small ? { ...rest, magnitude: (rest.magnitude << BigInt(BITS)) + 1n, exponent: rest.exponent - BITS } : divided(sineOfRest(rest), cosineOfRest(rest), BITS);
  return negate(k & 1 ? negate(divided(exact(1n), t, BITS)) : t, x.negative);
}

/** arctan(y/x) in the quadrant of (x, y). */
export function atan2(y: Exact, x: Exact): Exact {
  const a = { ...y, negative: false }, b = { ...x, negative: false };
  const exponent = Math.min(a.exponent, b.exponent), steep = a.magnitude << BigInt(a.exponent - exponent) > b.magnitude << BigInt(b.exponent - exponent);
  const t = steep ? divided(b, a, BITS) : divided(a, b, BITS), f = toFixed(t);
  if (!steep && !x.negative && order(t) < -8) return negate(timesFixed(t, inverseTangentRatio(-multiplyFixed(f, f)), -1n), y.negative);
  const angle = arctangent(f) || 1n, half = PI >> 1n;
  const whole = steep ? (x.negative ? half + angle : half - angle) : x.negative ? PI - angle : angle;
  return negate(exact(whole, -FRACTION), y.negative);
}

/** 2^x - 1 for |x| < 1. */
export function powerMinusOne(x: Exact): Exact {
  const z = times(x, exact(LN2, -FRACTION)), f = toFixed(z);
  return timesFixed(z, exponentialRatio(x.negative ? -f : f), x.negative ? -1n : 1n);
}

/** log2((1 + s) / (1 - s)) = 2/ln 2 · artanh s for small s. */
function logarithmOfRatio(s: Exact): Exact {
  const f = toFixed(s);
  return divided(timesFixed({ ...s, exponent: s.exponent + 1 }, inverseTangentRatio(multiplyFixed(f, f)), 1n), exact(LN2, -FRACTION), BITS);
}
/** log2 x. */
export function log2(x: Exact): Exact {
  const bits = bitLength(x.magnitude), above = 2n * x.magnitude ** 2n > 1n << BigInt(2 * bits);
  // x = m · 2^k, m between the root of 1/2 and that of 2; s = (m - 1) / (m + 1).
  const one = 1n << BigInt(above ? bits : bits - 1), k = order(x) + (above ? 1 : 0);
  if (x.magnitude === one) return exact(BigInt(k));
  const fraction = logarithmOfRatio(divided(exact(x.magnitude - one), exact(x.magnitude + one), BITS));
  if (k === 0) return fraction;
  const f = toFixed(fraction);
  return exact(BigInt(k) * ONE + (fraction.negative ? -f : f), -FRACTION);
}
/** log2(1 + x) for x > -1. */
export function log2PlusOne(x: Exact): Exact {
  const signed = x.negative ? -x.magnitude : x.magnitude;
  if (order(x) < -2 * BITS) return logarithmOfRatio(divided(x, exact(2n), BITS));
  const down = Math.max(0, -x.exponent), whole = signed << BigInt(x.exponent + down), one = 1n << BigInt(down);
  if (order(x) < -3) return logarithmOfRatio(divided(exact(whole), exact(2n * one + whole), BITS));
  return log2(exact(one + whole, -down));
}
