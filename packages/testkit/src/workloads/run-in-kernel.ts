// Runs one workload as a process of the shared kernel: what it writes goes to standard output as it comes, figures as JSON to standard error at the end.
//   node run-in-kernel.ts DIRECTORY interpreter|jit BEFORE WORD...
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { busyboxApplets } from "@ringzero/guests";
import { virtualHost } from "@ringzero/host/virtual";
import { Kernel, populate, type FileContents } from "@ringzero/kernel";
import { O_RDONLY, O_WRONLY } from "@ringzero/linux-abi";
import { Machine } from "@ringzero/machine";

const [directory = "", engine = "jit", before = "", ...words] = process.argv.slice(2);
const busybox = readFileSync(join(directory, "busybox")), files: { [path: string]: FileContents } = { "/bin/busybox": busybox };
for (const name of busyboxApplets(busybox)) if (name !== "busybox") files[`/bin/${name}`] = { link: "busybox" };
for (const name of ["bench", "gen", "tm", "true_static"]) files[`/bin/${name}`] = readFileSync(join(directory, name));

const machine = await Machine.create(virtualHost(), { memory: 768 << 20, shared: false }), kernel = new Kernel(machine, { engine: engine as "jit" | "interpreter" });
populate(kernel, files);
const run = (args: readonly string[]): number => {
  const stdin = kernel.stream(O_RDONLY), write = (fd: number) => kernel.stream(O_WRONLY, (bytes) => { for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at); });
  stdin.end();
  const group = kernel.spawn({ path: args[0]!, arguments: args, environment: ["PATH=/bin", "HOME=/root"], workingDirectory: "/", files: [stdin, write(1), write(2)] });
  const { kind } = kernel.run();
  if (kind !== "finished") throw new Error(`The program did not end: ${kind}.`);
  return group.exitStatus ?? -1;
};
if (before !== "") run(["/bin/busybox", "sh", "-c", before]);
const retired = kernel.cpu.retired, status = run(words);
writeSync(2, `${JSON.stringify({ instructions: kernel.cpu.retired - retired })}\n`);
process.exitCode = status === 0 ? 0 : 1;
