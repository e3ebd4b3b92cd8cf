import { instruction, type Feature, type Instruction } from "../instruction.ts";

/** A move of 128 bits between XMM registers and memory. Rows with memory check alignment unless `unaligned`. */
function move(name: string, forms: readonly string[], feature: Feature, title: string, unaligned: boolean = false): Instruction {
  return instruction(name, {
    forms, feature, unit: "sse", title,
    execute(m, dst, src) {
      if (unaligned) m.writeUnaligned(dst!, m.readUnaligned(src!, "v128"));
      else m.writeVector(dst!, m.readVector(src!, "v128"));
    },
  });
}

const both = (name: string, prefix: string, load: string, store: string): string[] =>
  [`${prefix} 0F ${load} /r  ${name} xmm, xmm/m128`, `${prefix} 0F ${store} /r  ${name} xmm/m128, xmm`];

export const MOVES: readonly Instruction[] = [
  move("MOVAPS", both("MOVAPS", "NP", "28", "29"), "sse", "MOVAPS—Move Aligned Packed Single Precision Floating-Point Values"),
  move("MOVAPD", both("MOVAPD", "66", "28", "29"), "sse2", "MOVAPD—Move Aligned Packed Double Precision Floating-Point Values"),
  move("MOVDQA", both("MOVDQA", "66", "6F", "7F"), "sse2", "MOVDQA—Move Aligned Packed Integer Values"),
  move("MOVUPS", both("MOVUPS", "NP", "10", "11"), "sse", "MOVUPS—Move Unaligned Packed Single Precision Floating-Point Values", true),
  move("MOVUPD", both("MOVUPD", "66", "10", "11"), "sse2", "MOVUPD—Move Unaligned Packed Double Precision Floating-Point Values", true),
  move("MOVDQU", both("MOVDQU", "F3", "6F", "7F"), "sse2", "MOVDQU—Move Unaligned Packed Integer Values", true),
  move("LDDQU", ["F2 0F F0 /r  LDDQU xmm, m128"], "sse3", "LDDQU—Load Unaligned Integer 128 Bits", true),
  move("MOVNTPS", ["NP 0F 2B /r  MOVNTPS m128, xmm"], "sse", "MOVNTPS—Store Packed Single Precision Floating-Point Values Using Non-Temporal Hint"),
  move("MOVNTPD", ["66 0F 2B /r  MOVNTPD m128, xmm"], "sse2", "MOVNTPD—Store Packed Double Precision Floating-Point Values Using Non-Temporal Hint"),
  move("MOVNTDQ", ["66 0F E7 /r  MOVNTDQ m128, xmm"], "sse2", "MOVNTDQ—Store Packed Integers Using Non-Temporal Hint"),
  move("MOVNTDQA", ["66 0F 38 2A /r  MOVNTDQA xmm, m128"], "sse4_1", "MOVNTDQA—Load Double Quadword Non-Temporal Aligned Hint"),
];
