import { instruction, type Feature, type Instruction } from "../instruction.ts";
import { readPacked } from "./operands.ts";

/** A load or store of one half of a register; the other half stays. */
function half(name: string, prefix: string, opcode: string, lane: 0 | 1, feature: Feature, title: string): Instruction {
  const store = (Number.parseInt(opcode, 16) + 1).toString(16).toUpperCase();
  return instruction(name, {
    forms: [`${prefix} 0F ${opcode} /r  ${name} xmm, m64`, `${prefix} 0F ${store} /r  ${name} m64, xmm`],
    feature, unit: "sse", title,
    execute(m, dst, src) {
      if (dst!.isMemory) m.writeVector(dst!, m.readVector(src!, "v128").lane("i64x2.extract_lane", lane));
      else {
        const quad = m.readVector(src!, "i64");
        m.writeVector(dst!, lane === 0 ? quad : m.readVector(dst!, "v128").withLane("i64x2.replace_lane", 1, quad));
      }
    },
  });
}

const MOVHLPS = instruction("MOVHLPS", {
  forms: ["NP 0F 12 /r  MOVHLPS xmm, xmm"], feature: "sse", unit: "sse", title: "MOVHLPS—Move Packed Single Precision Floating-Point Values High to Low",
  execute(m, dst, src) { m.writeVector(dst!, m.readVector(src!, "v128").lane("i64x2.extract_lane", 1)); },
});
const MOVLHPS = instruction("MOVLHPS", {
  forms: ["NP 0F 16 /r  MOVLHPS xmm, xmm"], feature: "sse", unit: "sse", title: "MOVLHPS—Move Packed Single Precision Floating-Point Values Low to High",
  execute(m, dst, src) {
    m.writeVector(dst!, m.readVector(dst!, "v128").withLane("i64x2.replace_lane", 1, m.readVector(src!, "i64")));
  },
});

function duplicate(name: string, form: string, title: string, bytes: readonly number[]): Instruction {
  return instruction(name, {
    forms: [form], feature: "sse3", unit: "sse", title,
    execute(m, dst, src) {
      const v = readPacked(m, src!);
      m.writeVector(dst!, v.shuffle(v, bytes));
    },
  });
}

export const HALF_MOVES: readonly Instruction[] = [
  half("MOVLPS", "NP", "12", 0, "sse", "MOVLPS—Move Low Packed Single Precision Floating-Point Values"),
  half("MOVHPS", "NP", "16", 1, "sse", "MOVHPS—Move High Packed Single Precision Floating-Point Values"),
  half("MOVLPD", "66", "12", 0, "sse2", "MOVLPD—Move Low Packed Double Precision Floating-Point Value"),
  half("MOVHPD", "66", "16", 1, "sse2", "MOVHPD—Move High Packed Double Precision Floating-Point Value"),
  MOVHLPS, MOVLHPS,
  duplicate("MOVDDUP", "F2 0F 12 /r  MOVDDUP xmm, xmm/m64", "MOVDDUP—Replicate Double Precision Floating-Point Values", [0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7]),
  duplicate("MOVSLDUP", "F3 0F 12 /r  MOVSLDUP xmm, xmm/m128", "MOVSLDUP—Replicate Single Precision Floating-Point Values", [0, 1, 2, 3, 0, 1, 2, 3, 8, 9, 10, 11, 8, 9, 10, 11]),
  duplicate("MOVSHDUP", "F3 0F 16 /r  MOVSHDUP xmm, xmm/m128", "MOVSHDUP—Replicate Single Precision Floating-Point Values", [4, 5, 6, 7, 4, 5, 6, 7, 12, 13, 14, 15, 12, 13, 14, 15]),
];
