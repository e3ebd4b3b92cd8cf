import { OVERLAYFS_SUPER_MAGIC } from "@ringzero/linux-abi";
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
  readonly memory: { readonly u8: Uint8Array };
  readonly device: number;
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
  readonly readOnly: boolean;
  readonly root: OverlayInode;
  readonly memory: { readonly u8: Uint8Array };
  readonly now: () => Timestamp;
  #inodes = 0;

  constructor(options: OverlayOptions) {
    this.device = options.device;
    this.readOnly = options.upper === undefined;
    this.now = options.now;
    this.memory = options.memory;
    this.root = new OverlayInode(this, this.nextInode(), { upper: options.upper, lower: options.lower, parent: undefined, name: "" });
  }
  nextInode(): number { return ++this.#inodes; }
}
