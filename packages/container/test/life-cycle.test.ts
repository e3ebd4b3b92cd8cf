import { nodeHost } from "@ringzero/host/node";
import { Machine } from "@ringzero/machine";
import { beforeEach, expect, test } from "vitest";
import { Runtime } from "../src/index.ts";
import { busybox, busyboxLayer } from "./image.ts";
import { listen, run } from "./run.ts";

const program = busybox("amd64"), layer = program && busyboxLayer(program);
let runtime: Runtime, machine: Machine;
beforeEach(async () => {
  machine = await Machine.create(nodeHost(), { memory: 64 << 20, shared: false });
  runtime = await Runtime.create(machine, { seed: 1, date: 0 });
  if (layer) runtime.addImage("busybox", { layers: [layer], config: { command: ["sh"] } });
});
const sleeper = { image: "busybox", args: ["sleep", "1000"] };
/** What is in use of the machine, and what the kernel holds for containers. */
function held(): unknown {
  // The processor's own structures grow with what it has ever executed.
  const owners = machine.ledger().owners.filter((o) => o.kind !== "engine"), { kernel } = runtime;
  return { owners: owners.map((o) => `${o.name} ${o.references}`), tasks: kernel.tasks.size, groups: kernel.groups.size, cgroup: [kernel.cgroup.tasks, kernel.cgroup.frames], timers: kernel.time.events.size };
}

test.skipIf(!program)("created, running, stopped, gone: what may be done when", async () => {
  const c = await runtime.create({ ...sleeper, name: "c" });
  expect(c.state()).toMatchObject({ status: "created", pid: 0, startedAt: undefined, exitCode: undefined });
  await expect(c.exec({ args: ["true"] })).rejects.toThrow(`"c" is created`);
  await expect(runtime.create({ ...sleeper, name: "c" })).rejects.toThrow(`a container "c" already`);
  await c.start();
  expect(c.state()).toMatchObject({ status: "running", pid: expect.any(Number), finishedAt: undefined });
  expect(c.state().pid).toBeGreaterThan(0);
  await expect(c.start()).rejects.toThrow("is running");
  await expect(c.delete()).rejects.toThrow("Kill it first");
  await expect(c.kill("NONSENSE")).rejects.toThrow("no signal");
  await c.kill("KILL");
  expect(await c.wait()).toBe(137);
  expect(c.state()).toMatchObject({ status: "stopped", pid: 0, exitCode: 137, outOfMemory: false });
  await expect(c.kill()).rejects.toThrow("stopped already");
  await expect(c.start()).rejects.toThrow("is stopped");
  await c.delete();
  expect([runtime.get(c.id), runtime.containers()]).toEqual([undefined, []]);
});
test.skipIf(!program)("signals by name and number: a first process hears what it handles", async () => {
  const deaf = await runtime.create(sleeper), hears = await runtime.create({ image: "busybox", args: ["sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 1; done"] }), text = listen(hears.init);
  await deaf.start();
  await hears.start();
  await deaf.kill();
  await deaf.kill(2);
  while (!text().includes("ready")) await new Promise((resolve) => setImmediate(resolve));
  await hears.kill("SIGTERM");
  expect([await hears.wait(), deaf.state().status]).toEqual([9, "running"]);
  const early = await runtime.create(sleeper);
  await early.kill("SIGINT");
  expect([early.state().status, await early.wait()]).toEqual(["stopped", 130]);
});
test.skipIf(!program)("with the first process all end, those of exec too, and nothing is left", async () => {
  await run(runtime, { args: ["true"] });
  const before = held(), c = await runtime.create({ image: "busybox", args: ["sh", "-c", "sleep 1000 & sh -c 'sleep 1000 & sleep 1000' & read x; exit 4"], stdin: true });
  await c.start();
  const beside = await c.exec({ args: ["sleep", "1000"], terminal: { columns: 80, rows: 24 } }), more = await c.exec({ args: ["sh", "-c", "echo x > /tmp/f; exec sleep 1000"] });
  await runtime.pause();
  expect(runtime.kernel.tasks.size).toBeGreaterThan(2);
  runtime.resume();
  c.init.write(Buffer.from("go\n"));
  expect([await c.wait(), await beside.exited, await more.exited, runtime.kernel.tasks.size]).toEqual([4, 137, 137, 0]);
  await c.delete();
  expect(held()).toEqual(before);
});
test.skipIf(!program)("made and removed again and again: nothing piles up", async () => {
  const seen: unknown[] = [];
  for (let i = 0; i < 200; i++) {
    const { code } = await run(runtime, { args: ["sh", "-c", "echo $$ > /tmp/x; cat /tmp/x | cat; exit 3"], ...(i % 2 ? { terminal: { columns: 80, rows: 24 } } : {}) });
    if (code !== 3) throw new Error(`run ${i} ended with ${code}`);
    if (i === 9 || i === 199) seen.push(held());
  }
  expect(seen[1]).toEqual(seen[0]);
});
test.skipIf(!program)("more processes than there are numbers for address spaces", async () => {
  const c = await runtime.create({ image: "busybox", args: ["sh", "-c", "i=0; while [ $i -lt 300 ]; do sleep 1000 & i=$((i+1)); done; ls -d /proc/[0-9]* | wc -l; echo done"] }), text = listen(c.init);
  await c.start();
  expect([await c.wait(), text()]).toEqual([0, expect.stringMatching(/^30[123]\ndone\n$/)]);
});
test.skipIf(!program)("a name with an image that is damaged is free again", async () => {
  runtime.addImage("damaged", { layers: [new Uint8Array(1024).fill(7)] });
  const before = held();
  for (let i = 0; i < 3; i++) await expect(runtime.create({ image: "damaged", name: "d" })).rejects.toThrow("no tar header");
  expect(held()).toEqual(before);
});
