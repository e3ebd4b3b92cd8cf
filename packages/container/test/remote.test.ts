import fc from "fast-check";
import { nodeHost } from "@ringzero/host/node";
import { Machine } from "@ringzero/machine";
import { afterEach, expect, test } from "vitest";
import { RemoteRuntime, Runtime, RuntimeServer, StartError, type RuntimeOptions } from "../src/index.ts";
import { isFromWorker } from "../src/worker/check-message.ts";
import { busybox, busyboxLayer } from "./image.ts";

const host = nodeHost(), module = new URL("../src/worker/node-worker.ts", import.meta.url), program = busybox("amd64"), layer = program && busyboxLayer(program);
let running: RemoteRuntime[] = [];
afterEach(async () => {
  for (const runtime of running.splice(0)) await runtime.terminate();
});
async function boot(machine: Machine, options: RuntimeOptions = {}): Promise<RemoteRuntime> {
  const runtime = await RemoteRuntime.create(machine, module, options);
  running.push(runtime);
  if (layer) await runtime.addImage("busybox", { layers: [layer], config: { command: ["sh"] } });
  return runtime;
}
const makeMachine = (): Promise<Machine> => Machine.create(host, { memory: 96 << 20, shared: true });
/** Frames in use but for the pool's tables, and owners. */
function held(machine: Machine): { frames: number; owners: string[] } {
  const { frames, owners } = machine.ledger();
  return { frames: frames.inUse - frames.tables, owners: owners.map((o) => o.name) };
}

