import { viewOf, type Word } from "./word.ts";

/**
 * WebAssembly leaves sign and payload of a NaN that arithmetic makes open ("NaN propagation" in its numerics), and hosts differ. A description
 * whose outcome depends on them is wrong. So arithmetic here answers with patterns that no processor would give: a wrong description
 * differs from silicon, and the evaluator reports the pattern where it reaches a register or memory.
 */
export const ARITHMETIC_NAN32 = 0x7fd2_5a3c;
/** As `ARITHMETIC_NAN32`, for f64. */
export const ARITHMETIC_NAN64 = 0x7ffd_a3c1_25a3_c15an;

/** Counts the NaNs made by arithmetic: a look at stored values is only needed where it moved. */
export const arithmeticNans: { made: number } = { made: 0 };

/** The f32 pattern for a NaN result. */
export function someNan32(): number { arithmeticNans.made++; return ARITHMETIC_NAN32; }
/** The f64 pattern for a NaN result. */
export function someNan64(): bigint { arithmeticNans.made++; return ARITHMETIC_NAN64; }

/** Whether a value holds a NaN that arithmetic made. */
export function holdsArithmeticNan(word: Word): boolean {
  if (typeof word === "number") return word === ARITHMETIC_NAN32;
  if (typeof word === "bigint") return word === ARITHMETIC_NAN64;
  const v = viewOf(word);
  for (let at = 0; at < 16; at += 4) if (v.getInt32(at, true) === ARITHMETIC_NAN32) return true;
  return v.getBigInt64(0, true) === ARITHMETIC_NAN64 || v.getBigInt64(8, true) === ARITHMETIC_NAN64;
}
