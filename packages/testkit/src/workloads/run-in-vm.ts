// Boots a kernel in one of our virtual machines: its serial console goes to standard output as it comes, figures as JSON to standard error at the end.
//   node run-in-vm.ts KERNEL INITRD COMMANDLINE MEBIBYTES interpreter|jit
import { readFileSync, writeSync } from "node:fs";
import { nodeHost } from "@ringzero/host/node";
import { pc, VirtualMachine } from "@ringzero/hypervisor";
import { Machine } from "@ringzero/machine";

const [kernel = "", initrd = "", commandLine = "", mebibytes = "512", engine = "jit"] = process.argv.slice(2);
const memory = Number(mebibytes) * 2 ** 20, machine = await Machine.create(nodeHost(), { memory: memory + (256 << 20), shared: true });
const vm = await VirtualMachine.create(machine, pc({ memory, kernel: readFileSync(kernel), initrd: readFileSync(initrd), commandLine }), { idle: "free", engine: engine as "jit" | "interpreter" });
vm.console.onOutput((bytes) => { for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at); });
vm.start();
const state = await vm.ended;
writeSync(2, `${JSON.stringify({ state, instructions: vm.counters.instructions })}\n`);
process.exitCode = state === "off" ? 0 : 1;
