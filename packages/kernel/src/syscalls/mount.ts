import { AT_FDCWD, CLONE_FILES, CLONE_FS, EBUSY, EINVAL, ENODEV, ENOTDIR, EPERM, MS_BIND, MS_MOVE, MS_PRIVATE, MS_RDONLY, MS_REC, MS_REMOUNT } from "@ringzero/linux-abi";
import { Dentry, Mount, samePath, type FileSystem, type Path } from "@ringzero/vfs";
import { Devpts } from "../files/devpts.ts";
import { Sysfs } from "../proc/sysfs.ts";
import { Proc } from "../proc/proc.ts";
import { address, int, path, syscall, ulong, type SystemCall } from "../syscall.ts";
import { enterNewNamespaces } from "../task/clone.ts";
import type { Task } from "../task/task.ts";
import { placeOf } from "./place.ts";

/** Propagation of mounts is not there: every mount is private. mount_namespaces(7). */
const PROPAGATION = MS_PRIVATE | (1 << 17) | (1 << 19) | (1 << 20), KEPT = 0xf;
const MNT_DETACH = 2;

function needPrivilege(task: Task): void { if (!task.credentials.privileged) throw EPERM; }
function directory(task: Task, at: number): Path {
  const place = placeOf(task, AT_FDCWD, task.memory.string(at));
  if (!place.dentry.inode.isDirectory) throw ENOTDIR;
  return place;
}
function newFileSystem(task: Task, type: string): FileSystem {
  switch (type) {
    case "tmpfs": case "ramfs": case "devtmpfs": return task.kernel.newTmpfs(0o1777);
    case "devpts": return new Devpts(task.kernel);
    case "sysfs": return new Sysfs(task.kernel);
    case "proc": return new Proc(task.kernel, task.pids);
    default: throw ENODEV;
  }
}
/** mount(2). Linux, fs/namespace.c:path_mount(). */
function mount(task: Task, source: number, target: number, type: number, flags: number): number {
  needPrivilege(task);
  const place = placeOf(task, AT_FDCWD, task.memory.string(target));
  if (flags & MS_REMOUNT) {
    if (place.dentry !== place.mount.root) throw EINVAL;
    place.mount.flags = flags & KEPT;
    return 0;
  }
  if (flags & PROPAGATION) return 0;
  if (flags & MS_MOVE) {
    const from = placeOf(task, AT_FDCWD, task.memory.string(source));
    if (from.dentry !== from.mount.root || !from.mount.parent) throw EINVAL;
    from.mount.parent.children.delete(from.mount.mountpoint!);
    from.mount.attach(place);
    return 0;
  }
  if (flags & MS_BIND) {
    const from = placeOf(task, AT_FDCWD, task.memory.string(source));
    if (from.dentry.inode.isDirectory !== place.dentry.inode.isDirectory) throw ENOTDIR;
    const made = new Mount(from.mount.fileSystem, from.dentry, from.mount.flags | (flags & MS_RDONLY), from.mount.source);
    if (flags & MS_REC) for (const [dentry, child] of from.mount.children) if (from.dentry.contains(dentry)) child.copyTree().attach({ mount: made, dentry });
    made.attach(place);
    return 0;
  }
  if (!place.dentry.inode.isDirectory) throw ENOTDIR;
  const fs = newFileSystem(task, task.memory.string(type));
  new Mount(fs, new Dentry("", undefined, fs.root), flags & KEPT, source === 0 ? "none" : task.memory.string(source)).attach(place);
  return 0;
}
function umount(task: Task, target: number, flags: number): number {
  needPrivilege(task);
  const place = placeOf(task, AT_FDCWD, task.memory.string(target));
  if (place.dentry !== place.mount.root || !place.mount.parent) throw EINVAL;
  if (flags & MNT_DETACH) {
    place.mount.parent.children.delete(place.mount.mountpoint!);
    place.mount.parent = place.mount.mountpoint = undefined;
    return 0;
  }
  if (inUse(task, place.mount)) throw EBUSY;
  place.mount.detach();
  return 0;
}
function inUse(task: Task, mounted: Mount): boolean {
  for (const other of task.kernel.tasks.values()) {
    if (other.fs.cwd.mount === mounted || other.fs.root.mount === mounted) return true;
    for (const fd of other.files.numbers()) if (other.files.get(fd).path?.mount === mounted) return true;
  }
  return false;
}
/** pivot_root(2): the new root is a mount point, and the old one is put below it. Linux, fs/namespace.c:pivot_root. */
function pivotRoot(task: Task, newRoot: number, putOld: number): number {
  needPrivilege(task);
  const next = directory(task, newRoot), old = directory(task, putOld), { root } = task.fs;
  if (next.dentry !== next.mount.root || !next.mount.parent) throw EINVAL;
  if (next.mount === root.mount) throw EBUSY;
  if (root.dentry !== root.mount.root) throw EINVAL;
  next.mount.parent.children.delete(next.mount.mountpoint!);
  const above = root.mount.parent && { mount: root.mount.parent, dentry: root.mount.mountpoint! };
  if (above) above.mount.children.delete(above.dentry);
  next.mount.parent = next.mount.mountpoint = undefined;
  if (above) next.mount.attach(above);
  root.mount.attach(old);
  const { namespace } = task.fs;
  if (namespace.root === root.mount) namespace.root = next.mount;
  const moved: Path = { mount: next.mount, dentry: next.mount.root };
  for (const other of task.kernel.tasks.values()) {
    if (other.fs.namespace !== namespace) continue;
    if (samePath(other.fs.root, root)) other.fs.root = moved;
    if (samePath(other.fs.cwd, root)) other.fs.cwd = moved;
  }
  return 0;
}
function unshare(task: Task, flags: number): number {
  enterNewNamespaces(task, flags & ~(CLONE_FS | CLONE_FILES));
  if (flags & CLONE_FS) task.fs = { ...task.fs };
  if (flags & CLONE_FILES) {
    const own = task.files.fork();
    task.files.leave();
    task.files = own;
  }
  return 0;
}

/** mount(2), umount(2), pivot_root(2), unshare(2). */
export const MOUNT: readonly SystemCall[] = [
  syscall("mount", [path, path, path, ulong, address], mount, "partial: tmpfs, proc, bind, move, remount; every mount is private"),
  syscall("umount2", [path, int], umount),
  syscall("umount", [path], (task, target) => umount(task, target, 0)),
  syscall("pivot_root", [path, path], pivotRoot),
  syscall("unshare", [int], unshare, "partial: namespaces of mounts, numbers and host name"),
];
