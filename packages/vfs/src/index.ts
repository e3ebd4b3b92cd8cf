/**
 * Files as the shared kernel sees them: inodes, names, mounts, the walk along a path, open files. Everything is synchronous; errors are
 * constants of `linux-abi`, and what would have to wait says so with WOULD_BLOCK.
 *
 * @packageDocumentation
 */
export { byteString, bytesOf, stringOf } from "./byte-string.ts";
export { MAY_EXEC, MAY_READ, MAY_WRITE, permits, ROOT, type Credentials } from "./credentials.ts";
export { Dentry } from "./dentry.ts";
export { DirectoryFile, FileDescription, RegularFile } from "./file-description.ts";
export type { FileSystem } from "./file-system.ts";
export { FrameStore } from "./frame-store.ts";
export { Hostfs, type HostfsOptions } from "./hostfs/hostfs.ts";
export { Inode, type Attributes, type DirectoryEntry, type NewFile, type Timestamp } from "./inode.ts";
export { BytesBuffer, type IoBuffer } from "./io-buffer.ts";
export { Mount, MountNamespace, pathName, samePath, topmost, type Path, type PathName } from "./mount.ts";
export { makeLink, makeNode, makeSymlink, readlink, removeDirectory, rename, unlink } from "./names.ts";
export { createAt, mayChange, openFile, refuseReadOnly, type OpenSpecial } from "./open.ts";
export { Overlayfs, type OverlayOptions } from "./overlayfs/overlayfs.ts";
export { isWhiteout } from "./overlayfs/whiteout.ts";
export { PageCache } from "./page-cache.ts";
export { walk, walkToParent, type LastComponent, type WalkContext } from "./path-walk.ts";
export { indexTar, type TarMember } from "./tarfs/tar-index.ts";
export { Tarfs, type TarfsOptions } from "./tarfs/tarfs.ts";
export { Tmpfs, type TmpfsOptions } from "./tmpfs/tmpfs.ts";
export { WaitQueue, type Waiter } from "./wait-queue.ts";
export { WOULD_BLOCK, type WouldBlock } from "./would-block.ts";
