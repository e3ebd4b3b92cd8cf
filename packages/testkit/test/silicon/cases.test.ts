import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fileCases } from "../../src/silicon/case-files.ts";
import { caseToRecord, recordToCase } from "../../src/silicon/case-json.ts";
import { DATA_SIZE, fillData, type SiliconCase } from "../../src/silicon/case.ts";
import { RECORDED_FOLDER } from "../../src/silicon/recorded-set.ts";
import { CaseRecord } from "../../src/silicon/record.ts";
import { newTally, runCase } from "../../src/silicon/run-cases.ts";
import { createSubject } from "../../src/silicon/subject.ts";

const silicon = { vendor: "AuthenticAMD", family: 26, model: 2, stepping: 1, features: new Set(["sse", "sse2"]) };
const record = new CaseRecord(new ArrayBuffer(1 << 16));

/** ADD AL, 1 on 7F: 80, OF SF AF set. */
const add: SiliconCase = {
  mode: 32, code: "0401", fill: 1, in: { r: ["7f", "0", "0", "0", "10001000", "0", "0", "0"], ip: "10004000", fl: "0" },
  out: { r: ["80", "0", "0", "0", "10001000", "0", "0", "0"], ip: "10004002", fl: "890" }, trap: -1, mem: [],
};
function differences(c: SiliconCase): string[] {
  const tally = newTally();
  caseToRecord(c, record);
  runCase(createSubject("interpreter"), record, silicon, tally, 1);
  return tally.first;
}

test("the data area's words are one xorshift sequence", () => {
  const words = new Uint32Array(DATA_SIZE / 4);
  for (const seed of [0, 1, 0xdead_beef]) {
    fillData(words, seed);
    let x = seed || 1;
    for (const word of words) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      expect(word).toBe(x >>> 0);
    }
  }
});
test("cases survive the way through a record", async () => {
  let cases = 0;
  await fileCases(fileURLToPath(new URL("save-64.jsonl.gz", RECORDED_FOLDER)), (r) => {
    const c = recordToCase(r);
    caseToRecord(c, record);
    expect(recordToCase(record)).toEqual(c);
    cases++;
  });
  expect(cases).toBeGreaterThan(100);
});
test("a case that matches is silent", () => { expect(differences(add)).toEqual([]); });
test("a flag, a register, memory, an exception that differ are reported", () => {
  expect(differences({ ...add, out: { ...add.out, fl: "891" } })[0]).toContain("flags: ours 890, silicon 891");
  expect(differences({ ...add, out: { ...add.out, r: ["81", ...add.out.r.slice(1)] } })[0]).toContain("rax: ours 80, silicon 81");
  expect(differences({ ...add, trap: 13, err: 0 })[0]).toMatch(/^0401 {2}add al, (?:0x)?1 {2}\(04 ib {2}ADD AL, imm8; 32-bit; the silicon raised vector 13\)\n/);
  expect(differences({ ...add, mem: [[4, "00"]] })[0]).toContain("memory+4");
  expect(differences({ ...add, trap: 13, err: 0 })[0]).toContain("trap: ours -1, silicon 13");
});
test("flags that the manuals leave undefined do not count", () => {
  // AND AL, FF leaves AF undefined: this processor's answer is 0.
  const and: SiliconCase = { ...add, code: "24ff", out: { ...add.out, r: ["7f", ...add.out.r.slice(1)], fl: "10" } };
  expect(differences(and)).toEqual([]);
  expect(differences({ ...and, out: { ...and.out, fl: "1" } })[0]).toContain("flags");
});

/** CMPSB with both operands unmapped: the model looks at ES:rDI first. */
const compare: SiliconCase = {
  mode: 32, code: "a6", fill: 1, trap: 14, err: 4, cr2: "20000000", mem: [],
  in: { r: ["0", "0", "0", "0", "10001000", "0", "20000000", "30000000"], ip: "10004000", fl: "0" },
  out: { r: ["0", "0", "0", "0", "10001000", "0", "20000000", "30000000"], ip: "10004000", fl: "0" },
};
test("explanations hold for what they explain only", () => {
  expect(differences(compare)).toEqual([]);
  expect(differences({ ...compare, out: { ...compare.out, r: ["1", ...compare.out.r.slice(1)] } })[0]).toContain("rax");
  // Only one of the operands is unmapped: there is no choice.
  expect(differences({ ...compare, in: { ...compare.in, r: [...compare.in.r.slice(0, 6), "10000000", "30000000"] }, out: { ...compare.out, r: [...compare.out.r.slice(0, 6), "10000000", "30000000"] } })[0]).toContain("cr2");
  // RDRAND's destination is anybody's guess, but it writes nothing else.
  const random: SiliconCase = { ...add, code: "0fc7f0", out: { ...add.out, r: ["1234", ...add.out.r.slice(1)], ip: "10004003", fl: "1" } };
  const reports = { ...silicon, features: new Set(["rdrand"]) }, tally = newTally();
  caseToRecord(random, record);
  runCase(createSubject("interpreter"), record, reports, tally, 1);
  expect(tally).toMatchObject({ differ: 0, explained: new Map([["RDRAND: entropy", 1]]) });
  caseToRecord({ ...random, mem: [[0, "00"]] }, record);
  runCase(createSubject("interpreter"), record, reports, tally, 1);
  expect(tally.differ).toBe(1);
});
