import { instruction, type Feature, type Instruction } from "../instruction.ts";
import { packed, vector } from "./operands.ts";

function lanes(name: string, opcode: string, op: string, title: string, mmx: Feature | undefined, sse: Feature): Instruction[] {
  return packed(name, { opcode: `${opcode} /r`, sse, title, ...(mmx ? { mmx } : {}) }, (a, b) => a.op(op, b));
}

const EQUAL = "PCMPEQB/PCMPEQW/PCMPEQD—Compare Packed Data for Equal";
const GREATER = "PCMPGTB/PCMPGTW/PCMPGTD—Compare Packed Signed Integers for Greater Than";
const MAX_SIGNED = "PMAXSB/PMAXSW/PMAXSD/PMAXSQ—Maximum of Packed Signed Integers";
const MIN_SIGNED = "PMINSB/PMINSW—Minimum of Packed Signed Integers";

const PTEST = instruction("PTEST", {
  forms: ["66 0F 38 17 /r  PTEST xmm, xmm/m128"], feature: "sse4_1", unit: "sse", title: "PTEST—Logical Compare",
  execute(m, dst, src) {
    const b = m.readVector(src!, "v128"), a = m.readVector(dst!, "v128"), off = m.i32(0);
    m.flags({ Z: b.op("v128.and", a).op("v128.any_true").eqz(), C: b.op("v128.andnot", a).op("v128.any_true").eqz(), O: off, S: off, A: off, P: off });
  },
});

/** PHMINPOSUW: each word above its own number, so that the least of these doublewords names the first least word. */
const PHMINPOSUW = vector("PHMINPOSUW", "66 0F 38 41 /r  PHMINPOSUW xmm, xmm/m128", "sse4_1", "PHMINPOSUW—Packed Horizontal Word Minimum", (_, b, { m }) => {
  const numbered = (half: "low" | "high", first: number): typeof b =>
    b.op(`i32x4.extend_${half}_i16x8_u`).op("i32x4.shl", m.i32(16)).op("v128.or", m.vector([0, 1, 2, 3].flatMap((i) => [first + i, 0, 0, 0])));
  let least = numbered("low", 0).op("i32x4.min_u", numbered("high", 4));
  least = least.op("i32x4.min_u", least.shuffle(least, [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]));
  least = least.op("i32x4.min_u", least.shuffle(least, [4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11]));
  return m.vector(new Uint8Array(16)).withLane("i32x4.replace_lane", 0, least.lane("i32x4.extract_lane", 0).rotl(16));
});

export const PACKED_COMPARE: readonly Instruction[] = [
  ...lanes("PCMPEQB", "0F 74", "i8x16.eq", EQUAL, "mmx", "sse2"),
  ...lanes("PCMPEQW", "0F 75", "i16x8.eq", EQUAL, "mmx", "sse2"),
  ...lanes("PCMPEQD", "0F 76", "i32x4.eq", EQUAL, "mmx", "sse2"),
  ...lanes("PCMPEQQ", "0F 38 29", "i64x2.eq", "PCMPEQQ—Compare Packed Qword Data for Equal", undefined, "sse4_1"),
  ...lanes("PCMPGTB", "0F 64", "i8x16.gt_s", GREATER, "mmx", "sse2"),
  ...lanes("PCMPGTW", "0F 65", "i16x8.gt_s", GREATER, "mmx", "sse2"),
  ...lanes("PCMPGTD", "0F 66", "i32x4.gt_s", GREATER, "mmx", "sse2"),
  ...lanes("PCMPGTQ", "0F 38 37", "i64x2.gt_s", "PCMPGTQ—Compare Packed Data for Greater Than", undefined, "sse4_2"),
  ...lanes("PMINUB", "0F DA", "i8x16.min_u", "PMINUB/PMINUW—Minimum of Packed Unsigned Integers", "sse", "sse2"),
  ...lanes("PMAXUB", "0F DE", "i8x16.max_u", "PMAXUB/PMAXUW—Maximum of Packed Unsigned Integers", "sse", "sse2"),
  ...lanes("PMINSW", "0F EA", "i16x8.min_s", MIN_SIGNED, "sse", "sse2"),
  ...lanes("PMAXSW", "0F EE", "i16x8.max_s", MAX_SIGNED, "sse", "sse2"),
  ...lanes("PMINSB", "0F 38 38", "i8x16.min_s", MIN_SIGNED, undefined, "sse4_1"),
  ...lanes("PMINSD", "0F 38 39", "i32x4.min_s", "PMINSD/PMINSQ—Minimum of Packed Signed Integers", undefined, "sse4_1"),
  ...lanes("PMINUW", "0F 38 3A", "i16x8.min_u", "PMINUB/PMINUW—Minimum of Packed Unsigned Integers", undefined, "sse4_1"),
  ...lanes("PMINUD", "0F 38 3B", "i32x4.min_u", "PMINUD/PMINUQ—Minimum of Packed Unsigned Integers", undefined, "sse4_1"),
  ...lanes("PMAXSB", "0F 38 3C", "i8x16.max_s", MAX_SIGNED, undefined, "sse4_1"),
  ...lanes("PMAXSD", "0F 38 3D", "i32x4.max_s", MAX_SIGNED, undefined, "sse4_1"),
  ...lanes("PMAXUW", "0F 38 3E", "i16x8.max_u", "PMAXUB/PMAXUW—Maximum of Packed Unsigned Integers", undefined, "sse4_1"),
  ...lanes("PMAXUD", "0F 38 3F", "i32x4.max_u", "PMAXUD/PMAXUQ—Maximum of Packed Unsigned Integers", undefined, "sse4_1"),
  PTEST, PHMINPOSUW,
];
