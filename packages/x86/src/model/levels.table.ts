import type { Feature } from "./features.table.ts";

/** Names of the levels, oldest first. */
export type LevelName = "i486" | "pentium" | "pentiumPro" | "pentium4" | "x86_64_v1" | "x86_64_v2" | "max";

/** What a processor says that never executes ahead of program order: kernels leave out their work-arounds, some of which cost at every return. */
const NO_SPECULATION: readonly Feature[] = ["amd_ssb_no", "btc_no", "lfence_rdtsc", "autoibrs", "srso_no", "tsa_sq_no", "tsa_l1_no"];

/** Identity and features of one processor level; each level has the features of the one before it. */
export interface Level {
  /** As `CpuModel` has it. */
  readonly name: string;
  /** Brand string, at most 47 characters. */
  readonly brand: string;
  /** Displayed family. */
  readonly family: number;
  /** Displayed model. */
  readonly model: number;
  /** 0 to 15. */
  readonly stepping: number;
  /** Width of physical addresses in bits. */
  readonly physicalBits: number;
  /** Width of linear addresses in bits. */
  readonly linearBits: number;
  /** Highest basic leaf; 0 = none. */
  readonly maxBasic: number;
  /** Highest extended leaf; 0 = none. */
  readonly maxExtended: number;
  /** What it adds to the level before. */
  readonly adds: readonly Feature[];
}

/**
 * The levels, oldest first, under AMD's names for processors of that generation. x86-64-v1 and -v2 are those of the System V psABI ("Micro-Architecture
 * Levels") with what every processor of the level had for its kernel besides; `max` is everything that is described.
 */
export const LEVELS: Readonly<Record<LevelName, Level>> = {
  i486: { name: "i486", brand: "", family: 4, model: 14, stepping: 4, physicalBits: 32, linearBits: 32, maxBasic: 0, maxExtended: 0, adds: ["fpu"] },
  pentium: {
    name: "pentium", brand: "AMD-K5(tm) Processor", family: 5, model: 1, stepping: 2, physicalBits: 32, linearBits: 32, maxBasic: 1, maxExtended: 0x8000_0005,
    adds: ["cpuid", "de", "pse", "tsc", "msr", "mce", "cx8"],
  },
  pentiumPro: {
    name: "pentiumPro", brand: "AMD Athlon(tm) Processor", family: 6, model: 2, stepping: 1, physicalBits: 36, linearBits: 32, maxBasic: 1, maxExtended: 0x8000_0008,
    adds: ["pae", "apic", "sep", "mtrr", "pge", "mca", "cmov", "rdpmc", "nopl"],
  },
  pentium4: {
    name: "pentium4", brand: "AMD Sempron(tm) Processor", family: 15, model: 28, stepping: 0, physicalBits: 40, linearBits: 32, maxBasic: 1, maxExtended: 0x8000_0008,
    adds: ["pat", "pse36", "clfsh", "mmx", "fxsr", "sse", "sse2", "mmxext"],
  },
  x86_64_v1: {
    name: "x86-64-v1", brand: "AMD Athlon(tm) 64 Processor", family: 15, model: 47, stepping: 2, physicalBits: 40, linearBits: 48, maxBasic: 1, maxExtended: 0x8000_0008,
    adds: ["nx", "syscall", "lm", "prefetchw"],
  },
  x86_64_v2: {
    name: "x86-64-v2", brand: "AMD Processor (x86-64-v2)", family: 0x15, model: 2, stepping: 0, physicalBits: 48, linearBits: 48, maxBasic: 0xd, maxExtended: 0x8000_0021,
    adds: ["sse3", "ssse3", "cx16", "sse4_1", "sse4_2", "popcnt", "lahf_lm", "page1gb", "rdtscp", "constant_tsc", "arat", ...NO_SPECULATION],
  },
  max: {
    name: "max", brand: "AMD EPYC Processor (x86-64, no AVX)", family: 0x19, model: 1, stepping: 1, physicalBits: 48, linearBits: 48, maxBasic: 0xd, maxExtended: 0x8000_0021,
    adds: [
      "pclmulqdq", "movbe", "aes", "xsave", "rdrand", "fsgsbase", "bmi1", "smep", "bmi2", "erms", "invpcid", "rdseed", "adx", "smap", "clflushopt", "clwb",
      "sha", "umip", "rdpid", "fsrm", "xsaveopt", "xsavec", "abm", "topoext", "xsaveerptr", "wbnoinvd",
    ],
  },
};
