import { EEXIST, ENOENT, ENOTDIR, O_RDONLY, S_IFDIR, S_IFREG } from "@ringzero/linux-abi";
import type { Kernel } from "@ringzero/kernel";
import { byteString, BytesBuffer, makeNode, openFile, ROOT, walk, type MountNamespace, type Path, type WalkContext } from "@ringzero/vfs";

/** How the runtime walks in a container: as its root user from its root directory. */
export function contextOf(mounts: MountNamespace): WalkContext {
  const root = mounts.rootPath;
  return { root, cwd: root, credentials: ROOT };
}
/** The place of a path, its links followed within the container; undefined where there is none. */
export function find(mounts: MountNamespace, path: string): Path | undefined {
  const context = contextOf(mounts);
  try {
    return walk(context, context.root, byteString(path), true);
  } catch (error) {
    if (error === ENOENT || error === ENOTDIR) return undefined;
    throw error;
  }
}
/** Makes a directory and those above it where they are not there. Links are followed within the container, so that nothing is made outside it. */
export function makeDirectories(mounts: MountNamespace, path: string): Path {
  return makeParents(mounts, path, S_IFDIR | 0o755);
}
/** Makes an empty file, and the directories above it, where it is not there. */
export function makeFile(mounts: MountNamespace, path: string): Path {
  return makeParents(mounts, path, S_IFREG | 0o644);
}
function makeParents(mounts: MountNamespace, path: string, mode: number): Path {
  const context = contextOf(mounts), parts = byteString(path).split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new Error(`"${path}" leaves the container by "..": give a path without it.`);
  for (let i = 1; i <= parts.length; i++) {
    try {
      makeNode(context, context.root, `/${parts.slice(0, i).join("/")}`, i === parts.length ? mode : S_IFDIR | 0o755);
    } catch (error) {
      if (error !== EEXIST) throw error;
    }
  }
  return walk(context, context.root, `/${parts.join("/")}`, true);
}
/** The text of a file, at most a MiB of it; undefined where it is not there. */
export function readText(kernel: Kernel, mounts: MountNamespace, path: string): string | undefined {
  const context = contextOf(mounts);
  let file;
  try {
    file = openFile(context, context.root, byteString(path), O_RDONLY, 0, kernel.openSpecial).reference();
  } catch (error) {
    if (error === ENOENT || error === ENOTDIR) return undefined;
    throw error;
  }
  try {
    if (!file.inode.isRegular) return undefined;
    const bytes = new Uint8Array(Math.min(file.inode.size, 1 << 20)), n = file.readAt(new BytesBuffer(bytes, kernel.machine.views), 0);
    return new TextDecoder("latin1").decode(bytes.subarray(0, n));
  } finally {
    file.release();
  }
}
