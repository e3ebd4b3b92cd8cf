import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cpioEntries, Guests, type Progress } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";

/** The two ABIs. */
export type Abi = "i386" | "amd64";

/** Where prepared guests are kept in this checkout. */
export const STORE: string = fileURLToPath(new URL("../../../../.cache/store", import.meta.url));
const SOURCES = fileURLToPath(new URL("sources/", import.meta.url));

/** What a build has made: paths of this computer. */
export interface Programs {
  readonly directory: string;
  readonly bench: string;
  readonly gen: string;
  readonly tm: string;
  readonly true: string;
  readonly busybox: string;
  /** Directory of the interpreters' scripts. */
  readonly scripts: string;
  /** The interpreters' root directory; undefined where no workload asked for it. */
  readonly root: string | undefined;
}

/**
 * Builds the workloads' programs for an ABI, statically, as the peers were measured with: `gcc -O2 -static`, with `-m32` for i386. What is there and newer than its source
 * stays. With `interpreters` Debian's Lua and Python are fetched and unpacked too. Throws an Error that names what is missing: gcc, gcc-multilib, or the packages.
 */
export async function buildPrograms(abi: Abi, directory: string, interpreters: boolean, progress: Progress = () => {}): Promise<Programs> {
  const into = join(directory, abi);
  mkdirSync(into, { recursive: true });
  const made: { [name: string]: string } = {};
  for (const [name, source] of [["bench", "bench.c"], ["gen", "gen.c"], ["tm", "tm.c"], ["true", "true.c"]] as const) {
    const from = join(SOURCES, source), to = join(into, name === "true" ? "true_static" : name);
    made[name] = to;
    if (existsSync(to) && statSync(to).mtimeMs > statSync(from).mtimeMs) continue;
    try {
      execFileSync("gcc", ["-O2", "-static", ...(abi === "i386" ? ["-m32"] : []), "-o", to, from], { stdio: "pipe" });
    } catch (error) {
      throw new Error(`The workloads cannot be built for ${abi}. Install Debian's gcc${abi === "i386" ? " and gcc-multilib" : ""}.`, { cause: error });
    }
  }
  const guests = new Guests(nodeHost({ storeDirectory: STORE })), busybox = (await guests.prepare(`busybox-${abi}`, progress)).busybox, path = join(into, "busybox");
  // At once, for another build may be reading it.
  writeFileSync(`${path}.${process.pid}`, busybox!, { mode: 0o755 });
  renameSync(`${path}.${process.pid}`, path);
  const root = interpreters ? await interpretersRoot(abi, into, guests, progress) : undefined;
  return { directory: into, bench: made["bench"]!, gen: made["gen"]!, tm: made["tm"]!, true: made["true"]!, busybox: path, scripts: SOURCES.replace(/\/$/, ""), root };
}

/** Unpacks the interpreters, and compiles Python's modules as the package's installation does; by contents, so that times of files do not matter. */
async function interpretersRoot(abi: Abi, into: string, guests: Guests, progress: Progress): Promise<string> {
  const root = join(into, "root"), stamp = join(into, "root.key"), key = guests.keys(`interpreters-${abi}`).root!;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === key) return root;
  const archive = (await guests.prepare(`interpreters-${abi}`, progress)).root!;
  rmSync(root, { recursive: true, force: true });
  for (const { path, mode, bytes = new Uint8Array(0) } of cpioEntries(archive)) {
    const to = join(root, path), type = mode & 0o170000;
    mkdirSync(type === 0o040000 ? to : dirname(to), { recursive: true });
    if (type === 0o120000) symlinkSync(new TextDecoder().decode(bytes), to);
    else if (type === 0o100000) writeFileSync(to, bytes, { mode: mode & 0o7777 });
  }
  const [program, ...words] = interpreterCommand(abi, root, "python3.11");
  execFileSync(program!, [...words, "-S", "-c", COMPILE, join(root, "usr/lib/python3.11")], { stdio: "pipe" });
  writeFileSync(stamp, key);
  return root;
}
const COMPILE = `import os, sys, py_compile
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith(".py") and os.path.exists(os.path.join(folder, name)):
            path = os.path.join(folder, name)
            py_compile.compile(path, dfile="/usr/lib/python3.11" + path[len(sys.argv[1]):], invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH, doraise=True)`;

/** The words that start an interpreter of a root directory on this computer, by that directory's own dynamic linker and libraries. */
export function interpreterCommand(abi: Abi, root: string, name: "lua5.4" | "python3.11"): string[] {
  const folder = abi === "i386" ? "i386-linux-gnu" : "x86_64-linux-gnu", linker = abi === "i386" ? "ld-linux.so.2" : "ld-linux-x86-64.so.2";
  return [`${root}/lib/${folder}/${linker}`, "--library-path", `${root}/lib/${folder}:${root}/usr/lib/${folder}`, `${root}/usr/bin/${name}`];
}
