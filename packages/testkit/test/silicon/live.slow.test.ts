import { describe, expect, test } from "vitest";
import { runLive } from "../../src/silicon/live-workers.ts";

const here = process.platform === "linux" && process.arch === "x64";

// Every case compiled as a region, and compiled and interpreted by turns, against the processor beneath (needs x86-64 Linux and a C compiler).
describe.skipIf(!here).each(["jit", "mixed"] as const)("live cases on %s", (engine) => {
  test.each([["64", "all"], ["32", "all"], ["64", "fp"], ["32", "x87"], ["64", "sse-edge"], ["32", "x87-edge"]] as const)("mode %s, map %s", async (mode, map) => {
    const tally = await runLive({ engine, mode, map, seed: 20_261_125, count: 150_000, show: 5, workers: 1 }, () => {});
    expect(tally.first).toEqual([]);
    expect(tally.cases).toBe(150_000);
    expect(tally.differ).toBe(0);
  });
});
