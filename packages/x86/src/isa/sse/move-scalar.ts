import { instruction, type Instruction } from "../instruction.ts";
import { fromDouble, fromQuad } from "./operands.ts";

/** MOVSS: a load clears the rest of the register, a move between registers keeps it. */
const MOVSS = instruction("MOVSS", {
  forms: ["F3 0F 10 /r  MOVSS xmm, xmm/m32", "F3 0F 11 /r  MOVSS xmm/m32, xmm"],
  feature: "sse", unit: "sse", title: "MOVSS—Move or Merge Scalar Single Precision Floating-Point Value",
  execute(m, dst, src) {
    const low = m.readVector(src!, "i32");
    m.writeVector(dst!, src!.isMemory ? fromDouble(m, low) : low);
  },
});

const MOVSD = instruction("MOVSD", {
  forms: ["F2 0F 10 /r  MOVSD xmm, xmm/m64", "F2 0F 11 /r  MOVSD xmm/m64, xmm"],
  feature: "sse2", unit: "sse", title: "MOVSD—Move or Merge Scalar Double Precision Floating-Point Value",
  execute(m, dst, src) {
    const low = m.readVector(src!, "i64");
    m.writeVector(dst!, src!.isMemory ? fromQuad(m, low) : low);
  },
});

const MOVD = instruction("MOVD", {
  forms: ["66 W0 0F 6E /r  MOVD xmm, r/m32", "66 W0 0F 7E /r  MOVD r/m32, xmm"],
  feature: "sse2", unit: "sse", title: "MOVD/MOVQ—Move Doubleword/Move Quadword",
  execute(m, dst, src) {
    if (dst!.spec.kind === "vector") m.writeVector(dst!, fromDouble(m, m.read(src!)));
    else m.write(dst!, m.readVector(src!, "i32"));
  },
});

/** MOVQ with an XMM register as destination clears its upper half, in each of its forms. */
const MOVQ = instruction("MOVQ", {
  forms: [
    "66 REX.W 0F 6E /r  MOVQ xmm, r/m64", "66 REX.W 0F 7E /r  MOVQ r/m64, xmm",
    "F3 0F 7E /r  MOVQ xmm, xmm/m64", "66 0F D6 /r  MOVQ xmm/m64, xmm",
  ],
  feature: "sse2", unit: "sse", title: "MOVQ—Move Quadword",
  execute(m, dst, src) {
    const quad = src!.spec.kind === "rm" ? m.read(src!) : m.readVector(src!, "i64");
    if (dst!.spec.kind === "rm") m.write(dst!, quad);
    else m.writeVector(dst!, dst!.isMemory ? quad : fromQuad(m, quad));
  },
});

/** MOVSS, MOVSD, and MOVD and MOVQ of XMM registers. */
export const SCALAR_MOVES: readonly Instruction[] = [MOVSS, MOVSD, MOVD, MOVQ];
