import type { Builder } from "../../ir/builder.ts";
import { routine, V128, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { dwords, range, splat8 } from "./constants.ts";
import { vector } from "./operands.ts";

/** Multiplication in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197, "Multiplication"). */
function times(a: number, b: number): number {
  let product = 0;
  for (let x = a, y = b; y; y >>= 1, x = x & 0x80 ? (x << 1) ^ 0x11b : x << 1) if (y & 1) product ^= x;
  return product;
}

/** FIPS 197, "SubBytes() Transformation": the multiplicative inverse, then an affine transformation. */
function substitution(): Uint8Array {
  const box = new Uint8Array(256);
  for (let x = 0; x < 256; x++) {
    let inverse = 1;
    for (let i = 0; i < 254; i++) inverse = times(inverse, x);
    let out = 0x63;
    for (let shift = 0; shift < 5; shift++) out ^= ((inverse << shift) | (inverse >> (8 - shift))) & 0xff;
    box[x] = out;
  }
  return box;
}
const SBOX: Uint8Array = substitution();
const INVERSE_SBOX: Uint8Array = Uint8Array.from({ length: 256 }, (_, y) => SBOX.indexOf(y));

/** Every byte through a table of 256: sixteen swizzles, each of which yields zero for bytes outside its sixteenth. */
function lookUp(name: string, table: Uint8Array): Routine {
  return routine(name, { params: [V128], results: [V128] }, (m, state) => {
    let out: Value | undefined;
    for (let i = 0; i < 256; i += 16) {
      const part = m.vector(table.subarray(i, i + 16)).op("i8x16.swizzle", state!.op("i8x16.sub", splat8(m, i)));
      out = out ? out.op("v128.or", part) : part;
    }
    m.return(out!);
  });
}
const SUB_BYTES = lookUp("aes-sub-bytes", SBOX), INVERSE_SUB_BYTES = lookUp("aes-inverse-sub-bytes", INVERSE_SBOX);

/** Bytes are state columns: byte 4c + r is row r, column c; row r rotates by r columns. */
const SHIFT_ROWS: readonly number[] = range(0, 16).map((i) => (i + 4 * (i & 3)) & 15);
const INVERSE_SHIFT_ROWS: readonly number[] = range(0, 16).map((i) => (i - 4 * (i & 3)) & 15);
/** Each column rotated up by one row. */
const NEXT_ROW: readonly number[] = range(0, 16).map((i) => (i & 12) | ((i + 1) & 3));
const NEXT_BUT_ONE: readonly number[] = range(0, 16).map((i) => (i & 12) | ((i + 2) & 3));

/** Each byte times x. */
function timesX(m: Builder, v: Value): Value {
  const reduce = v.op("i8x16.shr_s", m.i32(7)).op("v128.and", splat8(m, 0x1b));
  return v.op("i8x16.shl", m.i32(1)).op("v128.xor", reduce);
}

/** Column times {03}x^3 + {01}x^2 + {01}x + {02}: 2(a + b) + b + c + d for the bytes a b c d from each row on. */
function mixColumns(m: Builder, v: Value): Value {
  const next = v.shuffle(v, NEXT_ROW), sum = v.op("v128.xor", next);
  return timesX(m, sum).op("v128.xor", next).op("v128.xor", sum.shuffle(sum, NEXT_BUT_ONE));
}
const MIX_COLUMNS = routine("aes-mix-columns", { params: [V128], results: [V128] }, (m, v) => m.return(mixColumns(m, v!)));
/** The inverse polynomial is the polynomial times {04}x^2 + {05}: add 4(a + c) to each a, then mix. */
const INVERSE_MIX_COLUMNS = routine("aes-inverse-mix-columns", { params: [V128], results: [V128] }, (m, v) => {
  const opposite = v!.op("v128.xor", v!.shuffle(v!, NEXT_BUT_ONE));
  m.return(mixColumns(m, v!.op("v128.xor", timesX(m, timesX(m, opposite)))));
});

function round(name: string, opcode: string, title: string, steps: (m: Builder, state: Value) => Value): Instruction {
  return vector(name, `66 0F 38 ${opcode} /r  ${name} xmm, xmm/m128`, "aes", title, (state, key, { m }) => steps(m, state).op("v128.xor", key));
}
const substitute = (m: Builder, v: Value): Value => m.call1(SUB_BYTES, v.shuffle(v, SHIFT_ROWS));
const substituteInverse = (m: Builder, v: Value): Value => m.call1(INVERSE_SUB_BYTES, v.shuffle(v, INVERSE_SHIFT_ROWS));

const AESKEYGENASSIST = instruction("AESKEYGENASSIST", {
  forms: ["66 0F 3A DF /r ib  AESKEYGENASSIST xmm, xmm/m128, imm8"], feature: "aes", unit: "sse", title: "AESKEYGENASSIST—AES Round Key Generation Assist",
  execute(m, dst, src, imm) {
    const s = m.call1(SUB_BYTES, m.readVector(src!, "v128"));
    // Doublewords 1 and 3, each plain and rotated right by a byte; the round constant goes to the rotated ones.
    const words = s.shuffle(s, [4, 5, 6, 7, 5, 6, 7, 4, 12, 13, 14, 15, 13, 14, 15, 12]);
    m.writeVector(dst!, words.op("v128.xor", m.immediate(imm!).zext(32).op("i32x4.splat").op("v128.and", dwords(m, [0, 0xff, 0, 0xff]))));
  },
});

export const AES: readonly Instruction[] = [
  vector("AESIMC", "66 0F 38 DB /r  AESIMC xmm, xmm/m128", "aes", "AESIMC—Perform the AES InvMixColumn Transformation", (_, b, { m }) => m.call1(INVERSE_MIX_COLUMNS, b)),
  round("AESENC", "DC", "AESENC—Perform One Round of an AES Encryption Flow", (m, v) => m.call1(MIX_COLUMNS, substitute(m, v))),
  round("AESENCLAST", "DD", "AESENCLAST—Perform Last Round of an AES Encryption Flow", substitute),
  round("AESDEC", "DE", "AESDEC—Perform One Round of an AES Decryption Flow", (m, v) => m.call1(INVERSE_MIX_COLUMNS, substituteInverse(m, v))),
  round("AESDECLAST", "DF", "AESDECLAST—Perform Last Round of an AES Decryption Flow", substituteInverse),
  AESKEYGENASSIST,
];
