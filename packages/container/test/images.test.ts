import { fileURLToPath } from "node:url";
import { nodeHost } from "@ringzero/host/node";
import { Machine } from "@ringzero/machine";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RemoteRuntime } from "../src/index.ts";
import { busybox } from "./image.ts";

const storeDirectory = fileURLToPath(new URL("../../../.cache/store", import.meta.url)), module = new URL("../src/worker/node-worker.ts", import.meta.url), program = busybox("amd64");
let machine: Machine, runtime: RemoteRuntime;
beforeAll(async () => {
  machine = await Machine.create(nodeHost(), { memory: 128 << 20, shared: true });
  runtime = await RemoteRuntime.create(machine, module, { storeDirectory });
});
afterAll(() => runtime.terminate());

test.skipIf(!program)("containers of an image in the store share its frames, for both platforms", async () => {
  const shells = [];
  for (const platform of ["linux/amd64", "linux/amd64", "linux/386"] as const) {
    const shell = await runtime.create({ image: "busybox", platform, terminal: { columns: 80, rows: 24 } });
    await shell.start();
    shells.push(shell);
  }
  await runtime.quiet();
  const { owners } = machine.ledger(), frames = shells.map((shell) => owners.find((o) => o.id === shell.owner)!), layers = owners.filter((o) => o.kind === "cache");
  // Two containers over one layer hold the same frames of it; each has a few dozen to itself.
  expect(layers.map((o) => o.shared > 80)).toEqual([true, true]);
  for (const { private: own, shared } of frames) expect([own < 60, shared > 50]).toEqual([true, true]);
  for (const shell of shells) await shell.delete(true);
  expect(machine.ledger().owners.filter((o) => o.kind === "cache" || o.kind === "container")).toEqual([]);
});
test("an image that is not there is refused in a sentence", async () => {
  await expect(runtime.create({ image: "nonesuch:1" })).rejects.toThrow("There is no image nonesuch:1 here");
  await expect(runtime.create({ image: "busybox", platform: "linux/arm64" as "linux/386" })).rejects.toThrow("linux/amd64 or linux/386");
});
