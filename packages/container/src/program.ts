import type { Kernel, Namespaces, Program } from "@ringzero/kernel";
import { EACCES, ENOEXEC, ENOENT, ENOTDIR, Errno } from "@ringzero/linux-abi";
import { byteString, walk, type Path } from "@ringzero/vfs";
import { contextOf } from "./rootfs/files.ts";
import type { ProcessSpec } from "./spec.ts";
import { StartError } from "./start-error.ts";
import { resolveUser } from "./user.ts";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What the kernel is to start for a specification, its streams left open. Throws a {@link StartError}. */
export function programOf(kernel: Kernel, namespaces: Namespaces, spec: ProcessSpec): Omit<Program, "files" | "terminal"> {
  const [name] = spec.args;
  if (name === undefined || name === "") throw new StartError("No program is given, and the image names none. Say what to run.", 127);
  const { credentials, home } = resolveUser(kernel, namespaces.mounts, spec.user ?? "");
  const environment = environmentOf(spec, namespaces.uts.hostName, home), workingDirectory = spec.cwd ?? "/";
  const path = search(namespaces, workingDirectory, name, environment.find((line) => line.startsWith("PATH="))?.slice(5) ?? "");
  return { path, arguments: spec.args, environment, workingDirectory, credentials, namespaces };
}

/** A container's environment: what every program finds, then the specification's; of two values of one name the later one is right. */
function environmentOf(spec: ProcessSpec, hostName: string, home: string): string[] {
  const values = new Map<string, string>([["PATH", DEFAULT_PATH], ["HOSTNAME", hostName], ...(spec.terminal ? [["TERM", "xterm"] as const] : []), ["HOME", home]]);
  for (const line of spec.env ?? []) {
    const at = line.indexOf("=");
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1));
  }
  return [...values].map(([name, value]) => `${name}=${value}`);
}

/** Where a program lies, as execvp(3) looks for it. */
function search(namespaces: Namespaces, cwd: string, name: string, path: string): string {
  const context = contextOf(namespaces.mounts), at = (file: string): Path => walk(context, context.root, byteString(file), true);
  const absolute = (file: string): string => (file.startsWith("/") ? file : `${cwd}/${file}`);
  if (name.includes("/")) return absolute(name);
  let found = false;
  for (const folder of path.split(":")) {
    const file = absolute(`${folder || "."}/${name}`);
    try {
      const { inode } = at(file).dentry;
      if (!inode.isRegular) continue;
      found = true;
      if (inode.mode & 0o111) return file;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  throw found ? new StartError(`"${name}" may not be executed: its file has no execute permission.`, 126) : new StartError(`"${name}" is not in the container: no directory of PATH (${path}) has it.`, 127);
}

/** The sentence for an errno with which the kernel refused to start a program. */
export function startError(error: unknown, spec: ProcessSpec): unknown {
  if (!(error instanceof Errno)) return error;
  const name = spec.args[0] ?? "";
  switch (error) {
    case ENOENT: case ENOTDIR: return new StartError(`"${name}" cannot be started: it, its interpreter, or the working directory "${spec.cwd ?? "/"}" is not in the container.`, 127);
    case EACCES: return new StartError(`"${name}" cannot be started: it may not be executed by that user.`, 126);
    case ENOEXEC: return new StartError(`"${name}" cannot be started: it is no program for i386 or x86-64 and no script.`, 126);
    default: return new StartError(`"${name}" cannot be started: ${error.name}.`, 126);
  }
}
