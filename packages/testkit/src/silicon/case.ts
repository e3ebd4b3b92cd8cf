/**
 * Cases of the silicon oracle: one instruction, state before, state after as the real processor left it. One JSON object a line
 * (see oracle.c).
 */

/** Architectural state of a case. Registers are hexadecimal strings, rAX rCX rDX rBX rSP rBP rSI rDI r8-r15. */
export interface CaseState {
  readonly r: readonly string[];
  readonly ip: string;
  /** CF PF AF ZF SF DF OF. */
  readonly fl: string;
  readonly fcw?: number;
  readonly fsw?: number;
  /** FXSAVE's abridged tag. */
  readonly ftw?: number;
  readonly mxcsr?: number;
  /** ST0 first, 10 bytes each in memory order. */
  readonly st?: readonly string[];
  readonly xmm?: readonly string[];
}

export interface SiliconCase {
  readonly mode: 32 | 64;
  readonly code: string;
  /** Seed of the data area. */
  readonly fill: number;
  readonly in: CaseState;
  readonly out: CaseState;
  /** -1 completed, else the exception's vector. */
  readonly trap: number;
  readonly err?: number;
  readonly cr2?: string;
  /** Bytes of the data area that changed: offset and hex. */
  readonly mem: readonly (readonly [number, string])[];
}

/** Where a case's areas are, as oracle.c has them. */
export const DATA_AT = 0x1000_0000;
export const DATA_SIZE = 0x2000;
export const CODE_AT = 0x1000_4000;

/** Fills the data area from a seed: xorshift32 (13, 17, 5), each value stored as a little-endian word. */
export function fillData(words: Uint32Array, seed: number): void {
  let x = seed | 0 || 1;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
}

export function hexBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
