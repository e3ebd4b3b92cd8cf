import type { Feature, Instruction } from "../instruction.ts";
import { range } from "./constants.ts";
import { packed, vector } from "./operands.ts";

/** PACKxxxx: the lanes of both sources narrowed with saturation, those of the destination first. */
function pack(name: string, opcode: string, op: string, title: string, mmx: Feature | undefined, sse: Feature): Instruction[] {
  return packed(name, { opcode: `${opcode} /r`, sse, title, ...(mmx ? { mmx } : {}) }, (a, b, { mmx: half }) => {
    if (!half) return a.op(op, b);
    const joined = a.shuffle(b, [...range(0, 8), ...range(16, 8)]);
    return joined.op(op, joined);
  });
}

/** Lanes of `size` bytes of the low or high half of both sources in turn. */
function interleaved(size: number, high: boolean, mmx: boolean): number[] {
  const width = mmx ? 8 : 16, first = high ? width / 2 : 0;
  const list = range(0, width / size / 2).flatMap((i) => [...range(first + i * size, size), ...range(16 + first + i * size, size)]);
  return [...list, ...Array<number>(16 - list.length).fill(0)];
}

function unpack(name: string, opcode: string, size: number, high: boolean, mmx: boolean): Instruction[] {
  const title = high ? "PUNPCKHBW/PUNPCKHWD/PUNPCKHDQ/PUNPCKHQDQ—Unpack High Data" : "PUNPCKLBW/PUNPCKLWD/PUNPCKLDQ/PUNPCKLQDQ—Unpack Low Data";
  return packed(name, { opcode: `0F ${opcode} /r`, sse: "sse2", title, ...(mmx ? { mmx: "mmx" } : {}), ...(high ? {} : { mmxMemory: "m32" }) },
    (a, b, context) => a.shuffle(b, interleaved(size, high, context.mmx)));
}

function unpackFloat(name: string, form: string, size: number, high: boolean, feature: Feature): Instruction {
  const title = `${name}—Unpack and Interleave ${high ? "High" : "Low"} Packed ${size === 4 ? "Single" : "Double"} Precision Floating-Point Values`;
  return vector(name, form, feature, title, (a, b) => a.shuffle(b, interleaved(size, high, false)));
}

export const PACK: readonly Instruction[] = [
  ...pack("PACKSSWB", "0F 63", "i8x16.narrow_i16x8_s", "PACKSSWB/PACKSSDW—Pack With Signed Saturation", "mmx", "sse2"),
  ...pack("PACKSSDW", "0F 6B", "i16x8.narrow_i32x4_s", "PACKSSWB/PACKSSDW—Pack With Signed Saturation", "mmx", "sse2"),
  ...pack("PACKUSWB", "0F 67", "i8x16.narrow_i16x8_u", "PACKUSWB—Pack With Unsigned Saturation", "mmx", "sse2"),
  ...pack("PACKUSDW", "0F 38 2B", "i16x8.narrow_i32x4_u", "PACKUSDW—Pack With Unsigned Saturation", undefined, "sse4_1"),
  ...unpack("PUNPCKLBW", "60", 1, false, true), ...unpack("PUNPCKLWD", "61", 2, false, true),
  ...unpack("PUNPCKLDQ", "62", 4, false, true), ...unpack("PUNPCKLQDQ", "6C", 8, false, false),
  ...unpack("PUNPCKHBW", "68", 1, true, true), ...unpack("PUNPCKHWD", "69", 2, true, true),
  ...unpack("PUNPCKHDQ", "6A", 4, true, true), ...unpack("PUNPCKHQDQ", "6D", 8, true, false),
  unpackFloat("UNPCKLPS", "NP 0F 14 /r  UNPCKLPS xmm, xmm/m128", 4, false, "sse"),
  unpackFloat("UNPCKLPD", "66 0F 14 /r  UNPCKLPD xmm, xmm/m128", 8, false, "sse2"),
  unpackFloat("UNPCKHPS", "NP 0F 15 /r  UNPCKHPS xmm, xmm/m128", 4, true, "sse"),
  unpackFloat("UNPCKHPD", "66 0F 15 /r  UNPCKHPD xmm, xmm/m128", 8, true, "sse2"),
];
