import { CpuModel, INTERCEPT, interceptName } from "@ringzero/x86";
import { FEATURES, MSRS, type Feature } from "@ringzero/x86/internals";

const MODELS = [CpuModel.i486, CpuModel.pentium, CpuModel.pentiumPro, CpuModel.pentium4, CpuModel.x86_64_v1, CpuModel.x86_64_v2, CpuModel.max];
const hex = (n: number): string => {
  const digits = n.toString(16).toUpperCase();
  return digits.length > 4 ? `${digits.slice(0, -4)}_${digits.slice(-4)}h` : `${digits}h`;
};

/** What a feature decides, in words. */
function decides(what: string): string {
  const [register, bit] = what.split(" ");
  if (register === "cr4" || register === "efer") return `${register.toUpperCase()} bit ${bit!}`;
  return { forms: "instructions", system: "paging or MSRs", hint: "nothing: software may rely on it", state: "follows the machine's state" }[what] ?? what;
}

/** The page of processor models: identity and features, as CPUID reports them. */
export function modelsPage(): string {
  const features = (Object.entries(FEATURES) as [Feature, (typeof FEATURES)[Feature]][]).map(([name, [leaf, subleaf, register, bit, what, meaning]]) => {
    const place = leaf < 0 ? "none" : `${hex(leaf)}${subleaf ? `.${subleaf}` : ""} ${register.toUpperCase()}[${bit}]`;
    return `| \`${name}\` | ${place} | ${meaning} | ${decides(what)} | ${MODELS.map((m) => (m.has(name) ? "•" : "")).join(" | ")} |`;
  });
  return `# Processor models

Generated from the feature table of \`@ringzero/x86\`. All report and behave as AuthenticAMD. What CPUID does not report raises #UD.

| Model | Brand | Family, model, stepping | Physical, linear bits |
|---|---|---|---|
${MODELS.map(({ name, level }) => `| \`${name}\` | ${level.brand || "no CPUID"} | ${hex(level.family)}, ${hex(level.model)}, ${level.stepping} | ${level.physicalBits}, ${level.linearBits} |`).join("\n")}

| Feature | CPUID | Meaning | Decides | ${MODELS.map((m) => m.name).join(" | ")} |
|---|---|---|---|${MODELS.map(() => ":-:|").join("")}
${features.join("\n")}
`;
}

/** The page of model-specific registers. */
export function msrPage(): string {
  const rows = [...MSRS].sort(([a], [b]) => a - b).map(([number, m]) => `| ${hex(number)} | ${m.name} | ${m.feature ? `\`${m.feature}\`` : ""} | ${m.inert ? "remembers what is written, nothing follows from it" : ""} |`);
  return `# Model-specific registers

Generated from the MSR table of \`@ringzero/x86\`. Any other number raises #GP(0), and the vCPU's owner is told.

| Number | Name | Feature | |
|---|---|---|---|
${rows.join("\n")}
`;
}

/** The page of intercepts. */
export function interceptsPage(): string {
  const row = (code: number): string => `| ${hex(code)} | ${interceptName(code)} | ${code >= 0xc0 ? "" : `${hex((code >> 5) * 4)} bit ${code & 31}`} |`;
  const registers = [0, 1, 2, 3, 4].flatMap((kind) => (kind < 4 ? [`| ${hex(kind * 16)}–${hex(kind * 16 + 15)} | ${["CR*n*_READ", "CR*n*_WRITE", "DR*n*_READ", "DR*n*_WRITE"][kind]!} | ${hex((kind >> 1) * 4)} bits ${(kind & 1) * 16}–${(kind & 1) * 16 + 15} |`] : ["| 40h–5Fh | EXCP*n* | 8h bits 0–31 |"]));
  return `# Intercepts

Generated from the intercepts of \`@ringzero/x86\`: number as SVM's exit code, name, and place in the VMCB's intercept vectors. Those from C0h on are not SVM's.

| Number | Name | VMCB |
|---|---|---|
${registers.join("\n")}
${Object.values(INTERCEPT).filter((code) => code >= 0x60).map(row).join("\n")}
`;
}
