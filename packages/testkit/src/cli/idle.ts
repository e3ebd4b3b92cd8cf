import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { RemoteRuntime } from "@ringzero/container";
import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { decodeSnapshot, encodeSnapshot, pc, RemoteVirtualMachine, VirtualMachine, type PcOptions, type VirtualMachineSnapshot } from "@ringzero/hypervisor";
import { Machine } from "@ringzero/machine";

const USAGE = `Measures what tenants use that have nothing to do, paced, on one machine: virtual machines with Linux at its shell prompt, each on a worker of its own, and
containers with busybox at its prompt, all on one kernel's worker.

  node packages/testkit/src/cli/idle.ts [--vms N] [--containers N] [--seconds N] [--settle N] [--snapshot FILE]

  --vms N           virtual machines (default 8, or none where containers are asked for)
  --containers N    containers (default none)
  --seconds N       how long to measure (default 20)
  --settle N        seconds before that, for the guests to settle and the translator to see them (default 40)
  --snapshot FILE   the booted system: read where the file is there, else written (default: boots each time)

It prints the processor time of the whole process in per cent of one core, what each tenant did in a second, and then the wall time of \`sleep 5\` in one of each, as
somebody at its terminal sees it.`;

const { values } = parseArgs({
  options: {
    vms: { type: "string" }, containers: { type: "string", default: "0" }, seconds: { type: "string", default: "20" }, settle: { type: "string", default: "40" }, snapshot: { type: "string" }, help: { type: "boolean", default: false },
  },
});
const PROMPT = /:~# (?:\u001B\[6n)?$/;
const MIB = 1 << 20;
const storeDirectory = fileURLToPath(new URL("../../../../.cache/store", import.meta.url)), host = nodeHost({ storeDirectory });

/** What tenants did so far, summed up, by name. */
type Figures = { readonly [name: string]: number };

/** Tenants of one kind. */
interface Idlers {
  /** "8 virtual machines". */
  readonly what: string;
  readonly count: number;
  /** What they did so far. */
  look(): Promise<Figures>;
  /** The terminal of one of them. */
  readonly terminal: { onOutput(listener: (text: string) => void): () => void; type(text: string): void };
  end(): Promise<void>;
}

/** Linux at its prompt. */
async function booted(options: PcOptions, file: string | undefined): Promise<VirtualMachineSnapshot> {
  if (file && existsSync(file)) return decodeSnapshot(readFileSync(file));
  const machine = await Machine.create(host, { memory: 512 * MIB, shared: false }), vm = await VirtualMachine.create(machine, pc(options), { idle: "free" });
  let text = "";
  vm.console.onOutput((bytes) => { text = (text + new TextDecoder("latin1").decode(bytes)).slice(-1000); });
  for (let turn = 0; !PROMPT.test(text); turn++) if (turn > 20_000 || vm.advance(1_000_000).kind === "ended") throw new Error(`Linux came to no prompt. It ended with ${JSON.stringify(text)}`);
  const snapshot = vm.snapshot();
  if (file) writeFileSync(file, encodeSnapshot(snapshot));
  return snapshot;
}

function sum(parts: readonly Figures[]): Figures {
  return Object.fromEntries(Object.keys(parts[0]!).map((name) => [name, parts.reduce((all, part) => all + part[name]!, 0)]));
}

async function virtualMachines(machine: Machine, count: number, options: PcOptions, snapshot: VirtualMachineSnapshot): Promise<Idlers> {
  const module = new URL(import.meta.resolve("@ringzero/hypervisor/node-worker"));
  const running = await Promise.all(Array.from({ length: count }, (_, n) => RemoteVirtualMachine.create(machine, module, options, { name: `idle ${n}`, idle: "paced" }, snapshot)));
  for (const vm of running) vm.start();
  const { console: first } = running[0]!;
  return {
    what: count === 1 ? "virtual machine" : "virtual machines", count,
    look: async () => sum(await Promise.all(running.map(async (vm) => { const { counters: c } = (await vm.look())!; return { instructions: c.instructions, HLT: c.exits.hlt, interrupts: c.interrupts }; }))),
    terminal: { onOutput: (listener) => first.onOutput((bytes) => listener(new TextDecoder("latin1").decode(bytes))), type: (text) => first.type(text) },
    end: async () => { for (const vm of running) await vm.kill(); },
  };
}

