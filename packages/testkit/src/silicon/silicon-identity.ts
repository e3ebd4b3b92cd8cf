import { FEATURES } from "@ringzero/x86/internals";
import type { RecordedOn } from "./case.ts";
import { HEADER } from "./record.ts";

/** The processor that made cases: identity and CPUID features, by the names of the model's feature table. */
export interface SiliconIdentity {
  readonly vendor: string;
  readonly family: number;
  readonly model: number;
  readonly stepping: number;
  readonly features: ReadonlySet<string>;
}

/** Reads the oracle's header (oracle.c, `Header`). */
export function identityOf(header: Uint8Array): SiliconIdentity {
  const v = new DataView(header.buffer, header.byteOffset, header.byteLength), u32 = (at: number): number => v.getUint32(at, true);
  const registers: { readonly [leafAndRegister: string]: number } = {
    "1/0/ecx": u32(HEADER.leaf1c), "1/0/edx": u32(HEADER.leaf1d), "7/0/ebx": u32(HEADER.leaf7b), "7/0/ecx": u32(HEADER.leaf7c), "7/0/edx": u32(HEADER.leaf7d),
    "13/1/eax": u32(HEADER.leafDa), "2147483649/0/ecx": u32(HEADER.extended1c), "2147483649/0/edx": u32(HEADER.extended1d),
  };
  const features = new Set<string>();
  for (const [name, [leaf, subleaf, register, bit]] of Object.entries(FEATURES)) {
    // What no CPUID bit says every x86-64 processor has.
    if (leaf === -1 || ((registers[`${leaf}/${subleaf}/${register}`] ?? 0) >>> bit) & 1) features.add(name);
  }
  // Signature: SDM vol. 2A, "CPUID—CPU Identification", "Version Information".
  const signature = u32(HEADER.signature), family = (signature >> 8) & 15, model = (signature >> 4) & 15;
  return {
    vendor: Buffer.from(header.subarray(HEADER.vendor, HEADER.vendor + 12)).toString("latin1"), features, stepping: signature & 15,
    family: family === 15 ? family + ((signature >> 20) & 255) : family, model: family === 15 || family === 6 ? model | ((signature >> 12) & 0xf0) : model,
  };
}

export function identityFromJson({ silicon }: RecordedOn): SiliconIdentity { return { ...silicon, features: new Set(silicon.features) }; }
export function identityToJson(identity: SiliconIdentity): RecordedOn { return { silicon: { ...identity, features: [...identity.features].sort() } }; }
/** For example "AuthenticAMD family 25 model 17 stepping 1". */
export function describeIdentity(i: SiliconIdentity): string { return `${i.vendor} family ${i.family} model ${i.model} stepping ${i.stepping}`; }
