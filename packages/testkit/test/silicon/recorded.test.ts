import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { fileCases } from "../../src/silicon/case-files.ts";
import { RECORDED_FOLDER, RECORDED_MAPS } from "../../src/silicon/recorded-set.ts";
import { decodeCase, newTally, runCase } from "../../src/silicon/run-cases.ts";
import { createSubject, ENGINE_NAMES } from "../../src/silicon/subject.ts";

const files = readdirSync(RECORDED_FOLDER).sort();
const path = (file: string): string => fileURLToPath(new URL(file, RECORDED_FOLDER));

/** What the oracle cannot have executed: segment loads, far transfers, ways into the kernel, what shows TF, what tells about the host. */
const NOT_RECORDED = new Set([
  "LDS", "LES", "LFS", "LGS", "LSS", "LAR", "LSL", "VERR", "VERW", "SLDT", "STR", "SGDT", "SIDT", "SMSW", "LLDT", "LTR", "RDFSBASE", "RDGSBASE", "WRFSBASE", "WRGSBASE",
  "RETF", "IRET", "INT", "INT1", "INT3", "INTO", "SYSCALL", "SYSRET", "SYSENTER", "SYSEXIT", "PUSHF", "POPF", "VMMCALL",
  "CPUID", "RDTSC", "RDTSCP", "RDPMC", "RDRAND", "RDSEED", "RDPID", "MONITOR", "MWAIT",
]);
const NOT_RECORDED_FORMS = /^(?:(?:07|17|1F|0F A1|0F A9) {2}POP|8E|9A|EA|FF \/[35]) /;

test("both modes of every map are recorded", () => {
  expect(files).toEqual(RECORDED_MAPS.flatMap(([map]) => [`${map}-32.jsonl.gz`, `${map}-64.jsonl.gz`]).sort());
});

describe.each(ENGINE_NAMES)("recorded silicon cases on the %s", (engine) => {
  const subject = createSubject(engine);
  test.each(files)("%s", async (file) => {
    const tally = newTally();
    await fileCases(path(file), (record, silicon) => runCase(subject, record, silicon, tally, 5));
    expect(tally.first).toEqual([]);
    expect(tally.differ).toBe(0);
    expect(tally.cases).toBeGreaterThan(50);
  });
});

test("every form that the oracle can execute is recorded in every mode that has it", async () => {
  const subject = createSubject("interpreter"), seen = { 32: new Set<string>(), 64: new Set<string>() };
  for (const file of files) {
    await fileCases(path(file), (record) => {
      const built = decodeCase(subject, record);
      if (built) seen[record.mode].add(built.variant.form.text);
    });
  }
  const missing: string[] = [];
  for (const { form, instruction } of subject.isa.table.forms) {
    if (NOT_RECORDED.has(instruction.name) || NOT_RECORDED_FORMS.test(`${form.text} `)) continue;
    if (!form.attributes.has("o64") && form.w !== 1 && !seen[32].has(form.text)) missing.push(`32: ${form.text}`);
    if (!form.attributes.has("i64") && !seen[64].has(form.text)) missing.push(`64: ${form.text}`);
  }
  expect(missing).toEqual([]);
});
