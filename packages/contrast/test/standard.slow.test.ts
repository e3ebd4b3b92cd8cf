import { readFileSync, writeFileSync } from "node:fs";
import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { expect, test } from "vitest";
import { comparableJson, compare, standardScenario } from "../src/index.ts";

/** Written anew, to be reviewed, by `npm run accept`. */
const ACCEPT = process.env["RINGZERO_ACCEPT"] === "1";
/** Of the guests in the lock file; a page is held to it as well. */
const GOLDEN = new URL("golden/standard.json", import.meta.url);
const WORKERS = { vm: new URL(import.meta.resolve("@ringzero/hypervisor/node-worker")), runtime: new URL(import.meta.resolve("@ringzero/container/node-worker")) };
const host = nodeHost({ storeDirectory: new URL("../../../.cache/store", import.meta.url).pathname }), guest = await new Guests(host).get("linux-i386");
if (!guest && process.env["REQUIRE_GUESTS"] === "1") throw new Error("Guest linux-i386 is not prepared. Run npm run guests.");

test.skipIf(!guest)("Debian's Linux and busybox count the same here and on two workers, and what was counted before", async () => {
  const here = await compare(host, standardScenario(guest!)), there = await compare(host, standardScenario(guest!), { workers: WORKERS });
  expect(comparableJson(there)).toBe(comparableJson(here));
  if (ACCEPT) writeFileSync(GOLDEN, comparableJson(here));
  expect(comparableJson(here)).toBe(readFileSync(GOLDEN, "utf8"));
  const { vm, container } = here.total;
  expect(here.phases.map((p) => p.name)).toEqual(["prompt", "write", "pipeline", "copy", "checksum"]);
  // A whole system's boot against a program's start.
  expect(vm.figures.instructions / container.figures.instructions).toBeGreaterThan(100);
  expect(vm.frames.private).toBeGreaterThan(20 * container.frames.private);
});