test.skipIf(!program)("a shell on a worker: prompt, typing, exec, end; all memory comes back", async () => {
  const machine = await makeMachine(), before = held(machine), runtime = await boot(machine);
  const shell = await runtime.create({ name: "one", image: "busybox", terminal: { columns: 80, rows: 24 }, env: ["PS1=# "] });
  let text = "";
  const prompted = new Promise<void>((resolve) => { shell.init.onOutput((_, bytes) => { text += Buffer.from(bytes).toString("latin1"); if (text.includes("# ")) resolve(); }); });
  await shell.start();
  await prompted;
  expect(await shell.state()).toMatchObject({ status: "running", name: "one", image: "busybox", exitCode: undefined });
  const beside = await shell.exec({ args: ["sh", "-c", "hostname; exit 3"] });
  let said = "";
  beside.onOutput((_, bytes) => { said += Buffer.from(bytes).toString("latin1"); });
  expect([await beside.exited, said]).toEqual([3, `${shell.id.slice(0, 12)}\n`]);
  shell.init.write(Buffer.from("echo $((6*7)); exit 5\r"));
  expect(await shell.wait()).toBe(5);
  expect(text).toContain("\r\n42\r\n");
  const view = await runtime.look(), [one] = view.containers;
  expect(one!.counters.systemCalls).toBeGreaterThan(20);
  const tallies = machine.tallies(shell.owner).all();
  expect([tallies.instructions, tallies.systemCalls, tallies.faults, tallies.promptNanoseconds]).toEqual([one!.counters.instructions, one!.counters.systemCalls, one!.counters.pageFaults, one!.prompt!.virtual]);
  expect((await shell.state()).status).toBe("stopped");
  await shell.delete();
  await expect(shell.state()).rejects.toThrow("no container");
  await expect(runtime.create({ name: "a b" })).rejects.toThrow("no name");
  const bad = await runtime.create({ image: "busybox", args: ["nothing"] });
  await expect(bad.start()).rejects.toThrow(StartError);
  await runtime.shutdown();
  expect(await runtime.ended).toEqual({ reason: "shutdown", failure: undefined });
  expect(held(machine)).toEqual(before);
});
test.skipIf(!program)("a panic takes every container along, and another kernel starts on the same machine", async () => {
  const machine = await makeMachine(), before = held(machine), runtime = await boot(machine);
  const both = await Promise.all([0, 1].map(() => runtime.create({ image: "busybox", args: ["sh", "-c", "while :; do :; done"] })));
  for (const container of both) await container.start();
  runtime.panic("Fatal exception");
  expect(await runtime.ended).toEqual({ reason: "panic", failure: "Kernel panic - not syncing: Fatal exception" });
  expect(await Promise.all(both.map((container) => container.wait()))).toEqual([137, 137]);
  await expect(both[0]!.state()).rejects.toThrow("Fatal exception");
  expect(held(machine)).toEqual(before);
  const next = await boot(machine), container = await next.create({ image: "busybox", args: ["true"] });
  await container.start();
  expect(await container.wait()).toBe(0);
});
test.skipIf(!program)("a worker that dies gives its memory back", async () => {
  const machine = await makeMachine(), before = held(machine), runtime = await boot(machine), container = await runtime.create({ image: "busybox", args: ["sh", "-c", "while :; do :; done"] });
  await container.start();
  await runtime.terminate();
  expect([await runtime.ended, await container.wait()]).toEqual([{ reason: "failed", failure: "The kernel was terminated." }, 137]);
  expect(held(machine)).toEqual(before);
});
test.skipIf(!program)("a writer that never stops waits for its reader, and is no burden to others", async () => {
  const machine = await makeMachine(), runtime = await boot(machine), fast = await runtime.create({ image: "busybox", args: ["yes"] });
  let bytes = 0;
  const much = new Promise<void>((resolve) => { fast.init.onOutput((_, chunk) => { if ((bytes += chunk.length) > 8 << 20) resolve(); }); });
  await fast.start();
  await much;
  const beside = await runtime.create({ image: "busybox", args: ["echo", "through"] });
  let said = "";
  beside.init.onOutput((_, chunk) => { said += Buffer.from(chunk).toString(); });
  await beside.start();
  expect([await beside.wait(), said]).toEqual([0, "through\n"]);
  await fast.delete(true);
});
test("a kernel that has ended answers nothing any more", async () => {
  const here = await Runtime.create(await Machine.create(host, { memory: 32 << 20, shared: false })), said: unknown[] = [], server = new RuntimeServer(here, (message) => said.push(message));
  server.hear({ kind: "call", request: 1, call: "containers" });
  await new Promise((resolve) => setTimeout(resolve, 0));
  server.hear({ kind: "panic", reason: "a test asked for it" });
  await here.ended;
  server.hear({ kind: "call", request: 2, call: "containers" });
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(said).toEqual([{ kind: "answer", request: 1, value: [] }, { kind: "refused", request: 2, message: "The kernel has ended.", exitCode: undefined }]);
});
test("messages that are none harm nobody", async () => {
  const machine = await Machine.create(host, { memory: 32 << 20, shared: false }), here = await Runtime.create(machine), said: unknown[] = [], server = new RuntimeServer(here, (message) => said.push(message));
  const odd = [undefined, null, 1, "x", [], {}, { kind: "call" }, { kind: "call", request: 1 }, { kind: "call", request: 2, call: "create", spec: { image: 7 } }, { kind: "call", request: 3, call: "create", spec: { image: "busybox", memory: -1 } },
    { kind: "call", request: 4, call: "exec", id: "x".repeat(99) }, { kind: "call", request: 5, call: "constructor" }, { kind: "input", process: 1, bytes: "no" }, { kind: "resize", process: -1 }, { kind: "panic", reason: 5 }, { kind: "signal" }];
  for (const message of odd) server.hear(message);
  // Whatever a field is, the answer is a sentence.
  const message = fc.record({ kind: fc.constantFrom("call", "input", "taken", "resize", "signal"), request: fc.nat(), call: fc.constantFrom("create", "start", "exec", "kill", "delete", "state", "addImage"), id: fc.anything(), spec: fc.anything(), signal: fc.anything(), contents: fc.anything(), process: fc.anything(), bytes: fc.anything() });
  fc.assert(fc.property(message, (m) => server.hear(m)), { numRuns: 300, seed: 1 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(said.length).toBeGreaterThan(30);
  for (const m of said as { kind: string; message?: string }[]) expect([m.kind, typeof m.message]).toEqual(["refused", "string"]);
  expect([here.containers(), isFromWorker({ kind: "output", process: 1, stream: 3, bytes: new Uint8Array() }), isFromWorker({ kind: "toString" }), isFromWorker(null)]).toEqual([[], false, false, false]);
  await here.shutdown();
  expect(machine.ledger().owners).toEqual([]);
});
