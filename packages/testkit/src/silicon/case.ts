/**
 * Cases of the silicon oracle as JSON, one object a line: what is recorded in files. A file may begin with a line that says which
 * processor made it (`RecordedOn`).
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
  /** Bytes put into the data area after filling it: offset and hex. */
  readonly pre?: readonly (readonly [number, string])[];
  readonly in: CaseState;
  readonly out: CaseState;
  /** -1 completed, else the exception's vector. */
  readonly trap: number;
  readonly err?: number;
  readonly cr2?: string;
  /** Bytes of the data area that changed: offset and hex. */
  readonly mem: readonly (readonly [number, string])[];
}

/** First line of a recorded file. */
export interface RecordedOn {
  readonly silicon: { readonly vendor: string; readonly family: number; readonly model: number; readonly stepping: number; readonly features: readonly string[] };
}

/** Where a case's areas are, as oracle.c has them. */
export const DATA_AT = 0x1000_0000;
export const DATA_SIZE = 0x2000;
export const CODE_AT = 0x1000_4000;

const LANES = 8, PART = DATA_SIZE / 4 / LANES;
/** State of the generator after lane × PART steps is linear in the first: the sum over its four bytes. */
const JUMP = new Uint32Array(LANES * 1024);

function xorshift(x: number): number {
  x ^= x << 13;
  x ^= x >>> 17;
  return x ^ (x << 5);
}
for (let byte = 0; byte < 4; byte++) {
  for (let v = 0; v < 256; v++) {
    let x = v << (8 * byte);
    for (let lane = 0; lane < LANES; lane++) {
      JUMP[lane * 1024 + byte * 256 + v] = x;
      for (let i = 0; i < PART; i++) x = xorshift(x);
    }
  }
}
function start(lane: number, s: number): number {
  const t = lane * 1024;
  return JUMP[t + (s & 255)]! ^ JUMP[t + 256 + ((s >>> 8) & 255)]! ^ JUMP[t + 512 + ((s >>> 16) & 255)]! ^ JUMP[t + 768 + (s >>> 24)]!;
}

/** Fills the data area from a seed: xorshift32 (13, 17, 5), each value stored as a little-endian word. Eight parts are made side by side. */
export function fillData(words: Uint32Array, seed: number): void {
  const s = seed | 0 || 1;
  let a = s, b = start(1, s), c = start(2, s), d = start(3, s), e = start(4, s), f = start(5, s), g = start(6, s), h = start(7, s);
  for (let i = 0; i < PART; i++) {
    words[i] = a = xorshift(a);
    words[i + PART] = b = xorshift(b);
    words[i + 2 * PART] = c = xorshift(c);
    words[i + 3 * PART] = d = xorshift(d);
    words[i + 4 * PART] = e = xorshift(e);
    words[i + 5 * PART] = f = xorshift(f);
    words[i + 6 * PART] = g = xorshift(g);
    words[i + 7 * PART] = h = xorshift(h);
  }
}
