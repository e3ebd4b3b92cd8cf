import type { Value } from "../../ir/value.ts";
import type { Feature, Instruction } from "../instruction.ts";
import { range, splat16, splat64 } from "./constants.ts";
import { packed, type PackedContext } from "./operands.ts";

const ADD = "PADDB/PADDW/PADDD/PADDQ—Add Packed Integers";
const ADDS = "PADDSB/PADDSW—Add Packed Signed Integers with Signed Saturation";
const ADDUS = "PADDUSB/PADDUSW—Add Packed Unsigned Integers with Unsigned Saturation";
const SUB = "PSUBB/PSUBW/PSUBD—Subtract Packed Integers";
const SUBS = "PSUBSB/PSUBSW—Subtract Packed Signed Integers with Signed Saturation";
const SUBUS = "PSUBUSB/PSUBUSW—Subtract Packed Unsigned Integers With Unsigned Saturation";

/** An operation that is one WebAssembly instruction on each lane. */
function lanes(name: string, opcode: string, op: string, title: string, mmx: Feature | undefined, sse: Feature): Instruction[] {
  return packed(name, { opcode: `${opcode} /r`, sse, title, ...(mmx ? { mmx } : {}) }, (a, b) => a.op(op, b));
}

/** Lane numbers as bytes: the lanes `pick` of `size` bytes each. */
function laneBytes(size: number, pick: readonly number[]): number[] {
  const list = pick.flatMap((lane) => range(lane * size, size));
  return [...list, ...Array<number>(16 - list.length).fill(0)];
}

/** Neighbours of both sources side by side: even lanes of a then b, and odd lanes. */
export function neighbours(a: Value, b: Value, size: number, mmx: boolean): { even: Value; odd: Value } {
  const n = (mmx ? 8 : 16) / size, second = 16 / size;
  const pick = (first: number): number[] => [...range(0, n / 2).map((i) => 2 * i + first), ...range(0, n / 2).map((i) => second + 2 * i + first)];
  return { even: a.shuffle(b, laneBytes(size, pick(0))), odd: a.shuffle(b, laneBytes(size, pick(1))) };
}

/** PHADDx, PHSUBx: the operation on neighbours. */
function horizontal(name: string, opcode: string, size: number, op: string, title: string): Instruction[] {
  return packed(name, { opcode: `0F 38 ${opcode} /r`, mmx: "ssse3", sse: "ssse3", title }, (a, b, { mmx }) => {
    const { even, odd } = neighbours(a, b, size, mmx);
    return even.op(op, odd);
  });
}

/** PSIGNx: negated where the source is negative, zero where it is zero. */
function sign(name: string, opcode: string, lane: string, bits: number): Instruction[] {
  return packed(name, { opcode: `0F 38 ${opcode} /r`, mmx: "ssse3", sse: "ssse3", title: "PSIGNB/PSIGNW/PSIGND—Packed SIGN" }, (a, b, { m }) => {
    const negative = b.op(`${lane}.shr_s`, m.i32(bits - 1));
    const signed = a.op("v128.xor", negative).op(`${lane}.sub`, negative);
    return signed.op("v128.andnot", b.op(`${lane}.eq`, m.vector(new Uint8Array(16))));
  });
}

function absolute(name: string, opcode: string, lane: string): Instruction[] {
  return packed(name, { opcode: `0F 38 ${opcode} /r`, mmx: "ssse3", sse: "ssse3", title: "PABSB/PABSW/PABSD/PABSQ—Packed Absolute Value" }, (_, b) => b.op(`${lane}.abs`));
}

/** Sums of absolute differences of eight bytes each. */
function sumOfDifferences(a: Value, b: Value, { m }: PackedContext): Value {
  const difference = a.op("i8x16.max_u", b).op("i8x16.sub", a.op("i8x16.min_u", b));
  const sums = difference.op("i16x8.extadd_pairwise_i8x16_u").op("i32x4.extadd_pairwise_i16x8_u");
  return sums.op("v128.and", splat64(m, 0xffff_ffffn)).op("i64x2.add", sums.op("i64x2.shr_u", m.i32(32)));
}

