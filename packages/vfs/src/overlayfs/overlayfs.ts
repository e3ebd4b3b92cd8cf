import { OVERLAYFS_SUPER_MAGIC } from "@ringzero/linux-abi";
import type { MemoryViews } from "@ringzero/machine";
import type { FileSystem } from "../file-system.ts";
import type { Inode, Timestamp } from "../inode.ts";
import { OverlayInode } from "./overlay-inode.ts";

/** What is laid over what. */
export interface OverlayOptions {
  /** Directories of the lower layers, the topmost first. */
  readonly lower: readonly Inode[];
  /** Where changes go; without it the overlay is read-only. */
  readonly upper?: Inode;
  /** The machine's memory, where pages of layers lie. */
  readonly memory: Pick<MemoryViews, "u8">;
  /** Its number in `st_dev`: files of all layers show this one. */
  readonly device: number;
  /** The time that changed files are given. */
  readonly now: () => Timestamp;
}

/**
 * Layers seen as one: a name is found in the topmost layer that has it, directories are merged, and what is changed is first copied up to the layer that
 * can be written. Linux, Documentation/filesystems/overlayfs.rst.
 */
export class Overlayfs implements FileSystem {
  readonly type = "overlay";
  readonly magic: number = OVERLAYFS_SUPER_MAGIC;
  readonly device: number;
  /** Whether there is no upper layer. */
  readonly readOnly: boolean;
  /** The merged root directories of the layers. */
  readonly root: Inode;
  /** The machine's memory, from which copies up are read. */
  readonly memory: Pick<MemoryViews, "u8">;
  readonly now: () => Timestamp;
  #inodes = 0;

  constructor(options: OverlayOptions) {
    this.device = options.device;
    this.readOnly = options.upper === undefined;
    this.now = options.now;
    this.memory = options.memory;
    this.root = new OverlayInode(this, this.nextInode(), { upper: options.upper, lower: options.lower, parent: undefined, name: "" });
  }
  /** A number for an inode that is met for the first time. It stays with the file when it is copied up. */
  nextInode(): number { return ++this.#inodes; }
}
