import type { CpuModel } from "./cpu-model.ts";
import { FEATURES, type CpuidRegister, type Feature } from "./features.table.ts";

/** The parts of the machine's state that CPUID shows. */
export interface CpuidState {
  /** CR4 and XCR0. */
  readonly cr4: number;
  readonly xcr0: number;
  /** The local APIC is enabled (IA32_APIC_BASE.EN). */
  readonly apicEnabled: boolean;
  /** This processor's APIC identifier, and processors in the package. */
  readonly apicId: number;
  readonly processors: number;
}

/** EAX, EBX, ECX, EDX: unsigned. */
export type CpuidResult = [eax: number, ebx: number, ecx: number, edx: number];

const REGISTERS: readonly CpuidRegister[] = ["eax", "ebx", "ecx", "edx"];
const CR4_OSXSAVE = 1 << 18;
/** Features whose bits AMD repeats in EDX of leaf 8000_0001h, at their places in leaf 1. */
const REPEATED = 0x0183_f3ff;

/** Feature bits of a leaf. */
const BITS: ReadonlyMap<string, readonly (readonly [Feature, number, number])[]> = (() => {
  const map = new Map<string, [Feature, number, number][]>();
  for (const [name, [leaf, subleaf, register, bit]] of Object.entries(FEATURES)) {
    const key = `${leaf}.${subleaf}`;
    const row: [Feature, number, number] = [name as Feature, REGISTERS.indexOf(register), bit];
    const rows = map.get(key);
    if (rows) rows.push(row); else map.set(key, [row]);
  }
  return map;
})();

/** CPUID. APM vol. 3, "Obtaining Processor Information Via the CPUID Instruction". `leaf` and `subleaf` are EAX and ECX, unsigned. */
export function cpuid(model: CpuModel, leaf: number, subleaf: number, state: CpuidState): CpuidResult {
  const { maxBasic, maxExtended } = model.level;
  if (leaf >= 0x4000_0000 && leaf < 0x5000_0000) return hypervisorLeaf(model, leaf);
  if (leaf >= 0x8000_0000 ? leaf > maxExtended : leaf > maxBasic) return model.intel.cpuidClamps ? cpuid(model, maxBasic, subleaf, state) : [0, 0, 0, 0];
  const r = fixedLeaf(model, leaf, subleaf, state);
  const indexed = leaf === 7 || leaf === 0xd;
  for (const [feature, register, bit] of BITS.get(`${leaf}.${indexed ? subleaf : 0}`) ?? []) {
    if (reports(model, feature, state)) r[register] = r[register]! | (1 << bit);
  }
  if (leaf === 0x8000_0001) r[3] |= fixedLeaf1Edx(model, state) & REPEATED;
  return [r[0] >>> 0, r[1] >>> 0, r[2] >>> 0, r[3] >>> 0];
}

function reports(model: CpuModel, feature: Feature, state: CpuidState): boolean {
  switch (feature) {
    case "apic": return model.has("apic") && state.apicEnabled;
    case "osxsave": return (state.cr4 & CR4_OSXSAVE) !== 0;
    case "htt": return state.processors > 1;
    case "cmp_legacy": return state.processors > 1;
    case "hypervisor": return model.hypervisor !== undefined;
    default: return model.has(feature);
  }
}
function fixedLeaf1Edx(model: CpuModel, state: CpuidState): number {
  let edx = 0;
  for (const [feature, register, bit] of BITS.get("1.0")!) if (register === 3 && reports(model, feature, state)) edx |= 1 << bit;
  return edx;
}

/** Four characters from `at`, first in the low byte. */
function characters(text: string, at: number): number {
  let n = 0;
  for (let i = 0; i < 4; i++) n |= (at + i < text.length ? text.charCodeAt(at + i) & 0xff : 0) << (i * 8);
  return n;
}
/** Bits that number `n` processors. */
const width = (n: number): number => 32 - Math.clz32(n - 1);

