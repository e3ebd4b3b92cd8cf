import type { FlagName } from "../../ir/statement.ts";
import { STATE } from "../../state/state.ts";

/** The status flags as truth values. SDM vol. 1, "Status Flags". */
export type StatusFlags = { [F in FlagName]: boolean };

function hasEvenParity(byte: bigint): boolean {
  let ones = 0;
  for (let rest = Number(byte & 0xffn); rest; rest >>= 1) ones += rest & 1;
  return ones % 2 === 0;
}

/** S, Z and P of a result. */
export function flagsOfResult(result: bigint, bits: number): Pick<StatusFlags, "S" | "Z" | "P"> {
  return { S: BigInt.asIntN(bits, result) < 0n, Z: BigInt.asUintN(bits, result) === 0n, P: hasEvenParity(result) };
}

/** All flags of a + b + carry in = result. The carry in is what the sum needs to come out so. */
export function flagsOfAddition(a: bigint, b: bigint, result: bigint, bits: number): StatusFlags {
  const unsigned = (x: bigint): bigint => BigInt.asUintN(bits, x), signed = (x: bigint): bigint => BigInt.asIntN(bits, x);
  const carryIn = unsigned(result - a - b);
  if (carryIn > 1n) throw new Error(`flags of an addition: ${a} + ${b} is not ${result} in ${bits} bits`);
  return {
    C: unsigned(a) + unsigned(b) + carryIn >= 1n << BigInt(bits),
    O: signed(a) + signed(b) + carryIn !== signed(result),
    A: (a & 15n) + (b & 15n) + carryIn > 15n,
    ...flagsOfResult(result, bits),
  };
}

/** All flags of a - b - borrow in = result. */
export function flagsOfSubtraction(a: bigint, b: bigint, result: bigint, bits: number): StatusFlags {
  const unsigned = (x: bigint): bigint => BigInt.asUintN(bits, x), signed = (x: bigint): bigint => BigInt.asIntN(bits, x);
  const borrowIn = unsigned(a - b - result);
  if (borrowIn > 1n) throw new Error(`flags of a subtraction: ${a} - ${b} is not ${result} in ${bits} bits`);
  return {
    C: unsigned(a) < unsigned(b) + borrowIn,
    O: signed(a) - signed(b) - borrowIn !== signed(result),
    A: (a & 15n) < (b & 15n) + borrowIn,
    ...flagsOfResult(result, bits),
  };
}

/** Whether a condition code of Jcc, SETcc or CMOVcc holds. SDM vol. 1, "EFLAGS Condition Codes". */
export function conditionHolds({ O, C, Z, S, P }: StatusFlags, code: number): boolean {
  const holds = [O, C, Z, C || Z, S, P, S !== O, Z || S !== O][code >> 1]!;
  return code & 1 ? !holds : holds;
}

/** The flags in the state block, where other engines leave them as a result and its carries (see `STATE.flagResult`). */
export function readStatusFlags(memory: DataView, state: number): StatusFlags {
  const result = memory.getBigInt64(state + STATE.flagResult.offset, true), aux = memory.getUint32(state + STATE.flagAux.offset, true);
  const bit = (n: number): boolean => ((aux >>> n) & 1) === 1;
  return {
    C: bit(31), O: bit(31) !== bit(30), A: bit(3),
    Z: result === 0n, S: (result < 0n) !== bit(0), P: hasEvenParity(result ^ BigInt(aux >>> 8)),
  };
}
/** Stores the flags: the result says Z and nothing else, the carries' word the others. */
export function writeStatusFlags(memory: DataView, state: number, { C, O, A, Z, S, P }: StatusFlags): void {
  // A zero byte has even parity, a one odd: the word's parity byte turns that where P is not Z.
  const aux = (Number(C) << 31) | (Number(C !== O) << 30) | (Number(A) << 3) | Number(S) | (Number(P !== Z) << 8);
  memory.setBigInt64(state + STATE.flagResult.offset, Z ? 0n : 1n, true);
  memory.setInt32(state + STATE.flagAux.offset, aux, true);
}
