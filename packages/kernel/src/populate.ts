import { O_CREAT, O_WRONLY, S_IFDIR, EEXIST } from "@ringzero/linux-abi";
import { byteString, BytesBuffer, makeNode, makeSymlink, Mount, Dentry, openFile, ROOT, walk, type FileSystem, type MountNamespace, type WalkContext } from "@ringzero/vfs";
import { mountDevpts, type Devpts } from "./files/devpts.ts";
import { DEVICE_LINKS, DEVICE_NODES } from "./files/devices.ts";
import type { Kernel } from "./kernel.ts";
import type { Cgroup } from "./namespaces/cgroup.ts";
import type { PidNamespace } from "./namespaces/pid-namespace.ts";
import { Proc } from "./proc/proc.ts";
import { Sysfs } from "./proc/sysfs.ts";

/** A file's bytes with permissions of its own. */
export interface FileBytes {
  /** Its contents. */
  readonly bytes: Uint8Array;
  /** Its permissions. */
  readonly mode: number;
}
/** A symbolic link. */
export interface LinkTarget {
  /** Where it leads; the place need not exist. */
  readonly link: string;
}
/** What is to lie at a path: bytes (with permissions, default 755), or the target of a symbolic link. Directories come by themselves. */
export type FileContents = Uint8Array | FileBytes | LinkTarget;

/** Mounts proc, sysfs, and a tmpfs with device nodes and terminals, where a root file system has directories for them. Returns the terminals' file system. */
export function mountStandard(kernel: Kernel, namespace: MountNamespace, pids: PidNamespace, cgroup: Cgroup = kernel.cgroup): Devpts | undefined {
  const root = namespace.rootPath, context: WalkContext = { root, cwd: root, credentials: ROOT };
  const mount = (path: string, fs: FileSystem): void => new Mount(fs, new Dentry("", undefined, fs.root)).attach(walk(context, root, path, true));
  if (root.dentry.lookup("proc")) mount("/proc", new Proc(kernel, pids));
  if (root.dentry.lookup("sys")) mount("/sys", new Sysfs(kernel));
  if (!root.dentry.lookup("dev")) return undefined;
  mount("/dev", kernel.newTmpfs(0o755, cgroup));
  for (const [name, mode, device] of DEVICE_NODES) makeNode(context, root, `/dev/${name}`, mode, device);
  const devpts = mountDevpts(kernel, walk(context, root, "/dev/pts", true));
  for (const [name, target] of DEVICE_LINKS) makeSymlink(context, root, `/dev/${name}`, target);
  return devpts;
}

/** Puts files into the root file system, and proc, device nodes and /tmp where they belong. */
export function populate(kernel: Kernel, files: { readonly [path: string]: FileContents }): void {
  const root = kernel.namespace.rootPath, context: WalkContext = { root, cwd: root, credentials: ROOT };
  const directory = (path: string, mode: number = 0o755): void => {
    const parts = path.split("/").filter((part) => part !== "");
    parts.forEach((_, i) => {
      try {
        makeNode(context, root, `/${parts.slice(0, i + 1).join("/")}`, S_IFDIR | (i === parts.length - 1 ? mode : 0o755));
      } catch (error) {
        if (error !== EEXIST) throw error;
      }
    });
  };
  for (const path of ["/dev", "/proc", "/etc", "/root"]) directory(path);
  directory("/tmp", 0o1777);
  mountStandard(kernel, kernel.namespace, kernel.pids);
  for (const [path, contents] of Object.entries(files)) {
    const name = byteString(path);
    directory(name.slice(0, name.lastIndexOf("/")));
    if (!(contents instanceof Uint8Array) && "link" in contents) {
      makeSymlink(context, root, name, byteString(contents.link));
      continue;
    }
    const [bytes, mode] = contents instanceof Uint8Array ? [contents, 0o755] : [contents.bytes, contents.mode];
    openFile(context, root, name, O_CREAT | O_WRONLY, mode, kernel.openSpecial).write(new BytesBuffer(bytes));
  }
}
