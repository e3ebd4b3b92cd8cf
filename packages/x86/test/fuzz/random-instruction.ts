import type { Random } from "../random.ts";

const LEGACY = [0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65] as const;
/** With REX, which is INC and DEC outside 64-bit mode. */
const PREFIXES = [...LEGACY, 0x40, 0x48, 0x41, 0x4f] as const;

/** Sixteen bytes at `at`: any bytes, or prefixes and an escape before any bytes, so that every opcode map is met often. */
export function randomInstruction(random: Random, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i += 4) {
    const word = random.next();
    bytes[at + i] = word;
    bytes[at + i + 1] = word >>> 8;
    bytes[at + i + 2] = word >>> 16;
    bytes[at + i + 3] = word >>> 24;
  }
  const shape = random.next();
  if (shape & 1) return;
  let n = 0;
  // Up to three prefixes; one in 64 has so many that the limit of 15 bytes matters.
  const many = (shape & 0x7e) === 0, prefixes = many ? 9 + ((shape >>> 8) & 7) : (shape >>> 8) & 3;
  while (n < prefixes) bytes[at + n++] = random.pick(many ? LEGACY : PREFIXES);
  if (n > 13) return;
  switch ((shape >>> 12) & 7) {
    case 0: bytes[at + n] = 0xc4; return;
    case 1: bytes[at + n] = 0xd8 + (bytes[at + n]! & 7); return;
    case 2: bytes[at + n++] = 0x0f; bytes[at + n] = 0x38; return;
    case 3: bytes[at + n++] = 0x0f; bytes[at + n] = 0x3a; return;
    case 4: case 5: bytes[at + n] = 0x0f; return;
    default:
  }
}
