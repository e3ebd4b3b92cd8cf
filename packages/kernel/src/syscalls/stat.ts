import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, EINVAL, EACCES, EROFS, MS_RDONLY, NAME_MAX, stat, stat64, statfs, statfs64, DEVPTS_SUPER_MAGIC, PROC_SUPER_MAGIC, S_ISGID, S_ISUID, SYSFS_MAGIC, statx, STATX_BASIC_STATS, W_OK, EPERM } from "@ringzero/linux-abi";
import { permits, refuseReadOnly, type FileSystem, type Inode } from "@ringzero/vfs";
import { address, fd, int, path, size, syscall, uint, type SystemCall } from "../syscall.ts";
import type { Task } from "../task/task.ts";
import { inodeOf, placeOf } from "./place.ts";

const STAT_64 = stat64.for("i386"), STATX = statx.for("x86_64");

function writeStat(task: Task, at: number, inode: Inode): number {
  const { memory } = task, { accessed, modified, changed } = inode;
  if (task.abi === "x86_64") {
    memory.write(at, stat.bytes({
      st_dev: BigInt(inode.fileSystem.device), st_ino: BigInt(inode.number), st_nlink: BigInt(inode.links), st_mode: inode.mode, st_uid: inode.uid, st_gid: inode.gid, st_rdev: BigInt(inode.device), st_size: BigInt(inode.size),
      st_blksize: 4096n, st_blocks: BigInt(inode.blocks), st_atime: BigInt(accessed.seconds), st_atime_nsec: BigInt(accessed.nanoseconds), st_mtime: BigInt(modified.seconds), st_mtime_nsec: BigInt(modified.nanoseconds),
      st_ctime: BigInt(changed.seconds), st_ctime_nsec: BigInt(changed.nanoseconds),
    }));
  } else {
    memory.write(at, STAT_64.bytes({
      st_dev: BigInt(inode.fileSystem.device), st_mode: inode.mode, st_nlink: inode.links, st_uid: inode.uid, st_gid: inode.gid, st_rdev: BigInt(inode.device), st_size: BigInt(inode.size), st_blksize: 4096, st_blocks: BigInt(inode.blocks),
      st_atime: accessed.seconds, st_atime_nsec: accessed.nanoseconds, st_mtime: modified.seconds, st_mtime_nsec: modified.nanoseconds, st_ctime: changed.seconds, st_ctime_nsec: changed.nanoseconds, st_ino: BigInt(inode.number),
    }));
  }
  return 0;
}
function writeStatx(task: Task, at: number, inode: Inode): number {
  const time = ({ seconds, nanoseconds }: Inode["accessed"]): { tv_sec: bigint; tv_nsec: number } => ({ tv_sec: BigInt(seconds), tv_nsec: nanoseconds });
  const major = (device: number): number => (device >>> 8) & 0xfff, minor = (device: number): number => (device & 0xff) | ((device >>> 12) & 0xf_ff00);
  task.memory.write(at, STATX.bytes({
    stx_mask: STATX_BASIC_STATS, stx_blksize: 4096, stx_nlink: inode.links, stx_uid: inode.uid, stx_gid: inode.gid, stx_mode: inode.mode, stx_ino: BigInt(inode.number), stx_size: BigInt(inode.size), stx_blocks: BigInt(inode.blocks),
    stx_atime: time(inode.accessed), stx_mtime: time(inode.modified), stx_ctime: time(inode.changed), stx_rdev_major: major(inode.device), stx_rdev_minor: minor(inode.device),
    stx_dev_major: major(inode.fileSystem.device), stx_dev_minor: minor(inode.fileSystem.device),
  }));
  return 0;
}
function statAt(task: Task, directory: number, at: number, into: number, flags: number): number {
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | 0x800)) throw EINVAL;
  return writeStat(task, into, inodeOf(task, directory, task.memory.string(at), flags));
}
function access(task: Task, directory: number, at: number, mode: number, flags: number = 0): number {
  if (mode & ~7) throw EINVAL;
  const place = placeOf(task, directory, task.memory.string(at), flags), { inode } = place.dentry;
  if (mode & W_OK && inode.isRegular && (place.mount.flags & MS_RDONLY || place.mount.fileSystem.readOnly)) throw EROFS;
  if (mode !== 0 && !permits(inode, task.credentials, mode)) throw EACCES;
  return 0;
}
function chmod(task: Task, inode: Inode, mode: number): number {
  if (!task.credentials.privileged && task.credentials.uid !== inode.uid) throw EPERM;
  inode.setAttributes({ mode: mode & 0o7777 });
  return 0;
}
function chown(task: Task, inode: Inode, uid: number, gid: number): number {
  if (!task.credentials.privileged) throw EPERM;
  // Whose program runs as its owner is decided anew with a new owner. Linux, fs/open.c:chown_common(), setattr_should_drop_suidgid().
  const dropped = inode.isDirectory ? 0 : S_ISUID | (inode.mode & 0o010 ? S_ISGID : 0), kept = inode.mode & 0o7777 & ~dropped;
  inode.setAttributes({ ...(kept === (inode.mode & 0o7777) ? {} : { mode: kept }), ...(uid === 0xffff_ffff ? {} : { uid }), ...(gid === 0xffff_ffff ? {} : { gid }) });
  return 0;
}
function writeStatfs(task: Task, at: number, fs: FileSystem): number {
  const { blocks, free } = roomOf(task, fs), sizes = { f_blocks: BigInt(blocks), f_bfree: BigInt(free), f_bavail: BigInt(free), f_files: 0n, f_ffree: 0n, f_fsid: [fs.device, 0] };
  task.memory.write(at, statfs.for(task.abi).bytes({ ...sizes, f_type: BigInt(fs.magic), f_bsize: 4096n, f_namelen: BigInt(NAME_MAX), f_frsize: 4096n, f_flags: BigInt(ST_VALID) }));
  return 0;
}
function writeStatfs64(task: Task, at: number, size: number, fs: FileSystem): number {
  if (size !== STATFS_64.size) throw EINVAL;
  const { blocks, free } = roomOf(task, fs), sizes = { f_blocks: BigInt(blocks), f_bfree: BigInt(free), f_bavail: BigInt(free), f_files: 0n, f_ffree: 0n, f_fsid: [fs.device, 0] };
  task.memory.write(at, STATFS_64.bytes({ ...sizes, f_type: fs.magic, f_bsize: 4096, f_namelen: NAME_MAX, f_frsize: 4096, f_flags: ST_VALID }));
  return 0;
}
/** Linux, include/linux/statfs.h: f_flags is meant. */
const ST_VALID = 0x20, STATFS_64 = statfs64.for("i386");
/** Frames that there are for a file system; what is made when it is looked at needs none. */
function roomOf(task: Task, fs: FileSystem): { readonly blocks: number; readonly free: number } {
  if (fs.magic === PROC_SUPER_MAGIC || fs.magic === SYSFS_MAGIC || fs.magic === DEVPTS_SUPER_MAGIC) return { blocks: 0, free: 0 };
  const { capacity, inUse } = task.kernel.machine.ledger().frames, limit = Math.floor((task.cgroup.limits.memory ?? Number.POSITIVE_INFINITY) / 4096), left = Math.max(0, limit - task.cgroup.frames);
  return { blocks: Math.min(capacity, limit), free: Math.min(capacity - inUse, left) };
}
const TIME_NOW = 0x3fff_ffff, TIME_OMIT = 0x3fff_fffe;
/** utimensat(2): two timespecs of `word` bytes a number. */
function utimens(task: Task, directory: number, at: number, times: number, flags: number, word: 4 | 8): number {
  const inode = at === 0 ? task.files.get(directory).inode : inodeOf(task, directory, task.memory.string(at), flags), now = inode.fileSystem.now();
  const time = (n: number, old: Inode["accessed"]): Inode["accessed"] => {
    if (times === 0) return now;
    const read = (a: number): number => (word === 4 ? task.memory.u32(a) : task.memory.u64(a));
    const seconds = read(times + n * 2 * word), nanoseconds = read(times + (n * 2 + 1) * word);
    return nanoseconds === TIME_NOW ? now : nanoseconds === TIME_OMIT ? old : { seconds, nanoseconds };
  };
  inode.setAttributes({ accessed: time(0, inode.accessed), modified: time(1, inode.modified) });
  return 0;
}
function truncateFile(inode: Inode, length: number): number {
  if (length < 0) throw EINVAL;
  inode.truncate(length);
  return 0;
}
function truncate(task: Task, at: number, length: number): number {
  const place = placeOf(task, AT_FDCWD, task.memory.string(at));
  if (!permits(place.dentry.inode, task.credentials, W_OK)) throw EACCES;
  refuseReadOnly(place);
  return truncateFile(place.dentry.inode, length);
}
function ftruncate(task: Task, number: number, length: number): number {
  const file = task.files.get(number);
  if (!file.writable) throw EINVAL;
  return truncateFile(file.inode, length);
}