/** What a leaf says besides feature bits. */
function fixedLeaf(model: CpuModel, leaf: number, subleaf: number, state: CpuidState): CpuidResult {
  const { vendor, level } = model;
  const vendorLeaf = (max: number): CpuidResult => [max, characters(vendor, 0), characters(vendor, 8), characters(vendor, 4)];
  switch (leaf) {
    case 0: return vendorLeaf(level.maxBasic);
    case 1: {
      const flushLine = model.has("clfsh") ? 8 << 8 : 0;
      return [model.signature, flushLine | (state.processors > 1 ? state.processors << 16 : 0) | (state.apicId << 24), 0, 0];
    }
    case 5: return model.has("monitor") ? [64, 64, 3, 0] : [0, 0, 0, 0];
    case 0xb: return model.has("topoext") ? topologyLeaf(subleaf, state) : [0, 0, 0, 0];
    case 0xd: return model.has("xsave") ? xsaveLeaf(model, subleaf) : [0, 0, 0, 0];
    case 0x8000_0000: return vendorLeaf(level.maxExtended);
    case 0x8000_0001: return [model.signature, 0, 0, 0];
    case 0x8000_0002: case 0x8000_0003: case 0x8000_0004: {
      const at = (leaf - 0x8000_0002) * 16;
      return [characters(level.brand, at), characters(level.brand, at + 4), characters(level.brand, at + 8), characters(level.brand, at + 12)];
    }
    case 0x8000_0005: return [L1_TLB_LARGE, L1_TLB_SMALL, L1_CACHE, L1_CACHE];
    case 0x8000_0006: return [L2_TLB, L2_TLB, L2_CACHE, 0];
    case 0x8000_0008: return [level.physicalBits | (level.linearBits << 8), 0, state.processors - 1 | (width(state.processors) << 12), 0];
    case 0x8000_001d: return model.has("topoext") ? cacheLeaf(subleaf) : [0, 0, 0, 0];
    case 0x8000_001e: return model.has("topoext") ? [state.apicId, state.apicId, 0, 0] : [0, 0, 0, 0];
    default: return [0, 0, 0, 0];
  }
}

/** Full associativity, 64 entries each for code and data: large pages, then 4 KiB pages. APM vol. 3, "L1 Cache and TLB Information". */
const L1_TLB_LARGE = 0xff40_ff40, L1_TLB_SMALL = 0xff40_ff40;
/** 32 KiB, 8 ways, one line per tag, lines of 64 bytes. */
const L1_CACHE = (32 << 24) | (8 << 16) | (1 << 8) | 64;
/** 4-way, 1024 entries: the software TLB, really. APM vol. 3, "L2 Cache and TLB and L3 Cache Information". */
const L2_TLB = 0x4400_4400;
/** 512 KiB, 8 ways (code 6), lines of 64 bytes. */
const L2_CACHE = (512 << 16) | (6 << 12) | (1 << 8) | 64;

/** Caches by index: data, code, unified. APM vol. 3, "Cache Topology Information". */
function cacheLeaf(subleaf: number): CpuidResult {
  const cache = (type: number, depth: number, kib: number, ways: number): CpuidResult => [type | (depth << 5) | (1 << 8), ((ways - 1) << 22) | 63, (kib * 1024) / (ways * 64) - 1, 0];
  return subleaf === 0 ? cache(1, 1, 32, 8) : subleaf === 1 ? cache(2, 1, 32, 8) : subleaf === 2 ? cache(3, 2, 512, 8) : [0, 0, 0, 0];
}

/** One thread per core, all cores in one package. APM vol. 3, "Extended Topology Enumeration". */
function topologyLeaf(subleaf: number, state: CpuidState): CpuidResult {
  if (subleaf === 0) return [0, 1, 1 << 8, state.apicId];
  if (subleaf === 1) return [width(state.processors), state.processors, (2 << 8) | 1, state.apicId];
  return [0, 0, subleaf & 0xff, state.apicId];
}

/** The legacy region and header are all there is: x87 and SSE. APM vol. 3, "Processor Extended State Enumeration". */
function xsaveLeaf(model: CpuModel, subleaf: number): CpuidResult {
  const bytes = 512 + 64;
  if (subleaf === 0) return [model.xcr0Mask, bytes, bytes, 0];
  if (subleaf === 1) return [0, model.has("xsavec") ? bytes : 0, 0, 0];
  return [0, 0, 0, 0];
}

/** Leaves that a hypervisor answers. */
function hypervisorLeaf(model: CpuModel, leaf: number): CpuidResult {
  const h = model.hypervisor;
  if (!h) return [0, 0, 0, 0];
  if (leaf === 0x4000_0000) {
    const max = Math.max(0x4000_0000, ...(h.leaves?.keys() ?? []));
    return [max, characters(h.signature, 0), characters(h.signature, 4), characters(h.signature, 8)];
  }
  const [a, b, c, d] = h.leaves?.get(leaf) ?? [0, 0, 0, 0];
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}