export const PACKED_ARITHMETIC: readonly Instruction[] = [
  ...lanes("PADDB", "0F FC", "i8x16.add", ADD, "mmx", "sse2"),
  ...lanes("PADDW", "0F FD", "i16x8.add", ADD, "mmx", "sse2"),
  ...lanes("PADDD", "0F FE", "i32x4.add", ADD, "mmx", "sse2"),
  ...lanes("PADDQ", "0F D4", "i64x2.add", ADD, "sse2", "sse2"),
  ...lanes("PADDSB", "0F EC", "i8x16.add_sat_s", ADDS, "mmx", "sse2"),
  ...lanes("PADDSW", "0F ED", "i16x8.add_sat_s", ADDS, "mmx", "sse2"),
  ...lanes("PADDUSB", "0F DC", "i8x16.add_sat_u", ADDUS, "mmx", "sse2"),
  ...lanes("PADDUSW", "0F DD", "i16x8.add_sat_u", ADDUS, "mmx", "sse2"),
  ...lanes("PSUBB", "0F F8", "i8x16.sub", SUB, "mmx", "sse2"),
  ...lanes("PSUBW", "0F F9", "i16x8.sub", SUB, "mmx", "sse2"),
  ...lanes("PSUBD", "0F FA", "i32x4.sub", SUB, "mmx", "sse2"),
  ...lanes("PSUBQ", "0F FB", "i64x2.sub", "PSUBQ—Subtract Packed Quadword Integers", "sse2", "sse2"),
  ...lanes("PSUBSB", "0F E8", "i8x16.sub_sat_s", SUBS, "mmx", "sse2"),
  ...lanes("PSUBSW", "0F E9", "i16x8.sub_sat_s", SUBS, "mmx", "sse2"),
  ...lanes("PSUBUSB", "0F D8", "i8x16.sub_sat_u", SUBUS, "mmx", "sse2"),
  ...lanes("PSUBUSW", "0F D9", "i16x8.sub_sat_u", SUBUS, "mmx", "sse2"),
  ...lanes("PAVGB", "0F E0", "i8x16.avgr_u", "PAVGB/PAVGW—Average Packed Integers", "sse", "sse2"),
  ...lanes("PAVGW", "0F E3", "i16x8.avgr_u", "PAVGB/PAVGW—Average Packed Integers", "sse", "sse2"),

  ...horizontal("PHADDW", "01", 2, "i16x8.add", "PHADDW/PHADDD—Packed Horizontal Add"),
  ...horizontal("PHADDD", "02", 4, "i32x4.add", "PHADDW/PHADDD—Packed Horizontal Add"),
  ...horizontal("PHADDSW", "03", 2, "i16x8.add_sat_s", "PHADDSW—Packed Horizontal Add and Saturate"),
  ...horizontal("PHSUBW", "05", 2, "i16x8.sub", "PHSUBW/PHSUBD—Packed Horizontal Subtract"),
  ...horizontal("PHSUBD", "06", 4, "i32x4.sub", "PHSUBW/PHSUBD—Packed Horizontal Subtract"),
  ...horizontal("PHSUBSW", "07", 2, "i16x8.sub_sat_s", "PHSUBSW—Packed Horizontal Subtract and Saturate"),
  ...sign("PSIGNB", "08", "i8x16", 8), ...sign("PSIGNW", "09", "i16x8", 16), ...sign("PSIGND", "0A", "i32x4", 32),
  ...absolute("PABSB", "1C", "i8x16"), ...absolute("PABSW", "1D", "i16x8"), ...absolute("PABSD", "1E", "i32x4"),
  ...packed("PSADBW", { opcode: "0F F6 /r", mmx: "sse", sse: "sse2", title: "PSADBW—Compute Sum of Absolute Differences" }, sumOfDifferences),

  ...lanes("PMULLW", "0F D5", "i16x8.mul", "PMULLW—Multiply Packed Signed Integers and Store Low Result", "mmx", "sse2"),
  ...lanes("PMULLD", "0F 38 40", "i32x4.mul", "PMULLD/PMULLQ—Multiply Packed Integers and Store Low Result", undefined, "sse4_1"),
  ...packed("PMULHW", { opcode: "0F E5 /r", mmx: "mmx", sse: "sse2", title: "PMULHW—Multiply Packed Signed Integers and Store High Result" }, (a, b) => highHalves(a, b, "s")),
  ...packed("PMULHUW", { opcode: "0F E4 /r", mmx: "sse", sse: "sse2", title: "PMULHUW—Multiply Packed Unsigned Integers and Store High Result" }, (a, b) => highHalves(a, b, "u")),
  ...packed("PMULUDQ", { opcode: "0F F4 /r", mmx: "sse2", sse: "sse2", title: "PMULUDQ—Multiply Packed Unsigned Doubleword Integers" }, (a, b) => evenProducts(a, b, "u")),
  ...packed("PMULDQ", { opcode: "0F 38 28 /r", sse: "sse4_1", title: "PMULDQ—Multiply Packed Doubleword Integers" }, (a, b) => evenProducts(a, b, "s")),
  ...lanes("PMADDWD", "0F F5", "i32x4.dot_i16x8_s", "PMADDWD—Multiply and Add Packed Integers", "mmx", "sse2"),
  ...packed("PMADDUBSW", { opcode: "0F 38 04 /r", mmx: "ssse3", sse: "ssse3", title: "PMADDUBSW—Multiply and Add Packed Signed and Unsigned Bytes" }, (a, b, { m }) => {
    // A product of an unsigned and a signed byte fits in 16 bits; only their sum saturates.
    const even = a.op("v128.and", splat16(m, 0xff)).op("i16x8.mul", b.op("i16x8.shl", m.i32(8)).op("i16x8.shr_s", m.i32(8)));
    const odd = a.op("i16x8.shr_u", m.i32(8)).op("i16x8.mul", b.op("i16x8.shr_s", m.i32(8)));
    return even.op("i16x8.add_sat_s", odd);
  }),
  ...packed("PMULHRSW", { opcode: "0F 38 0B /r", mmx: "ssse3", sse: "ssse3", title: "PMULHRSW—Packed Multiply High With Round and Scale" }, (a, b, { m }) => {
    // q15mulr saturates -1 times -1 to 7FFF; here the rounded 8000 stands.
    const least = splat16(m, 0x8000);
    const both = a.op("i16x8.eq", least).op("v128.and", b.op("i16x8.eq", least));
    return a.op("i16x8.q15mulr_sat_s", b).op("v128.xor", both);
  }),
];

/** Bits 31-16 of the eight products of words. */
function highHalves(a: Value, b: Value, sign: "s" | "u"): Value {
  const low = a.op(`i32x4.extmul_low_i16x8_${sign}`, b), high = a.op(`i32x4.extmul_high_i16x8_${sign}`, b);
  return low.shuffle(high, laneBytes(2, [1, 3, 5, 7, 9, 11, 13, 15]));
}

/** 64-bit products of doublewords 0 and 2. */
function evenProducts(a: Value, b: Value, sign: "s" | "u"): Value {
  const even = laneBytes(4, [0, 2, 0, 2]);
  return a.shuffle(a, even).op(`i64x2.extmul_low_i32x4_${sign}`, b.shuffle(b, even));
}
