import { EBUSY, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY, EPERM, EXDEV, RENAME_NOREPLACE, S_IFDIR, S_IFLNK, S_IFMT, S_ISVTX } from "@ringzero/linux-abi";
import type { Credentials } from "./credentials.ts";
import type { Dentry } from "./dentry.ts";
import type { Path } from "./mount.ts";
import { createAt, mayChange } from "./open.ts";
import { walk, walkToParent, type LastComponent, type WalkContext } from "./path-walk.ts";

/** mkdir(2), mknod(2): `mode` has type and permissions. */
export function makeNode(context: WalkContext, from: Path, path: string, mode: number, device: number = 0): void {
  const last = walkToParent(context, from, path);
  refuseExisting(last);
  if (last.directory && (mode & S_IFMT) !== S_IFDIR) throw ENOENT;
  createAt(context, last.parent, last.name, mode, device);
}
/** symlink(2). */
export function makeSymlink(context: WalkContext, from: Path, path: string, target: string): void {
  if (target === "") throw ENOENT;
  const last = walkToParent(context, from, path);
  refuseExisting(last);
  mayChange(context.credentials, last.parent);
  const inode = last.parent.dentry.inode.symlink(last.name, target, { mode: S_IFLNK | 0o777, credentials: context.credentials });
  last.parent.dentry.add(last.name, inode);
}
/** link(2). */
export function makeLink(context: WalkContext, existing: Path, from: Path, path: string): void {
  const last = walkToParent(context, from, path);
  refuseExisting(last);
  if (existing.mount !== last.parent.mount) throw EXDEV;
  if (existing.dentry.inode.isDirectory) throw EPERM;
  mayChange(context.credentials, last.parent);
  last.parent.dentry.inode.link(last.name, existing.dentry.inode);
  last.parent.dentry.add(last.name, existing.dentry.inode);
}

/** unlink(2). */
export function unlink(context: WalkContext, from: Path, path: string): void {
  const last = walkToParent(context, from, path), dentry = existing(last);
  if (dentry.inode.isDirectory) throw EISDIR;
  if (last.directory) throw ENOTDIR;
  takeAway(context, last, dentry);
}
/** rmdir(2). Linux, fs/namei.c:do_rmdir(). */
export function removeDirectory(context: WalkContext, from: Path, path: string): void {
  if (/(?:^|\/)\.\.\/*$/.test(path)) throw ENOTEMPTY;
  if (/^\/+$/.test(path)) throw EBUSY;
  const last = walkToParent(context, from, path), dentry = existing(last);
  if (!dentry.inode.isDirectory) throw ENOTDIR;
  if (last.parent.mount.children.has(dentry)) throw EBUSY;
  if (!dentry.inode.empty) throw ENOTEMPTY;
  takeAway(context, last, dentry);
}
/** rename(2). Linux, fs/namei.c:do_renameat2(), vfs_rename(). */
export function rename(context: WalkContext, from: Path, path: string, to: Path, toPath: string, flags: number = 0): void {
  if (flags & ~RENAME_NOREPLACE) throw EINVAL;
  const a = walkToParent(context, from, path), b = walkToParent(context, to, toPath);
  if (a.parent.mount !== b.parent.mount) throw EXDEV;
  const moved = existing(a), replaced = b.parent.dentry.lookup(b.name);
  if (replaced && flags & RENAME_NOREPLACE) throw EEXIST;
  if (replaced?.inode === moved.inode) return;
  const { isDirectory } = moved.inode;
  if (!isDirectory && (a.directory || b.directory)) throw ENOTDIR;
  if (isDirectory && moved.contains(b.parent.dentry)) throw EINVAL;
  mayRemove(context.credentials, a.parent, moved);
  mayChange(context.credentials, b.parent);
  if (replaced) {
    mayRemove(context.credentials, b.parent, replaced);
    if (isDirectory && !replaced.inode.isDirectory) throw ENOTDIR;
    if (!isDirectory && replaced.inode.isDirectory) throw EISDIR;
    if (isDirectory && !replaced.inode.empty) throw ENOTEMPTY;
  }
  a.parent.dentry.inode.rename(a.name, b.parent.dentry.inode, b.name);
  a.parent.dentry.move(a.name, b.parent.dentry, b.name);
}

/** readlink(2). */
export function readlink(context: WalkContext, from: Path, path: string): string {
  const { inode } = walk(context, from, path, false).dentry;
  if (inode.type !== S_IFLNK) throw EINVAL;
  return inode.readlink();
}

function existing(last: LastComponent): Dentry {
  const dentry = last.parent.dentry.lookup(last.name);
  if (!dentry) throw ENOENT;
  return dentry;
}
function refuseExisting(last: LastComponent): void {
  if (last.parent.dentry.lookup(last.name)) throw EEXIST;
}
function takeAway(context: WalkContext, last: LastComponent, dentry: Dentry): void {
  mayRemove(context.credentials, last.parent, dentry);
  last.parent.dentry.inode.unlink(last.name, dentry.inode);
  last.parent.dentry.remove(last.name);
}
/** In a sticky directory only owners take names away. Linux, fs/namei.c:may_delete(). */
function mayRemove(credentials: Credentials, directory: Path, dentry: Dentry): void {
  mayChange(credentials, directory);
  const { inode } = directory.dentry;
  if (inode.mode & S_ISVTX && !credentials.privileged && credentials.uid !== inode.uid && credentials.uid !== dentry.inode.uid) throw EPERM;
}
