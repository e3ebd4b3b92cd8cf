import { readFileSync } from "node:fs";
import { comparableJson, compareOnWorker, quickScenario } from "@ringzero/contrast";
import { nodeHost } from "@ringzero/host/node";
import { expect, test } from "vitest";

const module = new URL("../src/node/compare-worker.ts", import.meta.url), host = nodeHost({ storeDirectory: new URL("../../../.cache/store", import.meta.url).pathname });

test("a comparison on one worker counts what it counts elsewhere, and tells how far it is", async () => {
  const phases: string[] = [], lines: string[] = [];
  const comparison = await compareOnWorker(host, module, quickScenario(), { progress: (side, phase) => phases.push(`${side} ${phase}`), console: (side, line) => lines.push(`${side} ${line}`) });
  expect(JSON.parse(comparableJson(comparison))).toEqual(JSON.parse(readFileSync(new URL("../../contrast/test/golden/quick.json", import.meta.url), "utf8")));
  expect(phases).toEqual(["vm start", "vm work", "container start", "container work"]);
  expect(lines).toContain("container Hello from i386");
});
test("one that nobody wants any more ends", async () => {
  const wanted = new AbortController();
  const run = compareOnWorker(host, module, quickScenario(), { signal: wanted.signal, progress: () => wanted.abort() });
  await expect(run).rejects.toThrow("The comparison was cancelled.");
  await expect(compareOnWorker(host, module, quickScenario(), { signal: wanted.signal })).rejects.toThrow("aborted");
});
