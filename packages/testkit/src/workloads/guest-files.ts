import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { busyboxApplets } from "@ringzero/guests";

/** A file of a root directory: its path without a leading slash, and its bytes or where it leads. */
export interface GuestFile {
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
  readonly link: string | undefined;
}

const SCRIPTS = fileURLToPath(new URL("sources/", import.meta.url));
const file = (path: string, from: string, mode: number): GuestFile => ({ path, mode, bytes: readFileSync(from), link: undefined });
const symlink = (path: string, link: string): GuestFile => ({ path, mode: 0o777, bytes: new Uint8Array(0), link });

/** What a guest needs to run workloads, from the directory of a build: programs in /bin, scripts in /bench, with `interpreters` theirs too. */
export function guestFiles(directory: string, interpreters: boolean): GuestFile[] {
  const busybox = join(directory, "busybox"), files = ["busybox", "bench", "gen", "tm", "true_static"].map((name) => file(`bin/${name}`, join(directory, name), 0o755));
  for (const name of busyboxApplets(readFileSync(busybox))) if (name !== "busybox") files.push(symlink(`bin/${name}`, "busybox"));
  if (!interpreters) return files;
  for (const name of readdirSync(SCRIPTS)) if (/\.(lua|py)$/.test(name)) files.push(file(`bench/${name}`, join(SCRIPTS, name), 0o644));
  const root = join(directory, "root");
  for (const path of (readdirSync(root, { recursive: true }) as string[]).toSorted()) {
    const from = join(root, path), status = lstatSync(from);
    if (status.isSymbolicLink()) files.push(symlink(path, readlinkSync(from)));
    else if (status.isFile()) files.push(file(path, from, status.mode & 0o7777));
  }
  return files;
}
