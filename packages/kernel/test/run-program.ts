import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { O_RDONLY, O_WRONLY } from "@ringzero/linux-abi";
import { virtualHost } from "@ringzero/host/virtual";
import { Machine } from "@ringzero/machine";
import { Kernel, populate, type FileContents, type KernelOptions } from "../src/index.ts";

const host = nodeHost({ storeDirectory: fileURLToPath(new URL("../../../.cache/store", import.meta.url)) });
const guests = new Guests(host), prepared = { i386: await guests.get("busybox-i386"), amd64: await guests.get("busybox-amd64") };

/** Statically linked busybox of one ABI, as `npm run guests` prepares it; undefined where it was not. */
export function busybox(abi: "i386" | "amd64"): Uint8Array | undefined { return prepared[abi]?.busybox; }

/** The oracle is the kernel beneath; it needs chroot(2), so that both see the same root directory. */
export const canChroot: boolean = process.getuid?.() === 0 && spawnSync("unshare", ["-m", "/usr/sbin/chroot", "/", "/bin/true"]).status === 0;

/** A root directory of the same contents for the Linux beneath. */
export class LinuxRoot {
  readonly #path = mkdtempSync(join(tmpdir(), "root-"));

  /** Where it is. */
  get path(): string { return this.#path; }
  remove(): void { rmSync(this.#path, { recursive: true }); }
  /** Runs a program there; `files` are copied from the host's. */
  run(busybox: Uint8Array, files: { readonly [path: string]: string }, args: readonly string[], input: string = ""): Omit<Outcome, "kernel"> {
    for (const folder of ["bin", "dev", "etc", "proc", "root", "tmp"]) mkdirSync(join(this.#path, folder), { recursive: true });
    writeFileSync(join(this.#path, "bin/busybox"), busybox, { mode: 0o755 });
    if (!existsSync(join(this.#path, "bin/sh"))) symlinkSync("busybox", join(this.#path, "bin/sh"));
    for (const [path, from] of Object.entries(files)) {
      mkdirSync(dirname(join(this.#path, path)), { recursive: true });
      copyFileSync(from, join(this.#path, path));
    }
    // In a mount namespace of its own with device nodes of its own, so that nothing stays mounted and no program reaches this machine's /dev.
    const script = 'mount --bind "$0" "$0" && mount --bind /proc "$0/proc" && mount -t tmpfs none "$0/dev" && (cd "$0/dev" && mknod -m 666 null c 1 3 && mknod -m 666 zero c 1 5 && mknod -m 666 urandom c 1 9 && mknod -m 666 tty c 5 0 && mkdir pts && mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts pts && ln -s pts/ptmx ptmx && ln -s /proc/self/fd fd && ln -s fd/0 stdin && ln -s fd/1 stdout && ln -s fd/2 stderr) && exec env -i PATH=/bin HOME=/root /usr/sbin/chroot "$0" "$@"';
    const r = spawnSync("unshare", ["-m", "sh", "-c", script, this.#path, ...args], { input, encoding: "latin1" });
    return { stdout: r.stdout, stderr: r.stderr, status: r.signal ? constants.signals[r.signal] : r.status! << 8 };
  }
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** As wait4(2) gives it. */
  readonly status: number;
  readonly kernel: Kernel;
}

/** A kernel with a program at /bin/busybox, its applets beside it, and some files. */
export async function boot(busybox: Uint8Array, files: { readonly [path: string]: FileContents } = {}, options: KernelOptions & { readonly shared?: boolean } = {}): Promise<Kernel> {
  const machine = await Machine.create(virtualHost(), { memory: 64 << 20, shared: options.shared ?? false });
  const kernel = new Kernel(machine, options);
  populate(kernel, { "/bin/busybox": busybox, "/bin/sh": { link: "busybox" }, ...files });
  return kernel;
}
/** Runs a program to its end, with what it reads on standard input. */
export function run(kernel: Kernel, args: readonly string[], input: string = "", limit: number = 2e9): Outcome {
  const text = { stdout: "", stderr: "" }, decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
  const stdin = kernel.stream(O_RDONLY);
  if (input !== "") stdin.push(Buffer.from(input));
  stdin.end();
  const group = kernel.spawn({
    path: args[0]!, arguments: args, environment: ["PATH=/bin", "HOME=/root"], workingDirectory: "/",
    files: [stdin, kernel.stream(O_WRONLY, (b) => { text.stdout += decode(b); }), kernel.stream(O_WRONLY, (b) => { text.stderr += decode(b); })],
  });
  const step = kernel.run(limit);
  if (step.kind !== "finished") throw new Error(`The program did not end: ${step.kind}. stdout: ${text.stdout} stderr: ${text.stderr}`);
  return { ...text, status: group.exitStatus!, kernel };
}
