import { FEATURES, type Feature } from "./features.table.ts";

/** Control bits whose feature decides more than them: bit and feature. Others stand in the feature table. APM vol. 2, "CR4 Register". */
const CR4_BITS: readonly (readonly [number, Feature])[] = [[2, "tsc"], [8, "rdpmc"], [9, "fxsr"], [10, "sse"], [16, "fsgsbase"], [18, "xsave"], [21, "smap"]];
/** SCE; LMA is set by the processor. APM vol. 2, "Extended Feature Enable Register (EFER)". */
const EFER_BITS: readonly (readonly [number, Feature])[] = [[0, "syscall"]];

/** Bits of a control register that some feature of a model defines. */
export function controlMask(features: ReadonlySet<Feature>, register: "cr4" | "efer"): number {
  let mask = 0;
  for (const [bit, feature] of register === "cr4" ? CR4_BITS : EFER_BITS) if (features.has(feature)) mask |= 1 << bit;
  for (const f of features) {
    const [name, bit] = FEATURES[f][4].split(" ");
    if (name === register) mask |= 1 << Number(bit);
  }
  return mask;
}
