import { browserHost } from "@ringzero/host/browser";
import { Machine } from "@ringzero/machine";
import { expect, test } from "vitest";
import { pc, RemoteVirtualMachine, VirtualMachine } from "../src/index.ts";
import { listen, ticker } from "./guests.ts";

test("the same run in the page and on a worker, on every engine", async () => {
  const machine = await Machine.create(await browserHost(), { memory: 64 << 20 }), seen: unknown[] = [];
  const configuration = { memory: 4 << 20, multiboot: ticker(11_932) };
  for (const engine of ["jit", "interpreter"] as const) {
    const here = await VirtualMachine.create(machine, pc(configuration), { engine, idle: "free", date: 0 }), text = listen(here);
    here.start();
    expect([await here.ended, text()]).toEqual(["off", "abcdefghijklmnopqrstuvwxyz"]);
    const there = await RemoteVirtualMachine.create(machine, new URL("../src/worker/browser-worker.ts", import.meta.url), configuration, { engine, idle: "free", date: 0 });
    there.start();
    expect([await there.ended, there.failure]).toEqual(["off", undefined]);
    for (const c of [here.counters, there.lastCounters!]) seen.push({ instructions: c.instructions, time: c.time, exits: c.exits });
  }
  for (const s of seen) expect(s).toEqual(seen[0]);
});
