import { instruction, type Instruction } from "../instruction.ts";
import { enterMmx, readMm, writeMm } from "../x87/mmx-registers.ts";
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

const MOVD_XMM = instruction("MOVD", {
  forms: ["66 W0 0F 6E /r  MOVD xmm, r/m32", "66 W0 0F 7E /r  MOVD r/m32, xmm"],
  feature: "sse2", unit: "sse", title: "MOVD/MOVQ—Move Doubleword/Move Quadword",
  execute(m, dst, src) {
    if (dst!.spec.kind === "vector") m.writeVector(dst!, fromDouble(m, m.read(src!)));
    else m.write(dst!, m.readVector(src!, "i32"));
  },
});

const MOVD_MM = instruction("MOVD", {
  forms: ["NP W0 0F 6E /r  MOVD mm, r/m32", "NP W0 0F 7E /r  MOVD r/m32, mm"],
  feature: "mmx", unit: "mmx", title: "MOVD/MOVQ—Move Doubleword/Move Quadword",
  execute(m, dst, src) {
    if (dst!.spec.kind === "mmx") writeMm(m, dst!, m.read(src!).zext(64));
    else {
      m.write(dst!, readMm(m, src!).trunc(32));
      enterMmx(m);
    }
  },
});

/** MOVQ with an XMM register as destination clears its upper half, in each of its forms. */
const MOVQ_XMM = instruction("MOVQ", {
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

const MOVQ_MM = instruction("MOVQ", {
  forms: ["NP REX.W 0F 6E /r  MOVQ mm, r/m64", "NP REX.W 0F 7E /r  MOVQ r/m64, mm", "NP 0F 6F /r  MOVQ mm, mm/m64", "NP 0F 7F /r  MOVQ mm/m64, mm"],
  feature: "mmx", unit: "mmx", title: "MOVQ—Move Quadword",
  execute(m, dst, src) {
    const quad = src!.isMemory ? m.load(m.address(src!, 8, "read"), 64) : src!.spec.kind === "rm" ? m.read(src!) : readMm(m, src!);
    if (dst!.spec.kind === "mmx" && !dst!.isMemory) writeMm(m, dst!, quad);
    else {
      if (dst!.isMemory) m.store(m.address(dst!, 8, "write"), quad);
      else m.write(dst!, quad);
      enterMmx(m);
    }
  },
});

const MOVNTQ = instruction("MOVNTQ", {
  forms: ["NP 0F E7 /r  MOVNTQ m64, mm"],
  feature: "sse", unit: "mmx", title: "MOVNTQ—Store of Quadword Using Non-Temporal Hint",
  execute(m, dst, src) {
    m.store(m.address(dst!, 8, "write"), readMm(m, src!));
    enterMmx(m);
  },
});

const MOVQ2DQ = instruction("MOVQ2DQ", {
  forms: ["F3 0F D6 /r  MOVQ2DQ xmm, mm"],
  feature: "sse2", unit: "mmx", title: "MOVQ2DQ—Move Quadword from MMX Technology to XMM Register",
  execute(m, dst, src) {
    m.writeVector(dst!, fromQuad(m, readMm(m, src!)));
    enterMmx(m);
  },
});

const MOVDQ2Q = instruction("MOVDQ2Q", {
  forms: ["F2 0F D6 /r  MOVDQ2Q mm, xmm"],
  feature: "sse2", unit: "mmx", title: "MOVDQ2Q—Move Quadword from XMM to MMX Technology Register",
  execute(m, dst, src) { writeMm(m, dst!, m.readVector(src!, "i64")); },
});

export const SCALAR_MOVES: readonly Instruction[] = [MOVSS, MOVSD, MOVD_XMM, MOVD_MM, MOVQ_XMM, MOVQ_MM, MOVNTQ, MOVQ2DQ, MOVDQ2Q];
