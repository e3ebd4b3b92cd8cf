import { browserHost } from "@ringzero/host/browser";
import { expect, test } from "vitest";
import solution from "../../../docs/labs/01-ring-crossings/solution.ts";
import starter from "../../../docs/labs/01-ring-crossings/starter.ts";
import { gradeLab, printJob, runExperiment } from "../src/index.ts";

// The page grades the same files.
test("the lab is graded in a page: the solution passes, the starter does not, the counts are the same as everywhere", async () => {
  const host = await browserHost();
  expect((await gradeLab(host, "01", solution)).passed).toBe(true);
  expect((await gradeLab(host, "01", starter)).findings.map((f) => f.passed)).toEqual([false, false, false, false]);
  // The ones that the task shows; there a test in Node holds them.
  expect(await runExperiment(host, printJob(3))).toMatchObject({ busy: { vm: { ringCrossings: 36, interrupts: 11, exits: { io: 438 } }, container: { systemCalls: 7 } } });
});
