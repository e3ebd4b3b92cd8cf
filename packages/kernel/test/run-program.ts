import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { O_RDONLY, O_WRONLY } from "@ringzero/linux-abi";
import { virtualHost } from "@ringzero/host/virtual";
import { Machine } from "@ringzero/machine";
import { Kernel, populate, type FileContents, type KernelOptions } from "../src/index.ts";

/** Statically linked busybox of one ABI, as `npm run guests` leaves it; undefined where it was not fetched. */
export function busybox(abi: "i386" | "amd64"): string | undefined {
  const path = join(fileURLToPath(new URL("../../..", import.meta.url)), ".cache/guests", `busybox-${abi}`);
  return existsSync(path) ? path : undefined;
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** As wait4(2) gives it. */
  readonly status: number;
  readonly kernel: Kernel;
}

/** A kernel with a program at /bin/busybox, its applets beside it, and some files. */
export async function boot(program: string, files: { readonly [path: string]: FileContents } = {}, options: KernelOptions = {}): Promise<Kernel> {
  const machine = await Machine.create(virtualHost(), { memory: 64 << 20, shared: false });
  const kernel = new Kernel(machine, options);
  populate(kernel, { "/bin/busybox": new Uint8Array(readFileSync(program)), "/bin/sh": { link: "busybox" }, ...files });
  return kernel;
}
/** Runs a program to its end, with what it reads on standard input. */
export function run(kernel: Kernel, args: readonly string[], input: string = "", limit: number = 2e9): Outcome {
  const text = { stdout: "", stderr: "" }, decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
  const stdin = kernel.stream(O_RDONLY);
  if (input !== "") stdin.push(Buffer.from(input));
  stdin.end();
  const group = kernel.spawn({
    path: "/bin/busybox", arguments: ["busybox", ...args], environment: ["PATH=/bin", "HOME=/root"], workingDirectory: "/",
    files: [stdin, kernel.stream(O_WRONLY, (b) => { text.stdout += decode(b); }), kernel.stream(O_WRONLY, (b) => { text.stderr += decode(b); })],
  });
  const step = kernel.run(limit);
  if (step.kind !== "finished") throw new Error(`The program did not end: ${step.kind}. stdout: ${text.stdout} stderr: ${text.stderr}`);
  return { ...text, status: group.exitStatus!, kernel };
}
