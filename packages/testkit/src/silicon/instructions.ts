import type { CallOut, Feature, Instruction } from "@ringzero/x86/internals";
import { readdirSync } from "node:fs";
const found: Instruction[] = [];
const root = new URL("../../../x86/src/isa/", import.meta.url);
for (const folder of ["integer", "sse", "mmx", "x87"]) {
  for (const f of readdirSync(new URL(folder, root))) {
    if (!f.endsWith(".ts") || f === "sse-instructions.ts") continue;
    try {
      const m = await import(new URL(`${folder}/${f}`, root).href) as { [k: string]: unknown };
      for (const [k, v] of Object.entries(m)) if (Array.isArray(v) && v.length && (v[0] as Instruction)?.parsed && /^[A-Z0-9_]+$/.test(k)) found.push(...(v as Instruction[]));
    } catch (e) { console.error(f, (e as Error).message.slice(0, 150)); }
  }
}
export const INSTRUCTIONS: readonly Instruction[] = [...new Set(found)];
export const CALL_OUTS_FOR_CASES: { readonly [n: string]: CallOut } = new Proxy({}, { get: () => () => { throw new Error("callout"); }, has: () => true });
export const FEATURES_FOR_CASES: ReadonlySet<Feature> = new Set(["fpu","tsc","cx8","cmov","clfsh","mmx","fxsr","sse","sse2","sse3","pclmulqdq","ssse3","cx16","sse4_1","sse4_2","movbe","popcnt","aes","xsave","rdrand","fsgsbase","bmi1","bmi2","rdseed","adx","smap","clflushopt","clwb","sha","rdpid","mmxext","abm","prefetchw","lahf_lm","nopl","lm","syscall","xsavec","xsaveopt"] as Feature[]);
