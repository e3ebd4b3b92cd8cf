import type { Value } from "../../ir/value.ts";
import type { Instruction } from "../instruction.ts";
import { instruction } from "../instruction.ts";
import { dwords, words } from "./constants.ts";
import { vector } from "./operands.ts";

/** Lanes of `b` where their bit of the immediate is set. `bits` is a vector with each lane's bit. */
function blendBy(imm: Value, a: Value, b: Value, bits: Value, lane: "i16x8" | "i32x4"): Value {
  return b.op("v128.bitselect", a, imm.op(`${lane}.splat`).op("v128.and", bits).op(`${lane}.eq`, bits));
}

const BLENDPS = vector("BLENDPS", "66 0F 3A 0C /r ib  BLENDPS xmm, xmm/m128, imm8", "sse4_1", "BLENDPS—Blend Packed Single Precision Floating-Point Values",
  (a, b, { m, imm }) => blendBy(imm, a, b, dwords(m, [1, 2, 4, 8]), "i32x4"));
const BLENDPD = vector("BLENDPD", "66 0F 3A 0D /r ib  BLENDPD xmm, xmm/m128, imm8", "sse4_1", "BLENDPD—Blend Packed Double Precision Floating-Point Values",
  (a, b, { m, imm }) => blendBy(imm, a, b, dwords(m, [1, 1, 2, 2]), "i32x4"));
const PBLENDW = vector("PBLENDW", "66 0F 3A 0E /r ib  PBLENDW xmm, xmm/m128, imm8", "sse4_1", "PBLENDW—Blend Packed Words",
  (a, b, { m, imm }) => blendBy(imm, a, b, words(m, [1, 2, 4, 8, 16, 32, 64, 128]), "i16x8"));

/** Lanes of the source where the sign of XMM0's lane is set. */
function blendVariable(name: string, form: string, lane: string, bits: number, title: string): Instruction {
  return instruction(name, {
    forms: [form], feature: "sse4_1", unit: "sse", title,
    execute(m, dst, src, mask) {
      const b = m.readVector(src!, "v128"), a = m.readVector(dst!, "v128");
      m.writeVector(dst!, b.op("v128.bitselect", a, m.readVector(mask!, "v128").op(`${lane}.shr_s`, m.i32(bits - 1))));
    },
  });
}

export const BLEND: readonly Instruction[] = [
  BLENDPS, BLENDPD, PBLENDW,
  blendVariable("PBLENDVB", "66 0F 38 10 /r  PBLENDVB xmm, xmm/m128, <XMM0>", "i8x16", 8, "PBLENDVB—Variable Blend Packed Bytes"),
  blendVariable("BLENDVPS", "66 0F 38 14 /r  BLENDVPS xmm, xmm/m128, <XMM0>", "i32x4", 32, "BLENDVPS—Variable Blend Packed Single Precision Floating-Point Values"),
  blendVariable("BLENDVPD", "66 0F 38 15 /r  BLENDVPD xmm, xmm/m128, <XMM0>", "i64x2", 64, "BLENDVPD—Variable Blend Packed Double Precision Floating-Point Values"),
];
