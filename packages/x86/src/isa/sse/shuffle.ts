import type { Builder } from "../../ir/builder.ts";
import type { Value } from "../../ir/value.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { range, splat16, splat8, words } from "./constants.ts";
import { packed, readPacked, vector, writePacked } from "./operands.ts";

/**
 * Byte numbers for i8x16.swizzle from an immediate of four 2-bit lane numbers: field n of the immediate is wanted where
 * `scale` has 64 >> 2n, none where it has 0. Multiplying puts every field at bit 6, as lanes cannot be shifted by different counts.
 */
function selection(m: Builder, imm: Value, scale: readonly number[], perLane: number, first: readonly number[]): Value {
  const lane = imm.op("i16x8.splat").op("i16x8.mul", words(m, scale)).op("i16x8.shr_u", m.i32(6)).op("v128.and", splat16(m, 3));
  return lane.op("i16x8.mul", splat16(m, perLane)).op("i16x8.add", words(m, first));
}
const IDENTITY = [0x0100, 0x0302, 0x0504, 0x0706, 0x0908, 0x0b0a, 0x0d0c, 0x0f0e];

/** Four doublewords by the four fields of the immediate. */
export function doublewordSelection(m: Builder, imm: Value): Value {
  return selection(m, imm, [64, 64, 16, 16, 4, 4, 1, 1], 0x0404, [0x0100, 0x0302, 0x0100, 0x0302, 0x0100, 0x0302, 0x0100, 0x0302]);
}
/** The low four words by the four fields, the rest in place. */
export function lowWordSelection(m: Builder, imm: Value): Value {
  return selection(m, imm, [64, 16, 4, 1, 0, 0, 0, 0], 0x0202, [0x0100, 0x0100, 0x0100, 0x0100, ...IDENTITY.slice(4)]);
}
function highWordSelection(m: Builder, imm: Value): Value {
  return selection(m, imm, [0, 0, 0, 0, 64, 16, 4, 1], 0x0202, [...IDENTITY.slice(0, 4), 0x0908, 0x0908, 0x0908, 0x0908]);
}

function shuffleImmediate(name: string, form: string, unit: "sse" | "mmx", title: string, select: (m: Builder, imm: Value) => Value): Instruction {
  return instruction(name, {
    forms: [form], feature: unit === "mmx" ? "sse" : "sse2", unit, title,
    execute(m, dst, src, imm) { writePacked(m, dst!, readPacked(m, src!).op("i8x16.swizzle", select(m, m.immediate(imm!).zext(32)))); },
  });
}

const PSHUFB = packed("PSHUFB", { opcode: "0F 38 00 /r", mmx: "ssse3", sse: "ssse3", title: "PSHUFB—Packed Shuffle Bytes" }, (a, b, { m, mmx }) =>
  // A set bit 7 leaves a number above 15, for which swizzle yields zero too.
  a.op("i8x16.swizzle", b.op("v128.and", splat8(m, mmx ? 0x87 : 0x8f))));

const SHUFPS = vector("SHUFPS", "NP 0F C6 /r ib  SHUFPS xmm, xmm/m128, imm8", "sse", "SHUFPS—Packed Interleave Shuffle of Quadruplets of Single Precision Floating-Point Values",
  (a, b, { m, imm }) => {
    const from = doublewordSelection(m, imm);
    return a.op("i8x16.swizzle", from).shuffle(b.op("i8x16.swizzle", from), [...range(0, 8), ...range(24, 8)]);
  });

const SHUFPD = vector("SHUFPD", "66 0F C6 /r ib  SHUFPD xmm, xmm/m128, imm8", "sse2", "SHUFPD—Packed Interleave Shuffle of Pairs of Double Precision Floating-Point Values",
  (a, b, { m, imm }) => {
    const pick = (v: Value, bit: number): Value => m.choose(imm.bit(bit), v.lane("i64x2.extract_lane", 1), v.lane("i64x2.extract_lane", 0));
    return pick(a, 0).op("i64x2.splat").withLane("i64x2.replace_lane", 1, pick(b, 1));
  });

export const SHUFFLE: readonly Instruction[] = [
  shuffleImmediate("PSHUFD", "66 0F 70 /r ib  PSHUFD xmm, xmm/m128, imm8", "sse", "PSHUFD—Shuffle Packed Doublewords", doublewordSelection),
  shuffleImmediate("PSHUFLW", "F2 0F 70 /r ib  PSHUFLW xmm, xmm/m128, imm8", "sse", "PSHUFLW—Shuffle Packed Low Words", lowWordSelection),
  shuffleImmediate("PSHUFHW", "F3 0F 70 /r ib  PSHUFHW xmm, xmm/m128, imm8", "sse", "PSHUFHW—Shuffle Packed High Words", highWordSelection),
  shuffleImmediate("PSHUFW", "NP 0F 70 /r ib  PSHUFW mm, mm/m64, imm8", "mmx", "PSHUFW—Shuffle Packed Words", lowWordSelection),
  ...PSHUFB, SHUFPS, SHUFPD,
];
