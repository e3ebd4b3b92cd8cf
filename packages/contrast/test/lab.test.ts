import { readFileSync } from "node:fs";
import { virtualHost } from "@ringzero/host/virtual";
import { expect, test } from "vitest";
import solution from "../../../docs/labs/01-ring-crossings/solution.ts";
import starter from "../../../docs/labs/01-ring-crossings/starter.ts";
import { gradeLab, printJob, ringCrossingsLab, runExperiment, type Experiment, type LabReport, type RingCrossingAnswers } from "../src/index.ts";

const SEED = 7, host = virtualHost();
async function graded(answers: unknown, seed: number = SEED): Promise<LabReport> { return gradeLab(host, "01", answers, { seed }); }
/** What is said about one answer where the others are right. */
async function said(wrong: Partial<RingCrossingAnswers>): Promise<string> {
  const { passed, findings } = await graded({ ...solution, ...wrong }), failed = findings.filter((f) => !f.passed);
  expect([passed, failed.map((f) => f.question)]).toEqual([false, Object.keys(wrong)]);
  return failed[0]!.sentence;
}

test("the solution passes, whatever the numbers are", async () => {
  for (const seed of [1, 2, 99, undefined]) expect((await gradeLab(host, "01-ring-crossings", solution, seed === undefined ? {} : { seed })).findings.filter((f) => !f.passed)).toEqual([]);
});
test("the counters say what follows from the job", async () => {
  for (const seed of [3, 4, 5]) {
    const job = printJob(seed), e = await runExperiment(host, job), characters = job.prints * job.characters, writes = Math.ceil(characters / job.capacity);
    expect(Object.fromEntries(ringCrossingsLab.questions.map((q) => [q.name, q.value(e)]))).toEqual({ writes, vmCrossings: 2 * writes, vmExits: 2 * characters, containerCrossings: 2 * writes });
    expect(e.busy.vm.interrupts).toBeGreaterThan(e.idle.vm.interrupts);
  }
});
test("the same job gives the same counts, another seed another job", async () => {
  expect(await runExperiment(host, printJob(SEED))).toEqual(await runExperiment(host, printJob(SEED)));
  expect(new Set(Array.from({ length: 50 }, (_, i) => JSON.stringify(printJob(i)))).size).toBeGreaterThan(45);
});
test("the counters that the task shows are the ones of its seed", async () => {
  const shown = /```json\n(.*?)```/s.exec(readFileSync(new URL("../../../docs/labs/01-ring-crossings/README.md", import.meta.url), "utf8"))![1]!;
  expect(JSON.parse(shown)).toEqual(await runExperiment(host, printJob(3)));
});
test("no known mistake gives the right figure, whatever the seed", async () => {
  for (let seed = 10; seed < 16; seed++) {
    const experiment = await ringCrossingsLab.run(host, seed);
    for (const { name, value, mistakes } of ringCrossingsLab.questions) for (const m of mistakes) expect([seed, name, m.sentence, m.value(experiment)]).not.toEqual([seed, name, m.sentence, value(experiment)]);
  }
});
test("the starter fails and says what to do", async () => {
  const { passed, findings } = await graded(starter);
  expect([passed, findings.map((f) => f.sentence)]).toEqual([false, ["writes", "vmCrossings", "vmExits", "containerCrossings"].map((name) => `${name} returns nothing yet: return the number that its comment asks for.`)]);
});

const calls = (e: Experiment): number => e.busy.container.systemCalls - e.idle.container.systemCalls;
test.each<[string, Partial<RingCrossingAnswers>, string]>([
  ["interrupts as crossings", { vmCrossings: (e) => e.busy.vm.ringCrossings - e.idle.vm.ringCrossings }, "That counts interrupts."],
  ["half of each interrupt", { vmCrossings: (e) => e.busy.vm.ringCrossings - e.busy.vm.interrupts - e.idle.vm.ringCrossings + e.idle.vm.interrupts }, "An interrupt of ring 3 crosses twice"],
  ["exits as crossings", { vmCrossings: (e) => e.busy.vm.exits.io - e.idle.vm.exits.io }, "That counts exits as crossings."],
  ["start-up among crossings", { vmCrossings: (e) => e.busy.vm.ringCrossings - 2 * e.busy.vm.interrupts }, "That includes the start and the end"],
  ["start-up among system calls", { containerCrossings: (e) => 2 * e.busy.container.systemCalls }, "That includes the start and the end"],
  ["one direction in the virtual machine", { vmCrossings: calls }, "That counts one direction."],
  ["one direction in the container", { containerCrossings: calls }, "That counts one direction."],
  ["prints as writes", { writes: (e) => e.job.prints }, "That counts the prints."],
  ["characters as writes", { writes: (e) => e.job.prints * e.job.characters }, "That counts characters."],
  ["full buffers as writes", { writes: (e) => Math.floor((e.job.prints * e.job.characters) / e.job.capacity) }, "That counts full buffers."],
  ["interrupts as writes", { writes: (e) => (e.busy.vm.ringCrossings - e.idle.vm.ringCrossings) / 2 }, "That counts interrupts as system calls"],
  ["the end of interrupts as exits", { vmExits: (e) => e.busy.vm.exits.io - e.idle.vm.exits.io }, "That counts interrupts."],
  ["one exit for each character", { vmExits: (e) => e.job.prints * e.job.characters }, "That counts one exit for each character."],
  ["crossings as exits", { vmExits: (e) => 2 * calls(e) }, "That counts ring crossings as exits."],
  ["page faults as writes", { containerCrossings: (e) => 2 * (calls(e) + e.busy.container.pageFaults) }, "That counts page faults."],
  ["a constant", { vmCrossings: () => 12_345 }, "it is too high"],
  ["no number", { writes: () => Number.NaN }, "has to return a number, and returned NaN"],
  ["text", { writes: () => "6" as unknown as number }, "has to return a number, and returned a string"],
  ["an error", { writes: () => { throw new Error("oh"); } }, "writes threw an error: oh"],
  ["no function", { writes: undefined as never }, "There is no function writes"],
])("%s is refused with a sentence", async (_, wrong, sentence) => expect(await said(wrong)).toContain(sentence));

test("a constant that is right once is not right twice", async () => {
  const { questions, run } = ringCrossingsLab, [first, second] = [await run(host, SEED), await run(host, SEED + 1)] as const;
  for (const { value } of questions) expect(value(first)).not.toBe(value(second));
  expect((await graded({ ...solution, vmExits: () => questions[2]!.value(first) })).passed).toBe(false);
});
test("what is no answers at all, and a lab that is not there, is said", async () => {
  for (const nothing of [undefined, null, 7, "text", []]) expect((await graded(nothing)).findings.map((f) => f.passed)).toEqual([false, false, false, false]);
  await expect(gradeLab(host, "02", solution)).rejects.toThrow('There is no lab "02". There are: 01-ring-crossings.');
});
