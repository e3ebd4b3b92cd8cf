import { characterDevice, cpioNewc, directory, file, symlink, type CpioEntry } from "@ringzero/guests";
import { guestFiles, type GuestFile } from "./guest-files.ts";
import { commandOf, EMPTY, GUEST, placed, type Workload } from "./workload.ts";

/** Printed when the system is up, and when all workloads are done. */
export const READY = "WORKLOADS-READY", DONE = "WORKLOADS-DONE";

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** The first program of a system that runs workloads one after the other, having measured what lines take on their way to the console, and switches the machine off. */
export function workloadScript(workloads: readonly Workload[]): string {
  const words = (w: Workload): string => commandOf(w, GUEST).map(quote).join(" "), shell = (text: string | undefined): string[] => (text === undefined ? [] : [placed(text, GUEST)]);
  return `#!/bin/sh
export PATH=/bin TRUE=/bin/true_static
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mount -t tmpfs -o size=90% tmp /tmp
echo ${READY}
${[words(EMPTY), ...workloads.flatMap((w) => [...shell(w.before), words(w), ...shell(w.after)])].join("\n")}
echo ${DONE}
poweroff -f
`;
}

/** An initial RAM file system with the workloads' programs, of a build's directory, and their script. */
export function workloadInitramfs(programs: string, workloads: readonly Workload[]): Uint8Array {
  return archive(guestFiles(programs, workloads.some((w) => w.interpreted)), workloadScript(workloads));
}
function archive(files: readonly GuestFile[], init: string): Uint8Array {
  const entries: CpioEntry[] = [], made = new Set<string>(), make = (path: string): void => {
    if (path === "" || made.has(path)) return;
    make(path.slice(0, Math.max(path.lastIndexOf("/"), 0)));
    made.add(path);
    entries.push(directory(path, 0o755));
  };
  for (const d of ["bin", "dev", "etc", "proc", "root", "sys", "tmp"]) make(d);
  entries.push(characterDevice("dev/console", 5, 1), characterDevice("dev/null", 1, 3, 0o666));
  for (const { path, mode, bytes, link } of files) {
    make(path.slice(0, path.lastIndexOf("/")));
    entries.push(link === undefined ? file(path, bytes, mode) : symlink(path, link));
  }
  entries.push(file("init", new TextEncoder().encode(init), 0o755));
  return cpioNewc(entries);
}
