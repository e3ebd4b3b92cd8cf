import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, EBADF, ENOENT, ENOTDIR } from "@ringzero/linux-abi";
import { walk, type FileDescription, type Inode, type Path } from "@ringzero/vfs";
import type { Task } from "../task/task.ts";

/** Where a relative path of an `…at` call begins. Throws EBADF, ENOTDIR. */
export function startOf(task: Task, directory: number, path: string): Path {
  if (path.startsWith("/") || directory === AT_FDCWD) return task.fs.cwd;
  const file = task.files.get(directory);
  if (!file.path) throw file.inode.isDirectory ? EBADF : ENOTDIR;
  return file.path;
}
/** The place of a path. */
export function placeOf(task: Task, directory: number, path: string, flags: number = 0): Path {
  return walk(task.walk, startOf(task, directory, path), path, (flags & AT_SYMLINK_NOFOLLOW) === 0);
}
/** The file of a path; with AT_EMPTY_PATH and an empty one, of the descriptor. */
export function inodeOf(task: Task, directory: number, path: string, flags: number): Inode {
  if (path !== "" || !(flags & AT_EMPTY_PATH)) {
    if (path === "") throw ENOENT;
    return placeOf(task, directory, path, flags).dentry.inode;
  }
  return directory === AT_FDCWD ? task.fs.cwd.dentry.inode : fileOf(task, directory).inode;
}
/** The open file of a descriptor. Throws EBADF. */
export function fileOf(task: Task, number: number): FileDescription { return task.files.get(number); }
