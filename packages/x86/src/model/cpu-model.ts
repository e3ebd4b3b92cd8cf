import { controlMask } from "./control-bits.ts";
import { FEATURES, REQUIRES, type Feature } from "./features.table.ts";
import { LEVELS, type Level, type LevelName } from "./levels.table.ts";

/** Where Intel's processors differ from AMD's and software can tell: all false unless a model says otherwise. */
export interface IntelBehaviour {
  /** SYSENTER and SYSEXIT work in long mode; AMD raises #UD. SDM vol. 2B, "SYSENTER—Fast System Call"; APM vol. 3, "SYSENTER". */
  readonly sysenterInLongMode: boolean;
  /** SYSCALL and SYSRET work in 64-bit mode only; AMD's work in compatibility mode, and legacy mode too. SDM vol. 2B, "SYSCALL—Fast System Call". */
  readonly syscallOnly64: boolean;
  /** Loading a null selector into FS or GS clears the base; AMD keeps it. APM vol. 2, "FS and GS Registers in 64-Bit Mode". */
  readonly nullSelectorClearsBase: boolean;
  /** CPUID answers a basic leaf beyond the last with the last one's data; AMD's answer is zero. SDM vol. 2A, "CPUID—CPU Identification". */
  readonly cpuidClamps: boolean;
}
const AMD: IntelBehaviour = { sysenterInLongMode: false, syscallOnly64: false, nullSelectorClearsBase: false, cpuidClamps: false };

/** What a hypervisor says of itself in leaves 4000_0000h and up; its presence sets the hypervisor bit. */
export interface HypervisorIdentity {
  /** Twelve characters. */
  readonly signature: string;
  /** EAX, EBX, ECX, EDX of further leaves, from 4000_0001h. */
  readonly leaves?: ReadonlyMap<number, readonly [number, number, number, number]>;
}

/** What distinguishes one model from the level that it is made from. */
export interface ModelChanges {
  /** Features beyond the level's. */
  readonly add?: readonly Feature[];
  /** Features of the level to leave out. */
  readonly remove?: readonly Feature[];
  /** At most 48 characters. */
  readonly brand?: string;
  /** Twelve characters. */
  readonly vendor?: string;
  /** Displayed family. */
  readonly family?: number;
  /** Displayed model. */
  readonly model?: number;
  /** 0 to 15. */
  readonly stepping?: number;
  /** Behaviours of Intel's processors to have. */
  readonly intel?: Partial<IntelBehaviour>;
  /** What the hypervisor leaves say; undefined: no hypervisor. */
  readonly hypervisor?: HypervisorIdentity | undefined;
}

/** Family, model and stepping as CPUID packs them. */
function signatureOf({ family, model, stepping }: Level): number {
  const extended = family >= 15;
  return stepping | ((model & 15) << 4) | (Math.min(family, 15) << 8) | (extended ? ((model >> 4) << 16) | ((family - 15) << 20) : 0);
}

/**
 * A processor model: identity, features, and what follows from them. Immutable. Everything reports and behaves as AuthenticAMD unless `intel`
 * says otherwise; SVM and VMX are absent.
 */
export class CpuModel {
  /** The level's name. */
  readonly name: string;
  /** CPUID's vendor: twelve characters. */
  readonly vendor: string;
  /** What it was made from. */
  readonly level: Level;
  /** What CPUID reports and what executes. */
  readonly features: ReadonlySet<Feature>;
  /** Where it behaves as Intel's processors do. */
  readonly intel: IntelBehaviour;
  /** What the hypervisor leaves say. */
  readonly hypervisor: HypervisorIdentity | undefined;
  /** Bits of CR4 that may be set; others are reserved: #GP(0). */
  readonly cr4Mask: number;
  /** Bits of EFER that may be set. */
  readonly eferMask: number;
  /** Bits of XCR0 that may be set. */
  readonly xcr0Mask: number;
  /** Bits of rFLAGS that do not exist: without CPUID there is no ID. SDM vol. 1, "EFLAGS Register". */
  readonly flagsAbsent: number;
  /** Family, model and stepping as CPUID leaf 1 reports them in EAX and RESET leaves them in EDX. */
  readonly signature: number;
  /** Bits of physical addresses beyond the implemented ones: reserved in page tables of 8-byte entries. */
  readonly reservedPhysical: bigint;
  /** Reserved bits of a 4 MiB page's entry in 32-bit paging: those of bits 21-13 that are no address bits 39-32. APM vol. 2, "4-Mbyte Page Translation". */
  readonly reservedLarge: number;

