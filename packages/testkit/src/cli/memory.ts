// What a virtual machine with Debian at its prompt takes of this computer's memory, and what of that is ours.
import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { pc, VirtualMachine } from "@ringzero/hypervisor";
import { FRAME_BYTES, Machine } from "@ringzero/machine";
import { STORE } from "../workloads/build.ts";

const USAGE = `Boots Debian to its shell prompt in a virtual machine, in a process of its own, and prints what it takes.

  node packages/testkit/src/cli/memory.ts [--guest linux-i386|linux-amd64] [--memory MIB] [--engine jit|interpreter]

  touched            frames that the guest has touched: its own memory
  own structures     what we keep for it, counted by us: decoded code, TLBs, state, frame map and region tables in linear memory (by the ledger), the machine's own tables,
                     modules of regions that are alive, and the JIT's maps beside them
  rest               resident memory of the process less touched frames less that of a Node that does nothing: own structures, generated machine code, and V8's own

The exit status is 1 where own structures are above 25 MiB or the rest is above 96 MiB.`;

const MIB = 2 ** 20, PROMPT = /:~# (?:\u001B\[6n)?$/, LIMITS = { own: 25, rest: 96 } as const;
const { values } = parseArgs({ options: { guest: { type: "string", default: "linux-i386" }, memory: { type: "string", default: "256" }, engine: { type: "string", default: "jit" }, inside: { type: "boolean", default: false }, help: { type: "boolean", default: false } } });
if (values.help) console.log(USAGE);
else if (values.inside) await inside();
else process.exitCode = outside();

/** Figures of the process with the guest, in bytes. */
interface Figures { readonly resident: number; readonly touched: number; readonly own: { readonly [part: string]: number }; readonly engine: { readonly [counter: string]: number } }

function outside(): number {
  if (values.guest !== "linux-i386" && values.guest !== "linux-amd64") {
    console.error(`--guest is linux-i386 or linux-amd64, not "${values.guest}".`);
    return 2;
  }
  const empty = Number(spawnSync(process.execPath, ["-e", "setTimeout(() => console.log(process.memoryUsage.rss()), 500)"], { encoding: "utf8" }).stdout);
  const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "--inside", "--guest", values.guest, "--memory", values.memory, "--engine", values.engine], { encoding: "utf8" });
  if (status !== 0) {
    console.error(`${values.guest} came to no prompt: ${stderr.trim().split("\n").at(-1) ?? ""}`);
    return 2;
  }
  const { resident, touched, own, engine } = JSON.parse(stdout) as Figures, all = Object.values(own).reduce((sum, bytes) => sum + bytes, 0), rest = resident - touched - empty;
  const line = (name: string, bytes: number, note = ""): void => { console.log(`${name.padEnd(34)} ${(bytes / MIB).toFixed(1).padStart(7)} MiB${note}`); };
  line("resident", resident);
  line("an empty Node", empty);
  line("touched frames of the guest", touched);
  for (const [part, bytes] of Object.entries(own)) line(`  ${part}`, bytes);
  line("own structures", all, ` (at most ${LIMITS.own})`);
  line("rest", rest, ` (at most ${LIMITS.rest})`);
  console.log(Object.entries(engine).map(([name, n]) => `${name} ${n}`).join(", "));
  return all <= LIMITS.own * MIB && rest <= LIMITS.rest * MIB ? 0 : 1;
}

async function inside(): Promise<void> {
  const host = nodeHost({ storeDirectory: STORE }), { kernel, initrd } = await new Guests(host).prepare(values.guest as "linux-i386" | "linux-amd64");
  const memory = Number(values.memory) * MIB, machine = await Machine.create(host, { memory: memory + 256 * MIB, shared: true });
  const vm = await VirtualMachine.create(machine, pc({ memory, kernel: kernel!, initrd: initrd!, commandLine: "console=ttyS0 panic=-1" }), { idle: "free", engine: values.engine as "jit" | "interpreter" });
  let text = "";
  vm.console.onOutput((bytes) => { text = (text + new TextDecoder("latin1").decode(bytes)).slice(-1000); });
  for (let turn = 0; !PROMPT.test(text); turn++) if (turn > 20_000 || vm.advance(1_000_000).kind === "ended") throw new Error(JSON.stringify(text));
  // What is garbage by now goes.
  await delay(3000);
  const { owners, frames } = machine.ledger(), [engineOwner, guest] = vm.owners, held = (id: number | undefined): number => { const o = owners.find((owner) => owner.id === id); return o ? (o.private + o.shared) * FRAME_BYTES : 0; };
  const { core } = vm.vcpu.processor, { jit, code } = core;
  const figures: Figures = {
    resident: process.memoryUsage.rss(), touched: held(guest),
    own: {
      "engine's frames": held(engineOwner), "the machine's tables": frames.tables * FRAME_BYTES, "modules of live regions": jit?.counters.liveBytes ?? 0, "the JIT's maps": jit?.mapBytes ?? 0,
    },
    engine: { decoded: code.bytes, ...jit?.counters },
  };
  console.log(JSON.stringify(figures));
}
