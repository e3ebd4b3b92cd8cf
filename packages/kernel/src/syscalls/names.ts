import { AT_EMPTY_PATH, AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_FOLLOW, AT_SYMLINK_NOFOLLOW, DIRENT64_NAME, EACCES, EINVAL, ENOENT, ENOTDIR, EPERM, ERANGE, linux_dirent64, S_IFDIR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK } from "@ringzero/linux-abi";
import { bytesOf, makeLink, makeNode, makeSymlink, MAY_EXEC, pathName, permits, readlink, removeDirectory, rename, unlink, type Path } from "@ringzero/vfs";
import { address, fd, int, path, size, syscall, uint, type SystemCall } from "../syscall.ts";
import type { Task } from "../task/task.ts";
import { placeOf, startOf } from "./place.ts";

type Names = typeof unlink;
const named = (act: Names) => (task: Task, directory: number, at: number): number => {
  const name = task.memory.string(at);
  act(task.walk, startOf(task, directory, name), name);
  return 0;
};
const unlinkName = named(unlink), removeName = named(removeDirectory);

function mkdir(task: Task, directory: number, at: number, mode: number): number {
  const name = task.memory.string(at);
  makeNode(task.walk, startOf(task, directory, name), name, S_IFDIR | (mode & 0o1777 & ~task.fs.umask));
  return 0;
}
function mknod(task: Task, directory: number, at: number, mode: number, device: number): number {
  const name = task.memory.string(at), type = (mode & S_IFMT) === 0 ? S_IFREG : mode & S_IFMT;
  if (type === S_IFDIR) throw EPERM;
  if (type !== S_IFREG && type !== S_IFIFO && type !== S_IFSOCK && !task.credentials.privileged) throw EPERM;
  makeNode(task.walk, startOf(task, directory, name), name, type | (mode & 0o7777 & ~task.fs.umask), device);
  return 0;
}
function symlink(task: Task, target: number, directory: number, at: number): number {
  const name = task.memory.string(at);
  makeSymlink(task.walk, startOf(task, directory, name), name, task.memory.string(target));
  return 0;
}
function link(task: Task, fromDirectory: number, from: number, toDirectory: number, to: number, flags: number): number {
  const name = task.memory.string(to), old = task.memory.string(from);
  let existing: Path | undefined;
  if (old === "" && flags & AT_EMPTY_PATH) existing = task.files.get(fromDirectory).path;
  else existing = placeOf(task, fromDirectory, old, flags & AT_SYMLINK_FOLLOW ? 0 : AT_SYMLINK_NOFOLLOW);
  if (!existing) throw ENOENT;
  makeLink(task.walk, existing, startOf(task, toDirectory, name), name);
  return 0;
}
function renameAt(task: Task, fromDirectory: number, from: number, toDirectory: number, to: number, flags: number = 0): number {
  const old = task.memory.string(from), name = task.memory.string(to);
  rename(task.walk, startOf(task, fromDirectory, old), old, startOf(task, toDirectory, name), name, flags);
  return 0;
}
function readlinkAt(task: Task, directory: number, at: number, into: number, length: number): number {
  if (length <= 0) throw EINVAL;
  const name = task.memory.string(at), target = bytesOf(readlink(task.walk, startOf(task, directory, name), name)).subarray(0, length);
  task.memory.write(into, target);
  return target.length;
}

function getcwd(task: Task, into: number, length: number): number {
  if (task.fs.cwd.dentry.unlinked) throw ENOENT;
  const place = pathName(task.fs.cwd, task.fs.root), name = bytesOf(`${place.reachable ? "" : "(unreachable)"}${place.name}\0`);
  if (name.length > length) throw ERANGE;
  task.memory.write(into, name);
  return name.length;
}
function enterDirectory(task: Task, place: Path): number {
  if (!place.dentry.inode.isDirectory) throw ENOTDIR;
  if (!permits(place.dentry.inode, task.credentials, MAY_EXEC)) throw EACCES;
  task.fs.cwd = place;
  return 0;
}
function fchdir(task: Task, number: number): number {
  const file = task.files.get(number);
  if (!file.path) throw ENOTDIR;
  return enterDirectory(task, file.path);
}
function chroot(task: Task, at: number): number {
  if (!task.credentials.privileged) throw EPERM;
  const place = placeOf(task, AT_FDCWD, task.memory.string(at));
  if (!place.dentry.inode.isDirectory) throw ENOTDIR;
  task.fs.root = place;
  return 0;
}

/** getdents64(2): as many entries as fit. */
function getdents64(task: Task, number: number, into: number, count: number): number {
  const file = task.files.get(number), out = new Uint8Array(Math.min(count, 1 << 20)), header = linux_dirent64.for(task.abi);
  let used = 0, refused = false;
  file.readDirectory(({ name, inode, type, next }) => {
    const length = Math.ceil((DIRENT64_NAME + name.length + 1) / 8) * 8;
    if (used + length > out.length) {
      refused = true;
      return false;
    }
    header.write({ data: new DataView(out.buffer) }, used, { d_ino: BigInt(inode), d_off: BigInt(next), d_reclen: length, d_type: type >> 12 });
    out.set(bytesOf(name), used + DIRENT64_NAME);
    used += length;
    return true;
  });
  if (used === 0 && refused) throw EINVAL;
  task.memory.write(into, out.subarray(0, used));
  return used;
}

/** Calls that make, move, remove and list names; working and root directory. */
export const NAMES: readonly SystemCall[] = [
  syscall("mkdir", [path, uint], (task, at, mode) => mkdir(task, AT_FDCWD, at, mode)),
  syscall("mkdirat", [fd, path, uint], mkdir),
  syscall("mknod", [path, uint, uint], (task, at, mode, device) => mknod(task, AT_FDCWD, at, mode, device)),
  syscall("mknodat", [fd, path, uint, uint], mknod),
  syscall("unlink", [path], (task, at) => unlinkName(task, AT_FDCWD, at)),
  syscall("rmdir", [path], (task, at) => removeName(task, AT_FDCWD, at)),
  syscall("unlinkat", [fd, path, int], (task, directory, at, flags) => (flags & AT_REMOVEDIR ? removeName : unlinkName)(task, directory, at)),
  syscall("symlink", [path, path], (task, target, at) => symlink(task, target, AT_FDCWD, at)),
  syscall("symlinkat", [path, fd, path], symlink),
  syscall("link", [path, path], (task, from, to) => link(task, AT_FDCWD, from, AT_FDCWD, to, 0)),
  syscall("linkat", [fd, path, fd, path, int], link),
  syscall("rename", [path, path], (task, from, to) => renameAt(task, AT_FDCWD, from, AT_FDCWD, to)),
  syscall("renameat", [fd, path, fd, path], renameAt),
  syscall("renameat2", [fd, path, fd, path, uint], renameAt, "partial: RENAME_NOREPLACE, not EXCHANGE or WHITEOUT"),
  syscall("readlink", [path, address, int], (task, at, into, length) => readlinkAt(task, AT_FDCWD, at, into, length)),
  syscall("readlinkat", [fd, path, address, int], readlinkAt),
  syscall("getcwd", [address, size], getcwd),
  syscall("chdir", [path], (task, at) => enterDirectory(task, placeOf(task, AT_FDCWD, task.memory.string(at)))),
  syscall("fchdir", [fd], fchdir),
  syscall("chroot", [path], chroot),
  syscall("getdents64", [fd, address, uint], getdents64),
];
