import { browserHost } from "@ringzero/host/browser";
import { Machine } from "@ringzero/machine";
import { expect, test } from "vitest";
import { RemoteRuntime } from "../src/index.ts";

test("a container on a worker of a page; a panic gives everything back", async () => {
  const machine = await Machine.create(await browserHost(), { memory: 64 << 20 }), module = new URL("../src/worker/browser-worker.ts", import.meta.url);
  const runtime = await RemoteRuntime.create(machine, module, { idle: "free", seed: 1, date: 0 });
  const hello = await runtime.create({ image: "ringzero/own", args: ["hello"] });
  let text = "";
  hello.init.onOutput((_, bytes) => { text += new TextDecoder().decode(bytes); });
  await hello.start();
  expect([await hello.wait(), text]).toEqual([0, "Hello from amd64\n"]);
  await hello.delete();
  const spin = await runtime.create({ image: "ringzero/own", platform: "linux/386", args: ["memory-hog"], memory: 2 << 20 });
  await spin.start();
  expect([await spin.wait(), (await spin.state()).outOfMemory]).toEqual([137, true]);
  runtime.panic("asked for");
  expect(await runtime.ended).toEqual({ reason: "panic", failure: "Kernel panic - not syncing: asked for" });
  expect(machine.ledger().owners).toEqual([]);
});