const follow = (task: Task, at: number): Inode => inodeOf(task, AT_FDCWD, task.memory.string(at), 0);
const noFollow = (task: Task, at: number): Inode => inodeOf(task, AT_FDCWD, task.memory.string(at), AT_SYMLINK_NOFOLLOW);
const open = (task: Task, number: number): Inode => task.files.get(number).inode;

/** stat(2), statfs(2), access(2); what changes attributes and size. */
export const STAT: readonly SystemCall[] = [
  // On i386 these three are the old ones with 16-bit fields, which no C library has used this century: they are left out there.
  ...["stat", "stat64"].map((name) => syscall(name, [path, address], (task, at, into) => writeStat(task, into, follow(task, at)))),
  ...["lstat", "lstat64"].map((name) => syscall(name, [path, address], (task, at, into) => writeStat(task, into, noFollow(task, at)))),
  ...["fstat", "fstat64"].map((name) => syscall(name, [fd, address], (task, number, into) => writeStat(task, into, open(task, number)))),
  ...["newfstatat", "fstatat64"].map((name) => syscall(name, [fd, path, address, int], statAt)),
  syscall("statx", [fd, path, int, uint, address], (task, directory, at, flags, _mask, into) => writeStatx(task, into, inodeOf(task, directory, task.memory.string(at), flags))),
  syscall("access", [path, int], (task, at, mode) => access(task, AT_FDCWD, at, mode)),
  syscall("faccessat", [fd, path, int], access),
  syscall("faccessat2", [fd, path, int, int], access),
  syscall("chmod", [path, uint], (task, at, mode) => chmod(task, follow(task, at), mode)),
  syscall("fchmod", [fd, uint], (task, number, mode) => chmod(task, open(task, number), mode)),
  syscall("fchmodat", [fd, path, uint], (task, directory, at, mode) => chmod(task, inodeOf(task, directory, task.memory.string(at), 0), mode)),
  ...["chown", "chown32"].map((name) => syscall(name, [path, uint, uint], (task, at, uid, gid) => chown(task, follow(task, at), uid, gid))),
  ...["lchown", "lchown32"].map((name) => syscall(name, [path, uint, uint], (task, at, uid, gid) => chown(task, noFollow(task, at), uid, gid))),
  ...["fchown", "fchown32"].map((name) => syscall(name, [fd, uint, uint], (task, number, uid, gid) => chown(task, open(task, number), uid, gid))),
  syscall("fchownat", [fd, path, uint, uint, int], (task, directory, at, uid, gid, flags) => chown(task, inodeOf(task, directory, task.memory.string(at), flags), uid, gid)),
  syscall("statfs", [path, address], (task, at, into) => writeStatfs(task, into, follow(task, at).fileSystem)),
  syscall("statfs64", [path, size, address], (task, at, bytes, into) => writeStatfs64(task, into, bytes, follow(task, at).fileSystem)),
  syscall("fstatfs64", [fd, size, address], (task, number, bytes, into) => writeStatfs64(task, into, bytes, open(task, number).fileSystem)),
  syscall("fstatfs", [fd, address], (task, number, into) => writeStatfs(task, into, open(task, number).fileSystem)),
  syscall("utimensat", [fd, path, address, int], (task, directory, at, times, flags) => utimens(task, directory, at, times, flags, task.abi === "i386" ? 4 : 8)),
  syscall("utimensat_time64", [fd, path, address, int], (task, directory, at, times, flags) => utimens(task, directory, at, times, flags, 8)),
  syscall("truncate", [path, size], truncate),
  syscall("ftruncate", [fd, size], ftruncate),
  syscall("truncate64", [path, uint, uint], (task, at, low, high) => truncate(task, at, low + high * 2 ** 32)),
  syscall("ftruncate64", [fd, uint, uint], (task, number, low, high) => ftruncate(task, number, low + high * 2 ** 32)),
];
