import type { ConstantTable } from "../tables.ts";
import { ARCTANGENTS } from "./transcendental.table.ts";

/** Bytes of a 128-bit fraction: low half, high half. */
export const FRACTION_BYTES = 16;
const ONE = 1n << 128n;

/** 1/2!, 1/3!, … 1/27! as 128-bit fractions: sin, cos and exp take every one or every second one. */
const FACTORIALS = 26;
/** 1/3, 1/5, … 1/37: atan and atanh. */
const ODD_NUMBERS = 18;

function fractions(values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(values.length * FRACTION_BYTES), view = new DataView(bytes.buffer);
  for (const [i, v] of values.entries()) {
    view.setBigUint64(i * FRACTION_BYTES, v & 0xffff_ffff_ffff_ffffn, true);
    view.setBigUint64(i * FRACTION_BYTES + 8, v >> 64n, true);
  }
  return bytes;
}
function reciprocalFactorials(): bigint[] {
  let factorial = 1n;
  return Array.from({ length: FACTORIALS }, (_, i) => ONE / (factorial *= BigInt(i + 2)));
}

/** Offset of 1/2! behind the tables of RCPPS and RSQRTPS. */
export const FACTORIAL_OFFSET = 0x6000;
/** Offset of 1/n!. */
export function factorialOffset(n: number): number { return FACTORIAL_OFFSET + (n - 2) * FRACTION_BYTES; }
export const ODD_OFFSET: number = FACTORIAL_OFFSET + FACTORIALS * FRACTION_BYTES;
/** Offset of arctan(0/8). */
export const ARCTANGENT_OFFSET: number = ODD_OFFSET + ODD_NUMBERS * FRACTION_BYTES;

export const TRANSCENDENTAL_TABLES: readonly ConstantTable[] = [
  { name: "reciprocal-factorials", offset: FACTORIAL_OFFSET, bytes: fractions(reciprocalFactorials()) },
  { name: "reciprocal-odd-numbers", offset: ODD_OFFSET, bytes: fractions(Array.from({ length: ODD_NUMBERS }, (_, i) => ONE / BigInt(2 * i + 3))) },
  { name: "arctangents", offset: ARCTANGENT_OFFSET, bytes: fractions(ARCTANGENTS) },
];
