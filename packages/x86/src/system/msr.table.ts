import type { StateField } from "../ir/builder.ts";
import type { Feature } from "../model/features.table.ts";
import { SEGMENT_STRIDE, STATE } from "../state/state.ts";
import type { Processor } from "./processor.ts";
import { EFER, FS, GS } from "./registers.ts";
import { timeStampCounter } from "./time-operations.ts";

/** A model-specific register. */
export interface Msr {
  readonly name: string;
  /** It exists where the model has this feature; undefined = where there are MSRs at all. */
  readonly feature: Feature | undefined;
  /** Value after RESET of one that is kept in `Processor.msrs`. */
  readonly reset?: bigint;
  /** Nothing but the value is there: no memory type, machine check or power state follows from it. */
  readonly inert?: boolean;
  read(p: Processor, number: number): bigint;
  /** False = #GP(0). */
  write(p: Processor, value: bigint, number: number): boolean;
}

const canonical = (value: bigint): boolean => BigInt.asIntN(48, value) === BigInt.asIntN(64, value);
const readOnly = (): boolean => false;

/** A register of the state block; `accepts` says which values it takes. */
function inState(name: string, field: StateField, feature: Feature | undefined, accepts: (value: bigint) => boolean = () => true): Msr {
  return {
    name, feature, read: (p) => p.getBig(field),
    write(p, value) {
      if (!accepts(value)) return false;
      p.setBig(field, value);
      return true;
    },
  };
}
/** 32 bits of the state block: what is written above them is lost, as on AMD's processors. */
function lowHalf(name: string, field: StateField, feature: Feature | undefined): Msr {
  return {
    name, feature, read: (p) => BigInt(p.get(field)),
    write(p, value) {
      p.setBig(field, value & 0xffff_ffffn);
      return true;
    },
  };
}
/** A register that only remembers. */
function kept(name: string, feature: Feature | undefined, reset: bigint, accepts: (value: bigint) => boolean = () => true): Msr {
  return {
    name, feature, reset, inert: true, read: (p, number) => p.msrs.get(number) ?? reset,
    write(p, value, number) {
      if (!accepts(value)) return false;
      p.msrs.set(number, value);
      return true;
    },
  };
}
const constant = (name: string, feature: Feature | undefined, value: bigint): Msr => ({ name, feature, read: () => value, write: readOnly });
const segmentBase = (segment: number): StateField => ({ ...STATE.segments, offset: STATE.segments.offset + segment * SEGMENT_STRIDE });

/** Memory types that an MTRR may have: UC WC WT WP WB; the PAT has UC- besides. SDM vol. 3A, "Memory Types That Can Be Encoded". */
const mtrrType = (type: number): boolean => type <= 1 || (type >= 4 && type <= 6);
function everyByte(value: bigint, allowed: (byte: number) => boolean): boolean {
  for (let i = 0n; i < 64n; i += 8n) if (!allowed(Number((value >> i) & 0xffn))) return false;
  return true;
}
const ADDRESS = 0x0000_ffff_ffff_f000n;

/** EFER: LMA is the processor's, LME changes only while paging is off. APM vol. 2, "Extended Feature Enable Register (EFER)". */
const EFER_MSR: Msr = {
  name: "EFER", feature: undefined, read: (p) => p.getBig(STATE.efer),
  write(p, value) {
    const old = p.get(STATE.efer), next = Number(value & 0xffff_ffffn);
    if (value >> 32n !== 0n || next & ~(p.model.eferMask | EFER.LMA)) return false;
    if ((next ^ old) & EFER.LME && p.get(STATE.cr0) >>> 31) return false;
    p.set(STATE.efer, (next & ~EFER.LMA) | (old & EFER.LMA));
    if ((next ^ old) & EFER.NXE) p.flushAll();
    p.updateMode();
    return true;
  },
};

const TSC: Msr = {
  name: "TSC", feature: "tsc", read: timeStampCounter,
  write(p, value) {
    p.setBig(STATE.tscOffset, value - p.timeStamp(p.retired));
    p.set(STATE.tscKnown, 0);
    return true;
  },
};

/** BSP is read-only, EN and the base can be changed. APM vol. 2, "Detecting and Enabling APIC". */
const APIC_BASE: Msr = {
  name: "APIC_BASE", feature: "apic", read: (p) => p.getBig(STATE.apicBase),
  write(p, value) {
    if ((value & ~(ADDRESS | 0x900n)) !== 0n) return false;
    p.setBig(STATE.apicBase, (value & ~0x100n) | (p.getBig(STATE.apicBase) & 0x100n));
    p.apicBase?.(p.getBig(STATE.apicBase));
    return true;
  },
};

/** Counters and their selectors of the K7: they count nothing, so writes are lost and software finds none that works. */
const counter = (name: string): Msr => ({ name, feature: "rdpmc", inert: true, read: () => 0n, write: () => true });