async function containers(machine: Machine, count: number): Promise<Idlers> {
  const runtime = await RemoteRuntime.create(machine, new URL(import.meta.resolve("@ringzero/container/node-worker")), { idle: "paced", storeDirectory });
  const running = [];
  for (let n = 0; n < count; n++) {
    const container = await runtime.create({ name: `idle-${n}`, image: "busybox", args: ["sh"], cwd: "/root", env: ["PATH=/bin", "HOME=/root", "TERM=linux", "PS1=\\h:\\w\\$ "], terminal: { columns: 80, rows: 24 } });
    let text = "";
    const prompted = new Promise<void>((resolve) => { container.init.onOutput((_stream, bytes) => { if (PROMPT.test(text = (text + new TextDecoder("latin1").decode(bytes)).slice(-100))) resolve(); }); });
    await container.start();
    await prompted;
    running.push(container);
  }
  const { init } = running[0]!;
  return {
    what: count === 1 ? "container" : "containers", count,
    look: async () => sum((await runtime.look()).containers.map(({ counters: c }) => ({ instructions: c.instructions, "system calls": c.systemCalls }))),
    terminal: { onOutput: (listener) => init.onOutput((_stream, bytes) => listener(new TextDecoder("latin1").decode(bytes))), type: (text) => init.write(new TextEncoder().encode(text)) },
    end: async () => await runtime.shutdown(),
  };
}

/** Wall seconds that `sleep 5` takes. */
async function sleepsFive({ terminal }: Idlers): Promise<number> {
  let text = "";
  const said = (what: string): Promise<number> => new Promise((resolve) => {
    const end = terminal.onOutput((more) => {
      text += more;
      if (!text.includes(what)) return;
      end();
      resolve(performance.now());
    });
  });
  terminal.type("echo be\\gin; sleep 5; echo sl\\ept\n");
  const from = await said("begin"), to = await said("slept");
  return (to - from) / 1000;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new Error(`--${name} takes a whole number, not "${text}".`);
  return Number(text);
}

async function main(): Promise<void> {
  const containerCount = wholeNumber("containers", values.containers), vmCount = wholeNumber("vms", values.vms ?? (containerCount > 0 ? "0" : "8"));
  const settle = wholeNumber("settle", values.settle), seconds = wholeNumber("seconds", values.seconds);
  if (vmCount + containerCount === 0) throw new Error("There is nothing to measure. Give --vms or --containers.");
  const machine = await Machine.create(host, { memory: (256 + vmCount * 136 + containerCount * 2) * MIB, shared: true }), idlers: Idlers[] = [];
  if (vmCount > 0) {
    const guest = await new Guests(host).get("linux-i386");
    if (!guest) throw new Error("Guest linux-i386 is not prepared. Run npm run guests.");
    const options: PcOptions = { memory: 128 * MIB, kernel: guest.kernel!, initrd: guest.initrd!, commandLine: "console=ttyS0" };
    console.error(values.snapshot && existsSync(values.snapshot) ? "Linux comes from its snapshot." : "Linux boots.");
    idlers.push(await virtualMachines(machine, vmCount, options, await booted(options, values.snapshot)));
  }
  if (containerCount > 0) idlers.push(await containers(machine, containerCount));
  console.error(`All are at their prompts; ${settle} s to settle, then ${seconds} s are measured.`);
  await delay(settle * 1000);
  const look = async (): Promise<Figures[]> => await Promise.all(idlers.map((i) => i.look()));
  const before = await look(), cpu = process.cpuUsage(), from = performance.now();
  await delay(seconds * 1000);
  const { user, system } = process.cpuUsage(cpu), wall = performance.now() - from, after = await look(), share = (microseconds: number): string => (microseconds / wall / 10).toFixed(2);
  console.log(`${idlers.map((i) => `${i.count} idle ${i.what}`).join(" and ")}: ${share(user + system)} % of a core (user ${share(user)}, system ${share(system)}) over ${(wall / 1000).toFixed(1)} s`);
  for (const [n, i] of idlers.entries()) {
    const rates = Object.entries(after[n]!).map(([name, value]) => `${((value - before[n]![name]!) / i.count / (wall / 1000)).toFixed(0)} ${name}`);
    console.log(`each of the ${i.what} in a second: ${rates.join(", ")}`);
  }
  for (const i of idlers) console.log(`sleep 5 in one of the ${i.what} took ${(await sleepsFive(i)).toFixed(2)} s`);
  for (const i of idlers) await i.end();
}

if (values.help) console.log(USAGE);
else await main().catch((error: unknown) => { console.error(error instanceof Error ? error.message : error); process.exitCode = 1; });
