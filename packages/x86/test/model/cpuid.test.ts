import { describe, expect, test } from "vitest";
import { cpuid, type CpuidState } from "../../src/model/cpuid.ts";
import { CpuModel } from "../../src/model/cpu-model.ts";
import { FEATURES, type Feature } from "../../src/model/features.table.ts";

const STATE: CpuidState = { cr4: 0, xcr0: 1, apicEnabled: true, apicId: 0, processors: 1 };
const LEVELS = [CpuModel.i486, CpuModel.pentium, CpuModel.pentiumPro, CpuModel.pentium4, CpuModel.x86_64_v1, CpuModel.x86_64_v2, CpuModel.max];
const REGISTERS = ["eax", "ebx", "ecx", "edx"] as const;
const rows = Object.entries(FEATURES).map(([name, [leaf, subleaf, register, bit, decides]]) => ({ name: name as Feature, leaf, subleaf, register: REGISTERS.indexOf(register), bit, decides }));

/** Every bit of the leaves that consist of feature flags alone, as "leaf.subleaf.register.bit". */
function flagBits(model: CpuModel, state: CpuidState): Set<string> {
  const found = new Set<string>();
  const flagRegisters: readonly (readonly [number, number, readonly number[]])[] = [[1, 0, [2, 3]], [7, 0, [1, 2, 3]], [0xd, 1, [0]], [0x8000_0001, 0, [2, 3]], [0x8000_0007, 0, [3]], [0x8000_0008, 0, [1]], [0x8000_0021, 0, [0, 2]]];
  for (const [leaf, subleaf, registers] of flagRegisters) {
    const result = cpuid(model, leaf, subleaf, state);
    for (const r of registers) for (let bit = 0; bit < 32; bit++) if ((result[r]! >>> bit) & 1) found.add(`${leaf}.${subleaf}.${r}.${bit}`);
  }
  return found;
}

describe("one declaration per feature", () => {
  test("no two features share a CPUID bit", () => {
    const places = rows.filter((r) => r.leaf >= 0).map((r) => `${r.leaf}.${r.subleaf}.${r.register}.${r.bit}`);
    expect(new Set(places).size).toBe(places.length);
  });
  test("a feature that decides a control bit decides exactly that bit", () => {
    for (const r of rows) {
      const [register, bit] = r.decides.split(" ");
      if (register !== "cr4" && register !== "efer") continue;
      const mask = (m: CpuModel): number => (register === "cr4" ? m.cr4Mask : m.eferMask);
      const without = CpuModel.max.with({ remove: dependents(r.name) });
      expect(mask(CpuModel.max) & (1 << Number(bit)), r.name).not.toBe(0);
      expect(mask(without) & (1 << Number(bit)), r.name).toBe(0);
    }
  });
});

/** The feature and all that need it. */
function dependents(feature: Feature): Feature[] {
  const gone = [feature];
  for (;;) {
    try { CpuModel.max.with({ remove: gone }); return gone; } catch (e) { gone.push(/feature "(.*?)"/.exec((e as Error).message)![1] as Feature); }
  }
}

