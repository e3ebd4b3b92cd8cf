import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeHost } from "@ringzero/host/node";
import { afterAll, expect, test } from "vitest";
import { comparableJson, compare, comparisonTable, quickScenario, type Scenario, standardScenario } from "../src/index.ts";

/** Written anew, to be reviewed, by `npm run accept`. */
const ACCEPT = process.env["RINGZERO_ACCEPT"] === "1";
const GOLDEN = new URL("golden/quick.json", import.meta.url);
const WORKERS = { vm: new URL(import.meta.resolve("@ringzero/hypervisor/node-worker")), runtime: new URL(import.meta.resolve("@ringzero/container/node-worker")) };

const storeDirectory = mkdtempSync(join(tmpdir(), "store-")), host = nodeHost({ storeDirectory });
afterAll(() => rmSync(storeDirectory, { recursive: true }));

test("a free run counts the same here and on two workers, and what was counted before", async () => {
  const seen: string[] = [], here = await compare(host, quickScenario(), { progress: (side, phase) => seen.push(`${side} ${phase}`) }), text = comparableJson(here);
  expect(seen).toEqual(["vm start", "vm work", "container start", "container work"]);
  // Workers of Node have hosts of their own, with the user's store.
  expect(comparableJson(await compare(host, quickScenario(), { workers: WORKERS }))).toBe(text);
  if (ACCEPT) writeFileSync(GOLDEN, text);
  expect(text).toBe(readFileSync(GOLDEN, "utf8"));
});

test("what is counted adds up", async () => {
  const { phases, total } = await compare(host, quickScenario());
  for (const side of ["vm", "container"] as const) {
    for (const figure of ["instructions", "nanoseconds", "ringCrossings", "pageFaults"] as const) {
      expect(phases.reduce((sum, p) => sum + p[side].figures[figure], 0)).toBe(total[side].figures[figure]);
    }
  }
  // The tour prints that its program made 62 crossings; the other program makes two system calls that are its own, write(2) and exit(2) after the mark.
  expect(total.vm.figures.ringCrossings).toBe(62);
  expect(total.container.figures.systemCalls).toBe(1);
  expect(total.vm.figures.exits).toBeGreaterThan(1000);
  expect([total.vm.figures.systemCalls, total.container.figures.exits]).toEqual([undefined, undefined]);
});

test("the table has every phase and says what each side needs", async () => {
  const table = comparisonTable(await compare(host, quickScenario()));
  for (const text of ["virtual machine", "container", "ring crossings", "system calls", "exits", "frames, private", "start, to the first program's output", "Each side has one processor."]) expect(table).toContain(text);
});

test("a side that ends early, an image that is not there and a missing kernel are told in one sentence", async () => {
  const quick = quickScenario(), never: Scenario = { ...quick, container: { ...quick.container, script: [{ after: "never said", mark: "work" }] } };
  await expect(compare(host, never)).rejects.toThrow('The container ended with status 0 before the phase "work" had ended.');
  const off: Scenario = { ...quick, vm: { ...quick.vm, pc: { memory: 4 << 20, multiboot: quick.vm.pc.multiboot!, commandLine: "crash" }, script: [{ after: "never said", mark: "work" }] } };
  await expect(compare(host, off)).rejects.toThrow('The virtual machine was crashed before the phase "work" had ended.');
  const absent: Scenario = { ...quick, container: { ...quick.container, spec: { ...quick.container.spec, image: "absent" } } };
  await expect(compare(host, absent)).rejects.toThrow("absent");
  expect(() => standardScenario({})).toThrow("npm run guests");
});
