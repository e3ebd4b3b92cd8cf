import { S_IFDIR, TMPFS_MAGIC } from "@ringzero/linux-abi";
import type { FileSystem } from "../file-system.ts";
import type { FrameStore } from "../frame-store.ts";
import type { Inode, Timestamp } from "../inode.ts";
import { TmpfsDirectory } from "./tmpfs-inodes.ts";

/** How a tmpfs is made. */
export interface TmpfsOptions {
  /** Frames for contents, and who pays for them. */
  readonly store: FrameStore;
  /** Its number in `st_dev`. */
  readonly device: number;
  /** The time that its files are given. */
  readonly now: () => Timestamp;
  /** Permissions of its root; default 755. */
  readonly mode?: number;
  /** Default: tmpfs. */
  readonly type?: string;
}

/** Files in memory. Linux, Documentation/filesystems/tmpfs.rst. */
export class Tmpfs implements FileSystem {
  readonly type: string;
  readonly device: number;
  readonly magic: number = TMPFS_MAGIC;
  /** Never; a mount of it may be. */
  readonly readOnly = false;
  /** Frames for contents. */
  readonly store: FrameStore;
  /** Its topmost directory. */
  readonly root: Inode;
  readonly now: () => Timestamp;
  #inodes = 0;

  constructor(options: TmpfsOptions) {
    this.store = options.store;
    this.device = options.device;
    this.now = options.now;
    this.type = options.type ?? "tmpfs";
    this.root = new TmpfsDirectory(this, this.nextInode(), S_IFDIR | (options.mode ?? 0o755));
  }
  /** A number for a new inode. */
  nextInode(): number { return ++this.#inodes; }
}
