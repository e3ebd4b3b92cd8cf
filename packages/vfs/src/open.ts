import {
  EACCES, EEXIST, EISDIR, ELOOP, ENOENT, ENOTDIR, EROFS, ENXIO, MAXSYMLINKS, MS_RDONLY, O_ACCMODE, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NOCTTY, O_PATH, O_RDONLY, O_TRUNC, O_WRONLY, S_IFDIR, S_IFLNK, S_IFREG,
} from "@ringzero/linux-abi";
import { MAY_EXEC, MAY_READ, MAY_WRITE, permits, type Credentials } from "./credentials.ts";
import { DirectoryFile, RegularFile, type FileDescription } from "./file-description.ts";
import type { Inode } from "./inode.ts";
import { topmost, type Path } from "./mount.ts";
import { walk, walkToParent, type WalkContext } from "./path-walk.ts";

/** Opens what is no file of a file system: devices and FIFOs. Throws ENXIO where there is none. */
export type OpenSpecial = (inode: Inode, path: Path, flags: number) => FileDescription;

/**
 * open(2). Linux, fs/namei.c:do_open(), path_openat().
 *
 * @param mode permissions of a new file, the umask applied
 */
export function openFile(context: WalkContext, from: Path, path: string, flags: number, mode: number, special: OpenSpecial): FileDescription {
  const place = flags & O_CREAT && !(flags & O_PATH) ? openOrCreate(context, from, path, flags, mode) : walk(context, from, path, (flags & O_NOFOLLOW) === 0);
  const { inode } = place.dentry;
  if (flags & O_PATH) return inode.isDirectory ? new DirectoryFile(inode, place, flags) : new RegularFile(inode, place, flags);
  if (inode.type === S_IFLNK) throw ELOOP;
  if (flags & O_DIRECTORY && !inode.isDirectory) throw ENOTDIR;
  const access = flags & O_ACCMODE;
  if (inode.isDirectory && (access !== O_RDONLY || flags & O_CREAT)) throw EISDIR;
  const wants = (access === O_WRONLY ? 0 : MAY_READ) | (access === O_RDONLY ? 0 : MAY_WRITE);
  if (!permits(inode, context.credentials, wants)) throw EACCES;
  if (wants & MAY_WRITE && inode.isRegular) refuseReadOnly(place);
  if (flags & O_TRUNC && inode.isRegular && wants & MAY_WRITE) inode.truncate(0);
  return describe(inode, place, flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC), special);
}

function describe(inode: Inode, place: Path, flags: number, special: OpenSpecial): FileDescription {
  if (inode.type === S_IFDIR) return new DirectoryFile(inode, place, flags);
  if (inode.type === S_IFREG) return new RegularFile(inode, place, flags);
  if (inode.type === S_IFLNK) throw ENXIO;
  return special(inode, place, flags);
}

function openOrCreate(context: WalkContext, from: Path, path: string, flags: number, mode: number): Path {
  // Through symbolic links the last name may lie elsewhere, even where nothing is yet: fs/namei.c:open_last_lookups().
  for (let links = 0; ; links++) {
    if (/^\/+$/.test(path)) return walk(context, from, path, true);
    const { parent, name, directory } = lastOf(context, from, path);
    const dentry = parent.dentry.lookup(name);
    if (!dentry) {
      if (directory) throw EISDIR;
      return createAt(context, parent, name, S_IFREG | mode);
    }
    if (flags & O_EXCL) throw EEXIST;
    const found = topmost({ mount: parent.mount, dentry });
    if (found.dentry.inode.type !== S_IFLNK || flags & O_NOFOLLOW) return found;
    const jumped = found.dentry.inode.jump();
    if (jumped) return jumped;
    if (links === MAXSYMLINKS) throw ELOOP;
    from = parent;
    path = found.dentry.inode.readlink();
  }
}
/** As walkToParent; "." and ".." are directories, which cannot be created. */
function lastOf(context: WalkContext, from: Path, path: string): ReturnType<typeof walkToParent> {
  if (/(?:^|\/)\.\.?\/*$/.test(path)) {
    walk(context, from, path, true);
    throw EISDIR;
  }
  return walkToParent(context, from, path);
}

/** Makes a file, directory, device or FIFO by `mode`. Throws EACCES, EROFS. The name is free. */
export function createAt(context: WalkContext, parent: Path, name: string, mode: number, device: number = 0): Path {
  mayChange(context.credentials, parent);
  const inode = parent.dentry.inode.create(name, { mode, credentials: context.credentials, device });
  return { mount: parent.mount, dentry: parent.dentry.add(name, inode) };
}

/** Throws unless names in a directory may be changed. */
export function mayChange(credentials: Credentials, directory: Path): void {
  refuseReadOnly(directory);
  if (directory.dentry.unlinked) throw ENOENT;
  if (!permits(directory.dentry.inode, credentials, MAY_WRITE | MAY_EXEC)) throw EACCES;
}
/** Throws EROFS on a read-only mount. */
export function refuseReadOnly(path: Path): void {
  if (path.mount.flags & MS_RDONLY || path.mount.fileSystem.readOnly) throw EROFS;
}
