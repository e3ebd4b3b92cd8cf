// Runs one workload as a process of the shared kernel: what it writes goes to standard output as it comes, figures as JSON to standard error at the end.
//   node run-in-kernel.ts DIRECTORY interpreter|jit BEFORE [--after=SHELL] [--times=N] [--interpreters] WORD...
import { readFileSync, writeSync } from "node:fs";
import { virtualHost } from "@ringzero/host/virtual";
import { Kernel, populate } from "@ringzero/kernel";
import { O_RDONLY, O_WRONLY } from "@ringzero/linux-abi";
import { Machine } from "@ringzero/machine";
import { guestFiles } from "./guest-files.ts";

const [directory = "", engine = "jit", before = "", ...rest] = process.argv.slice(2), options = new Map<string, string>();
while (rest[0]?.startsWith("--")) {
  const [, name = "", value = ""] = /^--(\w+)=?(.*)$/s.exec(rest.shift()!) ?? [];
  options.set(name, value);
}
const words = rest, after = options.get("after") ?? "", times = Number(options.get("times") ?? 1);

const machine = await Machine.create(virtualHost(), { memory: 768 << 20, shared: false }), kernel = new Kernel(machine, { engine: engine as "jit" | "interpreter" });
populate(kernel, Object.fromEntries(guestFiles(directory, options.has("interpreters")).map(({ path, mode, bytes, link }) => [`/${path}`, link === undefined ? { bytes, mode } : { link }])));
const run = (args: readonly string[]): number => {
  const stdin = kernel.stream(O_RDONLY), write = (fd: number) => kernel.stream(O_WRONLY, (bytes) => { for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at); });
  stdin.end();
  const group = kernel.spawn({ path: args[0]!, arguments: args, environment: ["PATH=/bin", "HOME=/root"], workingDirectory: "/", files: [stdin, write(1), write(2)] });
  const { kind } = kernel.run();
  if (kind !== "finished") throw new Error(`The program did not end: ${kind}.`);
  return group.exitStatus ?? -1;
};
const shell = (text: string): boolean => text === "" || run(["/bin/busybox", "sh", "-c", text]) === 0;
let well = shell(before);
const retired = kernel.cpu.retired;
// Below a shell, so that it has a parent as everywhere else.
const program = ["/bin/busybox", "sh", "-c", '"$@"; exit $?', "sh", ...words];
well = run(program) === 0 && well;
writeSync(2, `${JSON.stringify({ instructions: kernel.cpu.retired - retired })}\n`);
for (let i = 1; i < times; i++) well = run(program) === 0 && well;
for (const call of kernel.unknownCalls ?? []) writeSync(2, `The kernel has no system call ${JSON.stringify(call)}.\n`);
process.exitCode = shell(after) && well ? 0 : 1;
