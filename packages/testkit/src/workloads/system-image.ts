import { readFileSync } from "node:fs";
import { busyboxApplets, characterDevice, cpioNewc, directory, file, symlink, type CpioEntry } from "@ringzero/guests";
import type { Programs } from "./build.ts";
import { commandOf, placed, type Places, type Workload } from "./workload.ts";

/** Where the guest has the programs. */
const GUEST: Places = { busybox: "/bin/busybox", bench: "/bin/bench", gen: "/bin/gen", tm: "/bin/tm", true: "/bin/true_static", tmp: "/tmp" };
/** Printed when the system is up, and when all workloads are done. */
export const READY = "WORKLOADS-READY", DONE = "WORKLOADS-DONE";

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** An initial RAM file system whose first program runs workloads one after the other and switches the machine off. An empty command between two lines measures the console. */
export function workloadInitramfs(programs: Programs, workloads: readonly Workload[]): Uint8Array {
  const lines = workloads.flatMap((w) => [...(w.before ? [placed(once(w.before), GUEST)] : []), commandOf(w, GUEST).map(quote).join(" ")]);
  const init = `#!/bin/sh
export PATH=/bin TRUE=/bin/true_static
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mount -t tmpfs -o size=90% tmp /tmp
echo ${READY}
tm empty true_static
${lines.join("\n")}
echo ${DONE}
poweroff -f
`;
  const busybox = readFileSync(programs.busybox), entries: CpioEntry[] = [];
  for (const d of ["bin", "dev", "etc", "proc", "root", "sys", "tmp"]) entries.push(directory(d, 0o755));
  entries.push(file("bin/busybox", busybox, 0o755), characterDevice("dev/console", 5, 1), characterDevice("dev/null", 1, 3, 0o666));
  for (const name of busyboxApplets(busybox)) if (name !== "busybox") entries.push(symlink(`bin/${name}`, "busybox"));
  for (const [name, path] of [["bench", programs.bench], ["gen", programs.gen], ["tm", programs.tm], ["true_static", programs.true]] as const) entries.push(file(`bin/${name}`, readFileSync(path), 0o755));
  entries.push(file("init", new TextEncoder().encode(init), 0o755));
  return cpioNewc(entries);
}

/** In one system the data of one workload serve the next. */
function once(before: string): string {
  return before.replace(/^(.*?) > (\$tmp\/data)(;|$)/, "[ -f $2 ] || $1 > $2$3").replace(/; (.*gzip -9) -f \$tmp\/data$/, "; [ -f $$tmp/data.gz ] || $1 -k -f $$tmp/data");
}
