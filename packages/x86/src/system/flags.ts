import { STATE } from "../state/state.ts";

/** Bits of rFLAGS. SDM vol. 1, "EFLAGS Register". */
export const FLAG = {
  CF: 1 << 0, fixed: 1 << 1, PF: 1 << 2, AF: 1 << 4, ZF: 1 << 6, SF: 1 << 7, TF: 1 << 8, IF: 1 << 9, DF: 1 << 10, OF: 1 << 11,
  IOPL: 3 << 12, NT: 1 << 14, RF: 1 << 16, VM: 1 << 17, AC: 1 << 18, VIF: 1 << 19, VIP: 1 << 20, ID: 1 << 21,
} as const;

/** The six status flags, which the engines keep lazily. */
export const STATUS_FLAGS: number = FLAG.CF | FLAG.PF | FLAG.AF | FLAG.ZF | FLAG.SF | FLAG.OF;
/** Every flag that exists. */
export const ALL_FLAGS: number = STATUS_FLAGS | FLAG.fixed | FLAG.TF | FLAG.IF | FLAG.DF | FLAG.IOPL | FLAG.NT | FLAG.RF | FLAG.VM | FLAG.AC | FLAG.VIF | FLAG.VIP | FLAG.ID;

/** The status flags of a lazy pair: STATE.flagResult by its low byte, whether it is zero and whether it is negative; STATE.flagAux. */
export function statusFlags(lowByte: number, zero: boolean, negative: boolean, aux: number): number {
  const carry = aux >>> 31;
  const overflow = carry ^ ((aux >>> 30) & 1);
  const sign = (negative ? 1 : 0) ^ (aux & 1);
  let byte = lowByte ^ ((aux >>> 8) & 0xff);
  byte ^= byte >> 4;
  byte ^= byte >> 2;
  byte ^= byte >> 1;
  return carry | ((~byte & 1) << 2) | (((aux >>> 3) & 1) << 4) | (zero ? FLAG.ZF : 0) | (sign << 7) | (overflow << 11);
}

/** rFLAGS of a state block but for RF. */
export function flagsOf(v: DataView, state: number): number {
  const low = v.getUint32(state + STATE.flagResult.offset, true), high = v.getInt32(state + STATE.flagResult.offset + 4, true);
  const status = statusFlags(low & 0xff, (low | high) === 0, high < 0, v.getInt32(state + STATE.flagAux.offset, true));
  return status | (v.getUint32(state + STATE.eflags.offset, true) & ~(STATUS_FLAGS | FLAG.RF)) | FLAG.fixed;
}

/** STATE.flagAux that stands for the status flags in `flags` together with a flagResult of 0 where ZF is set and 1 where it is clear. */
export function auxOf(flags: number): number {
  const carry = flags & 1, overflow = (flags >>> 11) & 1, parity = (flags >>> 2) & 1, zero = (flags >>> 6) & 1;
  return (carry << 31) | ((carry ^ overflow) << 30) | (((flags >>> 4) & 1) << 3) | ((flags >>> 7) & 1) | ((parity ^ zero) << 8);
}
