import { UD } from "../instruction-builder.ts";
import { instruction, type Feature, type Instruction } from "../instruction.ts";

/** The hint opcodes 0F 18 to 0F 1F: PREFETCHh and NOP, ENDBR and others on processors that know them; nothing here. */
const HINTS = ["1F", "18", "19", "1A", "1B", "1C", "1D", "1E"] as const;

/**
 * NOP — No operation; the operand is not accessed. SDM vol. 2B, "NOP—No Operation". 90 with REX.B is XCHG. 0F 18 to 1F cover PREFETCHh
 * and ENDBR, which do nothing here.
 */
export const NOP: Instruction = instruction("NOP", {
  forms: ["90  NOP"],
  execute() {},
});

/** The long forms, since the Pentium Pro. */
const LONG_NOP: Instruction = instruction("NOP", {
  forms: HINTS.map((o) => `0F ${o} /r  NOP r/mv`),
  feature: "nopl",
  title: "NOP—No Operation",
  execute() {},
});

/** PAUSE — Spin loop hint. SDM vol. 2B, "PAUSE—Spin Loop Hint". A plain NOP where it is not known. */
export const PAUSE: Instruction = instruction("PAUSE", {
  forms: ["F3 90  PAUSE"],
  intercept: "PAUSE",
  execute() {},
});

function hint(name: string, form: string, title: string, feature?: Feature): Instruction {
  return instruction(name, { forms: [form], title, ...(feature ? { feature } : {}), execute() {} });
}

/** PREFETCHh — Prefetch a line; the address is not checked. SDM vol. 2B, "PREFETCHh—Prefetch Data Into Caches". */
const PREFETCHES: readonly Instruction[] = ["NTA", "T0", "T1", "T2"].map((where, digit) =>
  hint(`PREFETCH${where}`, `0F 18 /${digit}  PREFETCH${where} m8`, "PREFETCHh—Prefetch Data Into Caches", "sse"));

/** PREFETCH, PREFETCHW — Prefetch a line, for writing with digit 1; the other digits are reserved and do the same. APM vol. 3, "PREFETCH, PREFETCHW". */
const PREFETCH_3DNOW: readonly Instruction[] = [["PREFETCH", "/0"], ["PREFETCHW", "/1"], ["PREFETCHW", "/r"]].map(([name, digit]) =>
  hint(name!, `0F 0D ${digit}  ${name} m8`, "PREFETCH/PREFETCHW—Prefetch L1 Data-Cache Line", "prefetchw"));

/** ENDBR32, ENDBR64 — Targets of indirect branches; nothing without CET. SDM vol. 2A, "ENDBR32" and "ENDBR64". */
const END_BRANCHES: readonly Instruction[] = [
  hint("ENDBR32", "F3 0F 1E FB  ENDBR32", "ENDBR32—Terminate an Indirect Branch in 32-bit and Compatibility Mode", "nopl"),
  hint("ENDBR64", "F3 0F 1E FA  ENDBR64", "ENDBR64—Terminate an Indirect Branch in 64-bit Mode", "nopl"),
];

function undefinedInstruction(name: string, form: string): Instruction {
  return instruction(name, { forms: [`${form}  ${name}`], title: "UD—Undefined Instruction", execute(m) { m.raise(UD); } });
}

/** UD0, UD1, UD2 — Raise #UD. SDM vol. 2C, "UD—Undefined Instruction". */
export const UD0: Instruction = undefinedInstruction("UD0", "0F FF");
export const UD1: Instruction = undefinedInstruction("UD1", "0F B9");
export const UD2: Instruction = undefinedInstruction("UD2", "0F 0B");

/** What does nothing, and what never does anything. */
export const NO_OPERATIONS: readonly Instruction[] = [NOP, LONG_NOP, ...PREFETCHES, ...END_BRANCHES, PAUSE, ...PREFETCH_3DNOW, UD0, UD1, UD2];
