import { virtualHost } from "@ringzero/host/virtual";
import { Kernel, populate } from "@ringzero/kernel";
import { O_RDONLY, O_WRONLY } from "@ringzero/linux-abi";
import { Machine, TOPICS } from "@ringzero/machine";
import type { GuestFile } from "../workloads/guest-files.ts";
import { EngineMix } from "./engine-mix.ts";
import { Exits } from "./exits.ts";
import { PROGRAM_REGISTERS } from "./state-digest.ts";
import type { ComparedEngine, ComparedGuest, GuestRun } from "./guest-run.ts";

const MEMORY = 512 << 20, PAGE = 4096, PRESENT_ADDRESS = ~0xfff;

/**
 * Programs one after the other on one kernel: exits are system calls, page faults and changes of the running task. `mixed` changes engines between turns of tasks, whose lengths are the
 * kernel's.
 */
export function processGuest(name: string, files: () => readonly GuestFile[], commands: readonly (readonly string[])[]): ComparedGuest {
  return { name, start: async (engine, every, seed) => run(await Machine.create(virtualHost(), { memory: MEMORY, shared: false }), files(), commands, engine, every, seed) };
}

function run(machine: Machine, files: readonly GuestFile[], commands: readonly (readonly string[])[], engine: ComparedEngine, every: number, seed: number): GuestRun {
  const kernel = new Kernel(machine, { engine: engine === "interpreter" ? "interpreter" : "jit" }), exits = new Exits(PROGRAM_REGISTERS), { vcpu } = kernel.cpu, decoder = new TextDecoder("latin1");
  const mix = engine === "mixed" ? new EngineMix(vcpu, seed) : undefined, rest = [...commands];
  populate(kernel, Object.fromEntries(files.map(({ path, mode, bytes, link }) => [`/${path}`, link === undefined ? { bytes, mode } : { link }])));
  const exit = (word: number): void => { exits.add(vcpu, word); };
  machine.trace.channel(TOPICS.systemCalls).listen(({ result }) => { exit(Number(BigInt.asUintN(32, result))); });
  machine.trace.channel(TOPICS.pageFaults).listen(({ address }) => { exit(Number(BigInt.asUintN(32, address))); });
  machine.trace.channel(TOPICS.contextSwitches).listen(({ to }) => { exit(to); });
  let output = "";
  const start = (args: readonly string[]): void => {
    const stdin = kernel.stream(O_RDONLY), out = () => kernel.stream(O_WRONLY, (bytes) => { output += decoder.decode(bytes); });
    stdin.end();
    kernel.spawn({ path: args[0]!, arguments: args, environment: ["PATH=/bin", "HOME=/root"], workingDirectory: "/", files: [stdin, out(), out()] });
  };
  return {
    next() {
      exits.forget();
      for (const end = vcpu.retired + every; vcpu.retired < end;) {
        if (kernel.tasks.size === 0) {
          const words = rest.shift();
          if (!words) return exits.checkpoint(vcpu, true);
          start(words);
        }
        const { kind } = kernel.run(Math.min(end - vcpu.retired, mix ? mix.next() : every));
        if (kind !== "budget" && kind !== "finished") throw new Error(`The program did not end: ${kind}.`);
      }
      return exits.checkpoint(vcpu, false);
    },
    memory() {
      const pieces: Uint8Array[] = [], { u8 } = machine.views;
      for (const task of [...kernel.tasks.values()].toSorted((a, b) => a.tid - b.tid)) {
        pieces.push(task.cpu.registers);
        task.space.table.update(0, task.space.layout.limit, (entry) => {
          const at = (entry & PRESENT_ADDRESS) >>> 0;
          if (at !== 0) pieces.push(u8.subarray(at, at + PAGE));
          return entry;
        });
      }
      return pieces;
    },
    get output() { return output; },
    get recent() { return exits.recent; },
  };
}
