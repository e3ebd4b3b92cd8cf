import { instruction, type Instruction } from "../instruction.ts";

/** MOVNTI — Store a register past the caches: a plain store here. SDM vol. 2B, "MOVNTI—Store Doubleword Using Non-Temporal Hint". */
export const MOVNTI: Instruction = instruction("MOVNTI", {
  forms: ["NP 0F C3 /r  MOVNTI my, ry"],
  feature: "sse2",
  execute(m, dst, src) { m.write(dst!, m.read(src!)); },
});

/** Fences order nothing here: a vCPU sees its own accesses in order. */
function fence(name: string, modrm: string, feature: "sse" | "sse2", title: string): Instruction {
  return instruction(name, { forms: [`NP 0F AE ${modrm}  ${name}`], feature, title, execute() {} });
}

/** LFENCE, MFENCE, SFENCE — Fences for loads, for both, for stores. SDM vol. 2A and 2B, "LFENCE—Load Fence", "MFENCE—Memory Fence", "SFENCE—Store Fence". */
export const LFENCE: Instruction = fence("LFENCE", "E8+i", "sse2", "LFENCE—Load Fence");
export const MFENCE: Instruction = fence("MFENCE", "F0+i", "sse2", "MFENCE—Memory Fence");
export const SFENCE: Instruction = fence("SFENCE", "F8+i", "sse", "SFENCE—Store Fence");

/** Flushes and write-backs of a cache line: checked as a one-byte read, then nothing. */
function flush(name: string, form: string, feature: "clfsh" | "clflushopt" | "clwb", title: string): Instruction {
  return instruction(name, {
    forms: [`${form}  ${name} m8`],
    feature,
    title,
    execute(m, line) { m.probe(m.address(line!, 1, "read"), 1, "read"); },
  });
}

/** CLFLUSH — Flush a line. SDM vol. 2A, "CLFLUSH—Flush Cache Line". */
export const CLFLUSH: Instruction = flush("CLFLUSH", "NP 0F AE /7", "clfsh", "CLFLUSH—Flush Cache Line");
/** CLFLUSHOPT — Flush a line, less ordered. SDM vol. 2A, "CLFLUSHOPT—Flush Cache Line Optimized". */
export const CLFLUSHOPT: Instruction = flush("CLFLUSHOPT", "66 0F AE /7", "clflushopt", "CLFLUSHOPT—Flush Cache Line Optimized");
/** CLWB — Write a line back. SDM vol. 2A, "CLWB—Cache Line Write Back". */
export const CLWB: Instruction = flush("CLWB", "66 0F AE /6", "clwb", "CLWB—Cache Line Write Back");

/** Memory ordering and cache control that every privilege may use. */
export const MEMORY_ORDER: readonly Instruction[] = [MOVNTI, LFENCE, MFENCE, SFENCE, CLFLUSH, CLFLUSHOPT, CLWB];
