import { nodeHost } from "@ringzero/host/node";
import { Machine } from "@ringzero/machine";
import { afterEach, expect, test, vi } from "vitest";
import { RemoteVirtualMachine, VirtualMachineWorker, type PcOptions, type VirtualMachineOptions } from "../src/index.ts";
import { kernel, OFF } from "./guests.ts";

const host = nodeHost(), module = new URL("../src/worker/node-worker.ts", import.meta.url);
let running: RemoteVirtualMachine[] = [];
afterEach(async () => {
  for (const vm of running.splice(0)) await vm.kill();
});
async function make(machine: Machine, source: string, options: VirtualMachineOptions = {}, pc: Partial<PcOptions> = {}): Promise<{ vm: RemoteVirtualMachine; text: () => string }> {
  const vm = await RemoteVirtualMachine.create(machine, module, { memory: 4 << 20, multiboot: kernel(source), ...pc }, options);
  running.push(vm);
  let text = "";
  vm.console.onOutput((bytes) => { text += String.fromCharCode(...bytes); });
  return { vm, text: () => text };
}
const print = (c: string): string => `mov al, '${c}'\nmov dx, 0x3f8\nout dx, al`;

test("three on workers of their own: one switches off, one crashes, one spins until it is killed; all memory comes back", async () => {
  const machine = await Machine.create(host, { memory: 128 << 20, shared: true }), before = machine.ledger();
  const good = await make(machine, `${print("g")}\nmov ecx, 5000000\n.l: dec ecx\njnz .l\n${OFF}`, { name: "good" });
  const bad = await make(machine, "lidt [none]\nint 3\nnone: dq 0", { name: "bad" });
  const spinning = await make(machine, `${print("s")}\nspin: jmp spin`, { name: "spinning" });
  for (const { vm } of [good, bad, spinning]) vm.start();
  expect(await bad.vm.ended).toBe("crashed");
  expect([await good.vm.ended, good.text(), good.vm.lastCounters!.exits.shutdown, bad.vm.lastCounters!.exits.shutdown]).toEqual(["off", "g", 0, 1]);
  const one = (await spinning.vm.look())!;
  expect(one.state).toBe("running");
  // It goes on; on a busy host two looks can fall into one slice.
  await vi.waitUntil(async () => (await spinning.vm.look())!.counters.instructions > one.counters.instructions, { timeout: 20_000 });
  await spinning.vm.pause();
  const held = (await spinning.vm.look())!.counters.instructions;
  expect((await spinning.vm.look())!.counters.instructions).toBe(held);
  await spinning.vm.kill();
  expect([await spinning.vm.ended, spinning.text(), await spinning.vm.look()]).toEqual(["killed", "s", undefined]);
  const after = machine.ledger();
  expect([after.owners.length, after.frames.inUse - after.frames.tables]).toEqual([before.owners.length, before.frames.inUse - before.frames.tables]);
});

test("what is typed arrives, and the screen can be looked at", async () => {
  const machine = await Machine.create(host, { memory: 64 << 20, shared: true });
  const { vm, text } = await make(machine, `
    mov byte [0xb8000], 'X'
.wait: mov dx, 0x3fd
    in al, dx
    test al, 1
    jz .wait
    mov dx, 0x3f8
    in al, dx
    inc al
    out dx, al
    jmp .wait`, { idle: "paced" });
  const answered = new Promise<void>((resolve) => vm.console.onOutput(() => resolve()));
  vm.start();
  vm.console.type("A");
  await answered;
  expect([text(), (await vm.look())!.screen.cells[0]]).toEqual(["B", 0x58]);
});

test("the same run on a worker as on any other: instructions and time", async () => {
  const machine = await Machine.create(host, { memory: 64 << 20, shared: true });
  const source = `mov ecx, 100000\n.l: dec ecx\njnz .l\n${print("x")}\n${OFF}`, seen: unknown[] = [];
  for (const engine of ["jit", "interpreter"] as const) {
    const { vm } = await make(machine, source, { engine, idle: "free", date: 0 });
    vm.start();
    await vm.ended;
    const { instructions, time, exits } = vm.lastCounters!;
    seen.push({ instructions, time, exits });
  }
  expect(seen[1]).toEqual(seen[0]);
});

