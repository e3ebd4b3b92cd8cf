import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";

/** The two ABIs. */
export type Abi = "i386" | "amd64";

const STORE = fileURLToPath(new URL("../../../../.cache/store", import.meta.url));
const SOURCES = fileURLToPath(new URL("sources/", import.meta.url));

/** What a build has made: paths of this computer. */
export interface Programs {
  readonly directory: string;
  readonly bench: string;
  readonly gen: string;
  readonly tm: string;
  readonly true: string;
  readonly busybox: string;
}

/**
 * Builds the workloads' programs for an ABI, statically, as the peers were measured with: `gcc -O2 -static`, with `-m32` for i386. What is there and newer than its source
 * stays. Throws an Error that names what is missing: gcc, gcc-multilib, or the prepared guest with busybox.
 */
export async function buildPrograms(abi: Abi, directory: string): Promise<Programs> {
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
  const busybox = (await new Guests(nodeHost({ storeDirectory: STORE })).get(`busybox-${abi}`))?.busybox;
  if (!busybox) throw new Error("There is no busybox to run: prepare the guests with `npm run guests`.");
  const path = join(into, "busybox");
  writeFileSync(path, busybox, { mode: 0o755 });
  return { directory: into, bench: made["bench"]!, gen: made["gen"]!, tm: made["tm"]!, true: made["true"]!, busybox: path };
}
