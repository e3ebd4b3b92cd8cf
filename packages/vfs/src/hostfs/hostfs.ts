import type { FileStatus, HostDirectory, HostFile } from "@ringzero/host";
import { EACCES, ENOENT, EROFS, ESTALE } from "@ringzero/linux-abi";
import type { FileSystem } from "../file-system.ts";
import type { FrameStore } from "../frame-store.ts";
import type { Inode, Timestamp } from "../inode.ts";
import { onHost } from "./host-errno.ts";
import { HostFileInode, HostDirectoryInode, HostSpecialInode, HostSymlinkInode, typeBits, type HostInode } from "./host-inodes.ts";

/** How a hostfs is made. */
export interface HostfsOptions {
  /** Where pages lie that are mapped. */
  readonly store: FrameStore;
  /** Its st_dev. */
  readonly device: number;
  /** What gives files their times while the host does not say. */
  readonly now: () => Timestamp;
  /** What is shown: all of it, and nothing else. */
  readonly directory: HostDirectory;
  /** `Files.user` of the host. Where it is not 0, its files are root's inside, and all others nobody's. */
  readonly user: number;
  /** Nothing can be changed. Default: false. */
  readonly readOnly?: boolean;
}

/** Files of the host that are kept open at a time. */
const OPEN_MAXIMUM = 64;
/** Pages that are kept of files that nobody has open: 16 MiB. */
const PAGES_MAXIMUM = 4096;
/** Owner of what belongs to neither us nor root: the overflow ID of user_namespaces(7). */
const NOBODY = 65534;

/**
 * A directory of the host as a file system. What the host changes is seen, for nothing but pages in mappings is kept; what a program changes is on the host when the
 * call returns. A program gets at no file outside the directory: links are text to the host, and are followed in the program's own tree of names. It
 * makes no devices and no set-ID programs on the host.
 */
export class Hostfs implements FileSystem {
  /** As Linux names it. */
  readonly type = "hostfs";
  /** Linux, include/uapi/linux/magic.h:HOSTFS_SUPER_MAGIC. */
  readonly magic = 0x00c0_ffee;
  /** Its st_dev. */
  readonly device: number;
  /** Nothing can be changed. */
  readonly readOnly: boolean;
  /** The directory that was given. */
  readonly root: Inode;
  /** Where pages lie. @internal */
  readonly store: FrameStore;
  /** The host's side. @internal */
  readonly directory: HostDirectory;
  /** Who we are there. @internal */
  readonly user: number;
  readonly #now: () => Timestamp;
  readonly #known = new Map<string, HostInode>();
  /** In the order of their last use. */
  readonly #open = new Map<HostFileInode, { readonly file: HostFile; readonly writable: boolean }>();
  #inodes = 0;
  /** Pages of all files. @internal */
  pages = 0;

  constructor(options: HostfsOptions) {
    this.device = options.device;
    this.readOnly = options.readOnly ?? false;
    this.store = options.store;
    this.directory = options.directory;
    this.user = options.user;
    this.#now = options.now;
    const status = onHost(() => this.directory.status(""));
    if (!status) throw ENOENT;
    this.root = this.inode(status, undefined, "");
  }
  /** The kernel's time. */
  now(): Timestamp { return this.#now(); }
  /** Gives the directory and what is open of it back. */
  close(): void {
    for (const inode of this.#open.keys()) this.closeFile(inode);
    this.directory.close();
  }

  /** The inode of a file of the host, met under a name: the same one for all its names. @internal */
  inode(status: FileStatus, parent: HostDirectoryInode | undefined, name: string): HostInode {
    let inode = this.#known.get(status.identity);
    if (!inode || inode.type !== typeBits(status)) {
      const number = ++this.#inodes;
      inode = status.type === "directory" ? new HostDirectoryInode(this, number, status) : status.type === "file" ? new HostFileInode(this, number, status)
        : status.type === "symbolic-link" ? new HostSymlinkInode(this, number, status) : new HostSpecialInode(this, number, status);
      this.#known.set(status.identity, inode);
    }
    inode.place(parent, name);
    inode.refresh(status);
    return inode;
  }
  /** The host may use the identity for another file. @internal */
  forget(inode: HostInode): void {
    if (this.#known.get(inode.identity) === inode) this.#known.delete(inode.identity);
  }
  /** Owner and group as a program sees them. @internal */
  owner(status: FileStatus): { readonly uid: number; readonly gid: number } {
    if (this.user === 0) return status;
    return status.uid === this.user ? { uid: 0, gid: 0 } : { uid: NOBODY, gid: NOBODY };
  }
  /** Throws EROFS where nothing may be changed. Mounts look at it too; this is for whoever comes by another way. @internal */
  mayChange(): void {
    if (this.readOnly) throw EROFS;
  }

  /** The open file of an inode; it is closed when many others have been used since. @internal */
  file(inode: HostFileInode, write: boolean): HostFile {
    const known = this.#open.get(inode);
    if (known && (known.writable || !write)) {
      this.#open.delete(inode);
      this.#open.set(inode, known);
      return known.file;
    }
    const file = onHost(() => this.directory.open(inode.path, write ? "write" : "read"));
    this.keepOpen(inode, file, write);
    if (onHost(() => file.status()).identity === inode.identity) return file;
    this.closeFile(inode);
    throw ESTALE;
  }
  /** Keeps a file open that is. @internal */
  keepOpen(inode: HostFileInode, file: HostFile, writable: boolean): void {
    this.closeFile(inode);
    this.#open.set(inode, { file, writable });
    if (this.#open.size <= OPEN_MAXIMUM) return;
    for (const other of this.#open.keys()) {
      if (other === inode || other.unnamed) continue;
      this.closeFile(other);
      return;
    }
  }
  /** The file of an inode if it is open. @internal */
  openFile(inode: HostFileInode): HostFile | undefined { return this.#open.get(inode)?.file; }
  /** Closes the file of an inode if it is open. @internal */
  closeFile(inode: HostFileInode): void {
    const known = this.#open.get(inode);
    this.#open.delete(inode);
    try {
      known?.file.close();
    } catch {
      // What close(2) of the host could still say is of writes that have long returned: sync(2) is there for those who want to know.
    }
  }
  /** Opens a file before its name goes, for those who have it open. @internal */
  pin(inode: HostFileInode): void {
    if (this.#open.get(inode)?.writable) return;
    try {
      this.file(inode, !this.readOnly);
    } catch (error) {
      if (error !== EACCES) throw error;
      this.file(inode, false);
    }
  }
  /** Whether pages of files that nobody has open are too many. @internal */
  get crowded(): boolean { return this.pages > PAGES_MAXIMUM; }
}
