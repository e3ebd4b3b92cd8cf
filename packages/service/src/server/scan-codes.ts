/** Set 1 of scan codes for a US keyboard: the characters of each key, without and with Shift, by code from 02h on. IBM PC AT Technical Reference, "Keyboard". */
const ROWS: readonly (readonly [number, string, string])[] = [
  [0x02, "1234567890-=", "!@#$%^&*()_+"], [0x10, "qwertyuiop[]", "QWERTYUIOP{}"], [0x1e, "asdfghjkl;'`", "ASDFGHJKL:\"~"], [0x2b, "\\zxcvbnm,./", "|ZXCVBNM<>?"],
];
const SHIFT = 0x2a, CONTROL = 0x1d, RELEASED = 0x80, PREFIX = 0xe0;
const SPECIAL: { readonly [byte: number]: number } = { 0x08: 0x0e, 0x09: 0x0f, 0x0a: 0x1c, 0x0d: 0x1c, 0x1b: 0x01, 0x20: 0x39, 0x7f: 0x0e };
/** What a terminal sends for keys without a character (ECMA-48, xterm), and their codes behind the prefix E0h. */
const SEQUENCES: { readonly [sequence: string]: number } = { "[A": 0x48, "[B": 0x50, "[C": 0x4d, "[D": 0x4b, "[H": 0x47, "[F": 0x4f, "[2~": 0x52, "[3~": 0x53, "[5~": 0x49, "[6~": 0x51 };

/** The key of a character. */
interface Key { readonly code: number; readonly shift: boolean }
const KEYS: ReadonlyMap<string, Key> = new Map<string, Key>(ROWS.flatMap(([first, plain, shifted]) =>
  [...plain].flatMap((c, i) => [[c, { code: first + i, shift: false }], [shifted[i]!, { code: first + i, shift: true }]] as const)));

/** The keys that a person would press and release for what a terminal sends, one after the other. Characters that no key has are left out. */
export function keyStrokes(bytes: Uint8Array): number[][] {
  const strokes: number[][] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 0x1b) {
      const sequence = /^\[(?:[A-DHF]|[2356]~)/.exec(String.fromCharCode(...bytes.subarray(i + 1, i + 4)))?.[0];
      if (sequence !== undefined) {
        strokes.push([PREFIX, SEQUENCES[sequence]!, PREFIX, SEQUENCES[sequence]! | RELEASED]);
        i += sequence.length;
        continue;
      }
    }
    const special = SPECIAL[byte], key = KEYS.get(String.fromCharCode(byte)), control = special === undefined && byte >= 1 && byte <= 26 ? KEYS.get(String.fromCharCode(byte + 0x60)) : undefined;
    if (special !== undefined) strokes.push([special, special | RELEASED]);
    else if (control) strokes.push([CONTROL, control.code, control.code | RELEASED, CONTROL | RELEASED]);
    else if (key?.shift) strokes.push([SHIFT, key.code, key.code | RELEASED, SHIFT | RELEASED]);
    else if (key) strokes.push([key.code, key.code | RELEASED]);
  }
  return strokes;
}
