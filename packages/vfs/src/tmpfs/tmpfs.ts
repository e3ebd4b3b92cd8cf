import { S_IFDIR, TMPFS_MAGIC } from "@ringzero/linux-abi";
import type { FileSystem } from "../file-system.ts";
import type { FrameStore } from "../frame-store.ts";
import type { Timestamp } from "../inode.ts";
import { TmpfsDirectory } from "./tmpfs-inodes.ts";

/** How a tmpfs is made. */
export interface TmpfsOptions {
  readonly store: FrameStore;
  readonly device: number;
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
  readonly readOnly = false;
  readonly store: FrameStore;
  readonly root: TmpfsDirectory;
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