describe("CPUID", () => {
  test.each(LEVELS.map((m) => [m.name, m] as const))("%s reports exactly its features", (_name, model) => {
    const expected = new Set<string>();
    const edx1 = 0x0183_f3ff;
    for (const r of rows) {
      const has = r.name === "apic" ? model.has("apic") : r.decides !== "state" && model.has(r.name);
      if (!has || r.leaf < 0) continue;
      expected.add(`${r.leaf}.${r.subleaf}.${r.register}.${r.bit}`);
      if (r.leaf === 1 && r.register === 3 && (edx1 >>> r.bit) & 1) expected.add(`${0x8000_0001}.0.3.${r.bit}`);
    }
    const reachable = [...expected].filter((e) => {
      const leaf = Number(e.split(".")[0]);
      return leaf >= 0x8000_0000 ? leaf <= model.level.maxExtended : leaf <= model.level.maxBasic;
    });
    expect(flagBits(model, STATE)).toEqual(new Set(reachable.filter((e) => !e.startsWith("6."))));
    // What a model has, software must be able to find.
    if (!model.has("cpuid")) return;
    for (const r of rows) if (model.has(r.name) && r.leaf >= 0) expect(r.leaf <= (r.leaf >= 0x8000_0000 ? model.level.maxExtended : model.level.maxBasic), `${r.name} in leaf ${r.leaf.toString(16)}`).toBe(true);
  });
  test("bits that follow the machine's state", () => {
    const { max } = CpuModel;
    const added = (state: Partial<CpuidState>, model = max): string[] => [...flagBits(model, { ...STATE, ...state })].filter((b) => !flagBits(max, { ...STATE, apicEnabled: false }).has(b));
    expect(added({ apicEnabled: true })).toEqual(["1.0.3.9", `${0x8000_0001}.0.3.9`]);
    expect(added({ apicEnabled: false, cr4: 1 << 18 })).toEqual(["1.0.2.27"]);
    expect(added({ apicEnabled: false, processors: 2 })).toEqual(["1.0.3.28", `${0x8000_0001}.0.2.1`]);
    expect(added({ apicEnabled: false }, max.with({ hypervisor: { signature: "RingZeroRing" } }))).toEqual(["1.0.2.31"]);
  });
  test("SVM, VMX and AVX are absent", () => {
    for (const m of LEVELS) {
      expect(cpuid(m, 1, 0, STATE)[2] & ((1 << 5) | (1 << 28) | (1 << 12))).toBe(0);
      expect(cpuid(m, 0x8000_0001, 0, STATE)[2] & 4).toBe(0);
      expect(cpuid(m, 7, 0, STATE)[1] & (1 << 5)).toBe(0);
    }
  });
  test("vendor, signature and brand", () => {
    const text = (...words: number[]): string => Buffer.from(new Uint32Array(words).buffer).toString("latin1").replace(/\0.*$/, "");
    const [max, b, c, d] = cpuid(CpuModel.max, 0, 0, STATE);
    expect([max, text(b, d, c)]).toEqual([0xd, "AuthenticAMD"]);
    expect(cpuid(CpuModel.max, 1, 0, STATE)[0]).toBe(0x00a0_0f11); // family 19h = 15 + 10, model 1, stepping 1
    expect(cpuid(CpuModel.pentium, 1, 0, STATE)[0]).toBe(0x512);
    expect(text(...cpuid(CpuModel.max, 0x8000_0002, 0, STATE), ...cpuid(CpuModel.max, 0x8000_0003, 0, STATE), ...cpuid(CpuModel.max, 0x8000_0004, 0, STATE))).toBe("AMD EPYC Processor (x86-64, no AVX)");
  });
  test("leaves beyond the last: zero as AMD, the last basic leaf's as Intel", () => {
    expect(cpuid(CpuModel.max, 0x1234_5678, 0, STATE)).toEqual([0, 0, 0, 0]);
    const intel = CpuModel.x86_64_v2.with({ intel: { cpuidClamps: true }, vendor: "GenuineIntel" });
    expect(cpuid(intel, 0x20, 0, STATE)).toEqual(cpuid(intel, 0xd, 0, STATE));
  });
  test("topology, address sizes and the XSAVE area", () => {
    const four = { ...STATE, processors: 4, apicId: 2 };
    expect(cpuid(CpuModel.max, 0xb, 1, four)).toEqual([2, 4, 0x201, 2]);
    expect(cpuid(CpuModel.max, 0x8000_0008, 0, four)[0]).toBe(0x3030);
    expect(cpuid(CpuModel.max, 0x8000_0008, 0, four)[2]).toBe(0x2003);
    expect(cpuid(CpuModel.max, 0xd, 0, STATE)).toEqual([3, 576, 576, 0]);
    expect(cpuid(CpuModel.max, 1, 0, four)[1] >>> 24).toBe(2);
  });
  test("a model with impossible features is refused", () => {
    expect(() => CpuModel.max.with({ remove: ["sse2"] })).toThrow(/needs "sse2"/);
    expect(() => CpuModel.pentium.with({ add: ["osxsave"] })).toThrow(/follows the machine's state/);
  });
});
