import { fromExtended, times, type Exact, type Extended } from "./exact.ts";
import { atan2, cos, log2, log2PlusOne, powerMinusOne, sin, tan } from "./reference.ts";

/** An instruction with what it computes and arguments to try it with. */
export interface Function80 {
  /** Mnemonic, and which of two results. */
  readonly name: string;
  readonly code: readonly number[];
  /** Number of stack registers of the arguments and, after the instruction, place of the result. */
  readonly operands: 1 | 2;
  readonly result: 0 | 1;
  arguments(random: Random): readonly Extended[];
  exact(st0: Exact, st1: Exact): Exact;
}
export type Random = () => number;

/** A repeatable generator of numbers in [0, 1): xorshift32. */
export function randomFrom(seed: number): Random {
  let x = seed | 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

const word = (random: Random): bigint => BigInt(Math.floor(random() * 2 ** 32));
/** A number whose exponent is evenly spread from `least` to `greatest`, of either sign unless `positive`. */
function spread(random: Random, least: number, greatest: number, positive: boolean = false): Extended {
  const exponent = least + Math.floor(random() * (greatest - least + 1)), sign = !positive && random() < 0.5 ? 0x8000 : 0;
  return { signExponent: sign | (16383 + exponent), significand: (1n << 63n) | (word(random) << 32n) | word(random) };
}
/** A number next to one where an intermediate result cancels: `center` (not a denormal) moved by up to 2^places units. */
function near(random: Random, center: Extended, places: number): Extended {
  const by = (word(random) << 32n) | word(random);
  const moved = center.significand + ((by >> BigInt(64 - places)) - (1n << BigInt(places - 1)));
  return moved >> 63n === 1n ? { ...center, significand: moved } : center;
}
const HALF_PI: bigint = 0xc90fdaa22168c235n, ONE: Extended = { signExponent: 0x3fff, significand: 1n << 63n };
const angle = (random: Random): Extended => (random() < 0.2 ? near(random, { signExponent: 0x3fff + Math.floor(random() * 8), significand: HALF_PI }, 1 + Math.floor(random() * 60)) : spread(random, -70, 62));
const argument = (random: Random): Extended => (random() < 0.3 ? near(random, ONE, 1 + Math.floor(random() * 62)) : random() < 0.7 ? spread(random, -4, 4, true) : spread(random, -16000, 16000, true));
const y = (random: Random): Extended => spread(random, -100, 100);

export const FUNCTIONS: readonly Function80[] = [
  { name: "FSIN", code: [0xd9, 0xfe], operands: 1, result: 0, arguments: (r) => [angle(r)], exact: sin },
  { name: "FCOS", code: [0xd9, 0xff], operands: 1, result: 0, arguments: (r) => [angle(r)], exact: cos },
  { name: "FSINCOS (sine)", code: [0xd9, 0xfb], operands: 1, result: 1, arguments: (r) => [angle(r)], exact: sin },
  { name: "FSINCOS (cosine)", code: [0xd9, 0xfb], operands: 1, result: 0, arguments: (r) => [angle(r)], exact: cos },
  { name: "FPTAN", code: [0xd9, 0xf2], operands: 1, result: 1, arguments: (r) => [angle(r)], exact: tan },
  { name: "FPATAN", code: [0xd9, 0xf3], operands: 2, result: 0, arguments: (r) => (r() < 0.5 ? [spread(r, -3, 3), spread(r, -3, 3)] : [spread(r, -60, 60), spread(r, -60, 60)]), exact: (x, v) => atan2(v, x) },
  { name: "F2XM1", code: [0xd9, 0xf0], operands: 1, result: 0, arguments: (r) => [r() < 0.5 ? spread(r, -3, -1) : spread(r, -80, -1)], exact: powerMinusOne },
  { name: "FYL2X", code: [0xd9, 0xf1], operands: 2, result: 0, arguments: (r) => [argument(r), y(r)], exact: (x, v) => times(log2(x), v) },
  { name: "FYL2XP1", code: [0xd9, 0xf9], operands: 2, result: 0, arguments: (r) => [r() < 0.5 ? spread(r, -5, -2) : spread(r, -80, -2), y(r)], exact: (x, v) => times(log2PlusOne(x), v) },
];

/** The exact result for arguments as they are on the stack. */
export function exactResult(f: Function80, args: readonly Extended[]): Exact { return f.exact(fromExtended(args[0]!), fromExtended(args[1] ?? ONE)); }