test("a deprivileged guest's traps come over in batches while somebody listens, and its halt is said", async () => {
  const machine = await Machine.create(host, { memory: 64 << 20, shared: true });
  const { vm } = await make(machine, `cli\nlgdt [0x100000]\n${print("x")}\nhlt`, { technique: "ring-deprivileging" }), seen: string[] = [];
  const end = vm.onTraps(({ traps }) => seen.push(...traps.map(({ text, kind, ring }) => `${text} ${kind} ${ring}`)));
  const halted = new Promise<void>((resolve) => vm.onState((state) => { if (state === "halted") resolve(); }));
  vm.start();
  await halted;
  expect([vm.state, seen]).toEqual(["halted", ["cli emulated 0", "lgdt [0x100000] emulated 0", "out dx, al emulated 0", "hlt emulated 0"]]);
  end();
  vm.reset();
  await vi.waitUntil(async () => (await vm.look())!.counters.traps.emulated === 8, { timeout: 20_000 });
  expect([seen.length, (await vm.look())!.counters.traps.instructions.get("hlt")]).toEqual([4, 2]);
});

test("a snapshot from one worker goes on in another", async () => {
  const machine = await Machine.create(host, { memory: 64 << 20, shared: true });
  const source = `.wait: mov dx, 0x3fd\nin al, dx\ntest al, 1\njz .wait\nmov dx, 0x3f8\nin al, dx\nadd [sum], al\nmov al, [sum]\nout dx, al\njmp .wait\nsection .data\nsum: db 0`;
  const first = await make(machine, source, { name: "first" }), answered = new Promise<void>((resolve) => first.vm.console.onOutput(() => resolve()));
  first.vm.start();
  first.vm.console.type("!");
  await answered;
  const snapshot = (await first.vm.snapshot())!;
  expect((await first.vm.look())!.state).toBe("running");
  const second = await RemoteVirtualMachine.create(machine, module, { memory: 4 << 20, multiboot: kernel(source) }, { name: "second" }, snapshot);
  running.push(second);
  const said = new Promise<string>((resolve) => second.console.onOutput((bytes) => resolve(String.fromCharCode(...bytes))));
  second.start();
  second.console.type("!");
  expect([first.text(), await said]).toEqual(["!", "B"]);
});

test("a worker that waits for what it is to run holds no frames, takes its files over, and can be sent away again", async () => {
  const machine = await Machine.create(host, { memory: 64 << 20, shared: true }), place = new VirtualMachineWorker(machine, module, "early"), idle = new VirtualMachineWorker(machine, module, "idle");
  const multiboot = Uint8Array.from(kernel(`${print("e")}\n${OFF}`));
  const vm = await RemoteVirtualMachine.on(place, { pc: { memory: 4 << 20, multiboot }, options: { name: "early" }, snapshot: undefined, transfer: [multiboot.buffer] });
  running.push(vm);
  let text = "";
  vm.console.onOutput((bytes) => { text += String.fromCharCode(...bytes); });
  vm.start();
  expect([await vm.ended, text, multiboot.length]).toEqual(["off", "e", 0]);
  await idle.terminate();
  await expect(RemoteVirtualMachine.on(idle, { pc: { memory: 4 << 20, multiboot: kernel(OFF) }, options: {}, snapshot: undefined })).rejects.toThrow("has ended");
  expect(machine.ledger().owners).toEqual([]);
});

test("what cannot be made is refused in a sentence, and leaves nothing", async () => {
  const machine = await Machine.create(host, { memory: 32 << 20, shared: true });
  await expect(RemoteVirtualMachine.create(machine, module, { memory: 1 << 20, multiboot: new Uint8Array(9000) })).rejects.toThrow("2 MiB to 3 GiB");
  expect(machine.ledger().owners).toEqual([]);
});