  private constructor(level: Level, vendor: string, features: ReadonlySet<Feature>, intel: IntelBehaviour, hypervisor: HypervisorIdentity | undefined) {
    for (const f of features) {
      if (FEATURES[f][4] === "state") { if (f !== "apic") throw new Error(`feature "${f}" follows the machine's state and cannot be chosen`); }
      for (const needed of REQUIRES[f] ?? []) if (!features.has(needed)) throw new Error(`model ${level.name}: feature "${f}" needs "${needed}"`);
    }
    if (vendor.length !== 12) throw new Error(`vendor "${vendor}" is not 12 characters long`);
    if (level.brand.length > 47) throw new Error(`brand "${level.brand}" is longer than 47 characters`);
    this.level = level;
    this.name = level.name;
    this.vendor = vendor;
    this.features = features;
    this.intel = intel;
    this.hypervisor = hypervisor;
    this.cr4Mask = controlMask(features, "cr4");
    this.eferMask = controlMask(features, "efer");
    this.xcr0Mask = features.has("xsave") ? 3 : 0;
    this.flagsAbsent = features.has("cpuid") ? 0 : 1 << 21;
    this.signature = signatureOf(level);
    this.reservedLarge = features.has("pse36") ? 0x3f_e000 & ~((1 << (13 + Math.min(level.physicalBits - 32, 8))) - 1) : 0x3f_e000;
    this.reservedPhysical = 0x000f_ffff_ffff_ffffn & ~((1n << BigInt(level.physicalBits)) - 1n);
  }

  /** Whether it has a feature. */
  has(feature: Feature): boolean { return this.features.has(feature); }

  /** A model like this one with changes. Throws where a feature lacks another that it needs. */
  with(changes: ModelChanges): CpuModel {
    const features = new Set(this.features);
    for (const f of changes.add ?? []) features.add(f);
    for (const f of changes.remove ?? []) features.delete(f);
    const { brand = this.level.brand, family = this.level.family, model = this.level.model, stepping = this.level.stepping } = changes;
    return new CpuModel(
      { ...this.level, brand, family, model, stepping }, changes.vendor ?? this.vendor, features, { ...this.intel, ...changes.intel },
      "hypervisor" in changes ? changes.hypervisor : this.hypervisor,
    );
  }

  static #of(name: LevelName): CpuModel {
    const features = new Set<Feature>();
    for (const [key, level] of Object.entries(LEVELS)) {
      for (const f of level.adds) features.add(f);
      if (key === name) return new CpuModel(level, "AuthenticAMD", features, AMD, undefined);
    }
    throw new Error(`no level "${name}"`);
  }
  /** An Am486: x87, no CPUID, no CR4. */
  static readonly i486: CpuModel = CpuModel.#of("i486");
  /** Like a K5: CPUID, time stamp counter, MSRs, 4 MiB pages, CMPXCHG8B. */
  static readonly pentium: CpuModel = CpuModel.#of("pentium");
  /** The i686 level: PAE, global pages, CMOV, SYSENTER. */
  static readonly pentiumPro: CpuModel = CpuModel.#of("pentiumPro");
  /** MMX, SSE and SSE2, 32 bits. */
  static readonly pentium4: CpuModel = CpuModel.#of("pentium4");
  /** The psABI's baseline: long mode, NX, SYSCALL. */
  static readonly x86_64_v1: CpuModel = CpuModel.#of("x86_64_v1");
  /** SSE4.2, POPCNT, CMPXCHG16B. */
  static readonly x86_64_v2: CpuModel = CpuModel.#of("x86_64_v2");
  /** Everything that this processor executes: v2 and BMI, ADX, AES, SHA, XSAVE, SMEP, SMAP … */
  static readonly max: CpuModel = CpuModel.#of("max");
}
