import { instruction, type Instruction } from "../instruction.ts";
import { fromQuad } from "../sse/operands.ts";
import { enterMmx, readMm, writeMm } from "../x87/mmx-registers.ts";

const MOVD = instruction("MOVD", {
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

const MOVQ = instruction("MOVQ", {
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

/** Moves to, from and between MMX registers. */
export const MMX_MOVES: readonly Instruction[] = [MOVD, MOVQ, MOVNTQ, MOVQ2DQ, MOVDQ2Q];
