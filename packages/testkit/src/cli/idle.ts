import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { decodeSnapshot, encodeSnapshot, pc, RemoteVirtualMachine, VirtualMachine, type PcOptions, type VirtualMachineSnapshot } from "@ringzero/hypervisor";
import { Machine } from "@ringzero/machine";

const USAGE = `Measures what virtual machines use that have nothing to do: Linux at its shell prompt, paced, each on a worker of its own.

  node packages/testkit/src/cli/idle.ts [--vms N] [--seconds N] [--snapshot FILE]

  --vms N           virtual machines (default 8)
  --seconds N       how long to measure (default 20)
  --settle N        seconds before that, for the guests to settle and the translator to see them (default 40)
  --sleep           also measures the wall time of \`sleep 5\` in one of them
  --snapshot FILE   the booted system: read where the file is there, else written (default: boots each time)

It prints the processor time of the whole process in per cent of one core, and what each guest did in a second.`;

const { values } = parseArgs({
  options: {
    vms: { type: "string", default: "8" }, seconds: { type: "string", default: "20" }, settle: { type: "string", default: "40" }, sleep: { type: "boolean", default: false }, snapshot: { type: "string" }, help: { type: "boolean", default: false },
  },
});
const PROMPT = /:~# (?:\u001B\[6n)?$/;
const host = nodeHost({ storeDirectory: fileURLToPath(new URL("../../../../.cache/store", import.meta.url)) });

/** Linux at its prompt. */
async function booted(options: PcOptions, file: string | undefined): Promise<VirtualMachineSnapshot> {
  if (file && existsSync(file)) return decodeSnapshot(readFileSync(file));
  const machine = await Machine.create(host, { memory: 512 << 20, shared: false }), vm = await VirtualMachine.create(machine, pc(options), { idle: "free" });
  let text = "";
  vm.console.onOutput((bytes) => { text = (text + new TextDecoder("latin1").decode(bytes)).slice(-1000); });
  for (let turn = 0; !PROMPT.test(text); turn++) if (turn > 20_000 || vm.advance(1_000_000).kind === "ended") throw new Error(`Linux came to no prompt. It ended with ${JSON.stringify(text)}`);
  const snapshot = vm.snapshot();
  if (file) writeFileSync(file, encodeSnapshot(snapshot));
  return snapshot;
}

/** Wall seconds that `sleep 5` takes in a guest, as somebody at its console sees it. */
async function sleepsFive(vm: RemoteVirtualMachine): Promise<number> {
  let text = "";
  const said = (what: string): Promise<number> => new Promise((resolve) => {
    const end = vm.console.onOutput((bytes) => {
      text += new TextDecoder("latin1").decode(bytes);
      if (!text.includes(what)) return;
      end();
      resolve(performance.now());
    });
  });
  vm.console.type("echo be\\gin; sleep 5; echo sl\\ept\n");
  const from = await said("begin"), to = await said("slept");
  return (to - from) / 1000;
}

async function main(): Promise<void> {
  const vms = Number(values.vms), seconds = Number(values.seconds);
  const guest = await new Guests(host).get("linux-i386");
  if (!guest) throw new Error("Guest linux-i386 is not prepared. Run npm run guests.");
  const options: PcOptions = { memory: 128 << 20, kernel: guest.kernel!, initrd: guest.initrd!, commandLine: "console=ttyS0" };
  const snapshot = await booted(options, values.snapshot);
  const machine = await Machine.create(host, { memory: (256 + vms * 136) << 20, shared: true }), module = new URL(import.meta.resolve("@ringzero/hypervisor/node-worker"));
  const running = await Promise.all(Array.from({ length: vms }, (_, n) => RemoteVirtualMachine.create(machine, module, options, { name: `idle ${n}`, idle: "paced" }, snapshot)));
  for (const vm of running) vm.start();
  await delay(Number(values.settle) * 1000);
  const look = async (): Promise<readonly { instructions: number; hlt: number; interrupts: number }[]> =>
    await Promise.all(running.map(async (vm) => { const { counters: c } = (await vm.look())!; return { instructions: c.instructions, hlt: c.exits.hlt, interrupts: c.interrupts }; }));
  const before = await look(), cpu = process.cpuUsage(), from = performance.now();
  await delay(seconds * 1000);
  const used = process.cpuUsage(cpu), wall = performance.now() - from, after = await look();
  console.log(`${vms} idle virtual machines: ${((used.user + used.system) / wall / 10).toFixed(1)} % of a core (user ${(used.user / wall / 10).toFixed(1)}, system ${(used.system / wall / 10).toFixed(1)}) over ${(wall / 1000).toFixed(1)} s`);
  const rate = (name: "instructions" | "hlt" | "interrupts"): string => (after.reduce((sum, a, i) => sum + a[name] - before[i]![name], 0) / vms / (wall / 1000)).toFixed(0);
  console.log(`each guest in a second: ${rate("instructions")} instructions, ${rate("hlt")} HLT, ${rate("interrupts")} interrupts`);
  if (values.sleep) console.log(`sleep 5 took ${(await sleepsFive(running[0]!)).toFixed(2)} s`);
  for (const vm of running) await vm.kill();
}

if (values.help) console.log(USAGE);
else await main();
