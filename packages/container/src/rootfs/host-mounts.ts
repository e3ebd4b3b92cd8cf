import { HostError } from "@ringzero/host";
import type { Cgroup, Kernel } from "@ringzero/kernel";
import { MS_RDONLY } from "@ringzero/linux-abi";
import { byteString, Dentry, Hostfs, Mount, type Inode, type MountNamespace } from "@ringzero/vfs";
import type { MountSpec } from "../spec.ts";
import { makeDirectories, makeFile } from "./files.ts";

/** Directories of the host in one container, which are given back with it. */
export class HostMounts {
  readonly #kernel: Kernel;
  readonly #cgroup: Cgroup;
  readonly #open: Hostfs[] = [];

  /** None yet; frames of their files are charged to `cgroup`. */
  constructor(kernel: Kernel, cgroup: Cgroup) {
    this.#kernel = kernel;
    this.#cgroup = cgroup;
  }
  /** A directory of the host as a file system. Throws an Error of one sentence where it cannot be opened. */
  directory(path: string, readOnly: boolean): Hostfs {
    const kernel = this.#kernel, { files } = kernel.machine.host, directory = files.openDirectory(path);
    const fs = new Hostfs({ store: kernel.chargedStore(this.#cgroup), device: kernel.nextDevice(), now: () => kernel.now(), directory, user: files.user, readOnly });
    this.#open.push(fs);
    return fs;
  }
  /** Mounts a directory or a file of the host; the place is made where it is not there. */
  mount(mounts: MountNamespace, { source, destination, readonly = false }: MountSpec): void {
    const { fs, inode, name } = this.#source(source, readonly);
    new Mount(fs, new Dentry(name, undefined, inode), readonly ? MS_RDONLY : 0).attach(inode.isDirectory ? makeDirectories(mounts, destination) : makeFile(mounts, destination));
  }
  #source(path: string, readOnly: boolean): { readonly fs: Hostfs; readonly inode: Inode; readonly name: string } {
    const trimmed = path.replace(/\/+$/, ""), at = trimmed.lastIndexOf("/"), name = byteString(trimmed.slice(at + 1));
    try {
      const fs = this.directory(path, readOnly);
      return { fs, inode: fs.root, name: "" };
    } catch (error) {
      if (!(error instanceof HostError) || error.code !== "not-a-directory") throw asSentence(error, path);
    }
    // A file: the directory that it is in is opened, and nothing else of that is shown.
    try {
      const fs = this.directory(trimmed.slice(0, at) || "/", readOnly), inode = fs.root.lookup(name);
      if (inode?.isRegular) return { fs, inode, name };
    } catch (error) {
      throw asSentence(error, path);
    }
    throw new Error(`"${path}" on the host is neither a directory nor a regular file: only those can be mounted.`);
  }
  /** Gives everything back. */
  close(): void { for (const fs of this.#open.splice(0)) fs.close(); }
}

/** An error of the host, said of the path that the user gave. */
function asSentence(error: unknown, path: string): unknown {
  if (!(error instanceof HostError)) return error;
  switch (error.code) {
    case "not-found": return new Error(`"${path}" is not there on the host: make it first, or look at the spelling.`, { cause: error });
    case "denied": return new Error(`"${path}" on the host may not be opened: look at its permissions.`, { cause: error });
    case "unsupported": return new Error(`"${path}" cannot be mounted: this platform has no directories to show.`, { cause: error });
    default: return new Error(`"${path}" on the host cannot be opened: ${error.message}`, { cause: error });
  }
}
/** The root file system in a directory of the host. */
export function hostRoot(host: HostMounts, path: string, readOnly: boolean): Hostfs {
  try {
    return host.directory(path, readOnly);
  } catch (error) {
    if (error instanceof HostError && error.code === "not-a-directory") throw new Error(`"${path}" on the host is no directory: a root file system is one.`, { cause: error });
    throw asSentence(error, path);
  }
}