/** Machine check banks: errors never happen; software may clear what is zero. APM vol. 2, "Machine Check Architecture MSRs". */
const BANKS = 6;
const zeroOnly = (value: bigint): boolean => value === 0n;

const rows: [number, Msr][] = [
  [0x10, TSC],
  [0x1b, APIC_BASE],
  // Without a microcode loader the revision never changes.
  [0x8b, constant("PATCH_LEVEL", undefined, 0x0100_0065n)],
  [0xfe, constant("MTRRcap", "mtrr", 0x508n)],
  [0x174, lowHalf("SYSENTER_CS", STATE.sysenterCs, "sep")],
  [0x175, lowHalf("SYSENTER_ESP", STATE.sysenterEsp, "sep")],
  [0x176, lowHalf("SYSENTER_EIP", STATE.sysenterEip, "sep")],
  [0x179, constant("MCG_CAP", "mca", BigInt(0x100 | BANKS))],
  [0x17a, kept("MCG_STATUS", "mca", 0n, (v) => v <= 7n)],
  [0x17b, kept("MCG_CTL", "mca", 0n)],
  // Neither last-branch records nor branch single step: only zero can be set.
  [0x1d9, kept("DEBUGCTL", undefined, 0n, zeroOnly)],
  [0x277, inState("PAT", STATE.pat, "pat", (v) => everyByte(v, (t) => mtrrType(t) || t === 7))],
  [0x2ff, kept("MTRRdefType", "mtrr", 0n, (v) => (v & ~0xcffn) === 0n && mtrrType(Number(v & 0xffn)))],
  [0xc000_0080, EFER_MSR],
  [0xc000_0081, inState("STAR", STATE.star, "syscall")],
  [0xc000_0082, inState("LSTAR", STATE.lstar, "lm", canonical)],
  [0xc000_0083, inState("CSTAR", STATE.cstar, "lm", canonical)],
  [0xc000_0084, lowHalf("SFMASK", STATE.sfmask, "lm")],
  [0xc000_0100, inState("FS_BASE", segmentBase(FS), "lm", canonical)],
  [0xc000_0101, inState("GS_BASE", segmentBase(GS), "lm", canonical)],
  [0xc000_0102, inState("KERNEL_GS_BASE", STATE.kernelGsBase, "lm", canonical)],
  [0xc000_0103, lowHalf("TSC_AUX", STATE.tscAux, "rdtscp")],
  [0xc001_0010, kept("SYSCFG", undefined, 0n, (v) => v >> 32n === 0n)],
  // TscFreqSel: the time stamp counter counts at the P0 frequency.
  [0xc001_0015, kept("HWCR", undefined, 1n << 24n, (v) => v >> 32n === 0n)],
  [0xc001_001a, kept("TOP_MEM", undefined, 0n, (v) => (v & ~0x0000_ffff_ff80_0000n) === 0n)],
  [0xc001_001d, kept("TOP_MEM2", undefined, 0n, (v) => (v & ~0x0000_ffff_ff80_0000n) === 0n)],
  [0xc001_001f, kept("NB_CFG", undefined, 0n)],
  [0xc001_0055, kept("INTERRUPT_PENDING", undefined, 0n)],
  [0xc001_0058, kept("MMIO_CONF_BASE", "lm", 0n)],
  // LFENCE is serializing, always.
  [0xc001_1029, kept("DE_CFG", "sse2", 2n, (v) => (v & 2n) !== 0n)],
];
for (let i = 0; i < 8; i++) {
  rows.push([0x200 + 2 * i, kept(`MTRRphysBase${i}`, "mtrr", 0n, (v) => (v & ~(ADDRESS | 0xffn)) === 0n && mtrrType(Number(v & 0xffn)))]);
  rows.push([0x201 + 2 * i, kept(`MTRRphysMask${i}`, "mtrr", 0n, (v) => (v & ~(ADDRESS | 0x800n)) === 0n)]);
}
for (const n of [0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f]) rows.push([n, kept(`MTRRfix_${n.toString(16)}`, "mtrr", 0n, (v) => everyByte(v, mtrrType))]);
for (let i = 0; i < BANKS; i++) {
  rows.push([0x400 + 4 * i, kept(`MC${i}_CTL`, "mca", 0n)]);
  rows.push([0x401 + 4 * i, kept(`MC${i}_STATUS`, "mca", 0n, zeroOnly)]);
  rows.push([0x402 + 4 * i, kept(`MC${i}_ADDR`, "mca", 0n, zeroOnly)]);
  rows.push([0x403 + 4 * i, kept(`MC${i}_MISC`, "mca", 0n, zeroOnly)]);
}
for (let i = 0; i < 4; i++) {
  rows.push([0xc001_0000 + i, counter(`PERFEVTSEL${i}`)]);
  rows.push([0xc001_0004 + i, counter(`PERFCTR${i}`)]);
}

/** All MSRs by number. APM vol. 2, "MSR Cross-Reference". */
export const MSRS: ReadonlyMap<number, Msr> = new Map(rows);
