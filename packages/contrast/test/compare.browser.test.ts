import { browserHost } from "@ringzero/host/browser";
import { expect, test } from "vitest";
import { comparableJson, compare, quickScenario } from "../src/index.ts";
import golden from "./golden/quick.json?raw";

test("a free run in a page counts what it counts on Node, with one worker and with two", async () => {
  const host = await browserHost();
  expect(comparableJson(await compare(host, quickScenario()))).toBe(golden);
  const workers = { vm: new URL("../../hypervisor/src/worker/browser-worker.ts", import.meta.url), runtime: new URL("../../container/src/worker/browser-worker.ts", import.meta.url) };
  expect(comparableJson(await compare(host, quickScenario(), { workers }))).toBe(golden);
});
