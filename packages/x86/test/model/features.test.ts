import { describe, expect, test } from "vitest";
import { CpuModel, Intercepts, type Feature } from "../../src/index.ts";
import { FEATURES, REQUIRES } from "../../src/model/features.table.ts";
import { INSTRUCTIONS } from "../../src/isa/index.ts";
import { AT, BareVcpu, SEL, type Mode } from "../system/bare-vcpu.ts";

const gating = (Object.entries(FEATURES) as [Feature, (typeof FEATURES)[Feature]][]).filter(([, row]) => row[4] === "forms").map(([name]) => name);

test("a feature that gates forms has at least one, and every gated form names such a feature", () => {
  const used = new Set(INSTRUCTIONS.flatMap((i) => (i.feature ? [i.feature] : [])));
  expect(gating.filter((f) => !used.has(f)), "features without a form").toEqual([]);
  expect([...used].filter((f) => !gating.includes(f)), "forms of other features").toEqual([]);
});

/** An instruction of each feature that gates some. */
const SAMPLES: { readonly [F in Feature]?: { readonly text: string; readonly mode?: Mode; readonly registers?: { readonly [name: string]: number }; /** What the same bytes mean to older processors. */ readonly older?: true } } = {
  cpuid: { text: "cpuid", mode: 32 }, rdpmc: { text: "rdpmc", mode: 32 }, nopl: { text: "nop dword [eax]", mode: 32 }, fpu: { text: "fld1", mode: 32 }, tsc: { text: "rdtsc", mode: 32 },
  msr: { text: "rdmsr", mode: 32, registers: { rcx: 0x10 } }, cx8: { text: `cmpxchg8b [${AT.data}]`, mode: 32 }, sep: { text: "sysenter", mode: 32, registers: { sysenterCs: SEL.code64 } },
  cmov: { text: "cmovz eax, ecx", mode: 32 }, clfsh: { text: `clflush [${AT.data}]` }, mmx: { text: "paddb mm0, mm1", mode: 32 }, fxsr: { text: `fxsave [${AT.data}]`, mode: 32 },
  sse: { text: "addps xmm0, xmm1", mode: 32 }, sse2: { text: "addpd xmm0, xmm1", mode: 32 }, sse3: { text: "haddps xmm0, xmm1" }, pclmulqdq: { text: "pclmulqdq xmm0, xmm1, 0" },
  monitor: { text: "mwait" }, ssse3: { text: "pshufb xmm0, xmm1" }, cx16: { text: `cmpxchg16b [${AT.data}]` }, sse4_1: { text: "pmulld xmm0, xmm1" }, sse4_2: { text: "pcmpgtq xmm0, xmm1" },
  movbe: { text: `movbe eax, [${AT.data}]` }, popcnt: { text: "popcnt eax, ecx" }, aes: { text: "aesenc xmm0, xmm1" }, xsave: { text: "xgetbv" }, rdrand: { text: "rdrand eax" },
  fsgsbase: { text: "rdfsbase rax" }, bmi1: { text: "andn eax, ecx, edx" }, bmi2: { text: "rorx eax, ecx, 3" }, invpcid: { text: `invpcid rax, [${AT.data}]`, registers: { rax: 2 } },
  rdseed: { text: "rdseed eax" }, adx: { text: "adcx eax, ecx" }, smap: { text: "clac" }, clflushopt: { text: `clflushopt [${AT.data}]` }, clwb: { text: `clwb [${AT.data}]` },
  sha: { text: "sha1msg1 xmm0, xmm1" }, rdpid: { text: "rdpid eax" }, xsaveopt: { text: `xsaveopt [${AT.data}]` }, xsavec: { text: `xsavec [${AT.data}]` }, lahf_lm: { text: "lahf" },
  abm: { text: "lzcnt eax, ecx", registers: { rcx: 1 }, older: true }, prefetchw: { text: `prefetchw [${AT.data}]` }, syscall: { text: "syscall" }, rdtscp: { text: "rdtscp" },
  wbnoinvd: { text: "wbnoinvd", older: true },
};

/** The feature and all that need it. */
function withDependents(feature: Feature): Feature[] {
  const gone = new Set([feature]);
  for (let n = 0; n !== gone.size;) {
    n = gone.size;
    for (const [f, needs] of Object.entries(REQUIRES) as [Feature, readonly Feature[]][]) if (needs.some((x) => gone.has(x))) gone.add(f);
  }
  return [...gone];
}

describe("what CPUID does not report raises #UD", () => {
  const all = CpuModel.max.with({ add: ["monitor"] });
  test.each(gating)("%s", (feature) => {
    const sample = SAMPLES[feature];
    if (!sample) throw new Error(`no sample of ${feature}`);
    const kindOf = (model: CpuModel): string => {
      const v = new BareVcpu(sample.mode ?? 64, { model, intercepts: Intercepts.none.with({ exceptions: [6] }) });
      v.load(sample.text, sample.registers);
      const exit = v.vcpu.run({ instructions: 1 });
      return exit.kind === "exception" ? `exception ${exit.vector}` : exit.kind;
    };
    expect(kindOf(all)).toBe("budget");
    const { features } = all, removed = withDependents(feature).filter((f) => features.has(f));
    expect(kindOf(all.with({ remove: removed }))).toBe(sample.older ? "budget" : "exception 6");
  });
});
