/** A register as written in a source text. */
export interface Register {
  readonly name: string;
  readonly set: "gpr" | "segment" | "control" | "debug" | "stack" | "mmx" | "xmm" | "ip";
  /** Its number as encoded, bit 3 from REX. AH to BH have 4 to 7, as SPL to DIL do. */
  readonly number: number;
  /** Width in bits; 0 where instructions do not name one. */
  readonly size: number;
  /** AH, CH, DH, BH: not to be had with a REX prefix. */
  readonly high: boolean;
  /** SPL, BPL, SIL, DIL: only with a REX prefix. */
  readonly rex: boolean;
}

const LEGACY = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"] as const;
const BYTES = ["al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"] as const;
const HIGH = ["ah", "ch", "dh", "bh"] as const;
/** Segment registers by number (SDM vol. 2D, "Segment Register (sreg) Field"). */
export const SEGMENT_NAMES = ["es", "cs", "ss", "ds", "fs", "gs"] as const;

/** Name of a general register; `rex` tells SPL from AH among byte registers 4 to 7. */
export function gprName(number: number, size: number, rex: boolean): string {
  if (size === 8) return number >= 8 ? `r${number}b` : number >= 4 && !rex ? HIGH[number - 4]! : BYTES[number]!;
  if (number >= 8) return `r${number}${size === 64 ? "" : size === 32 ? "d" : "w"}`;
  return (size === 64 ? "r" : size === 32 ? "e" : "") + LEGACY[number]!;
}

/** Every register by name, in lower case. */
export const REGISTERS: ReadonlyMap<string, Register> = makeRegisters();

function makeRegisters(): Map<string, Register> {
  const map = new Map<string, Register>();
  const add = (name: string, set: Register["set"], number: number, size: number, more: { high?: boolean; rex?: boolean } = {}): void => {
    map.set(name, { name, set, number, size, high: more.high ?? false, rex: more.rex ?? false });
  };
  for (let n = 0; n < 16; n++) {
    for (const size of [16, 32, 64]) add(gprName(n, size, true), "gpr", n, size);
    add(gprName(n, 8, true), "gpr", n, 8, { rex: n >= 4 });
    add(`cr${n}`, "control", n, 0);
    add(`dr${n}`, "debug", n, 0);
    add(`xmm${n}`, "xmm", n, 128);
  }
  HIGH.forEach((name, i) => add(name, "gpr", i + 4, 8, { high: true }));
  SEGMENT_NAMES.forEach((name, i) => add(name, "segment", i, 16));
  for (let n = 0; n < 8; n++) {
    add(`st${n}`, "stack", n, 80);
    add(`mm${n}`, "mmx", n, 64);
  }
  add("st", "stack", 0, 80);
  add("rip", "ip", 0, 64);
  return map;
}
