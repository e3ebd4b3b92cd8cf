import { SYSFS_MAGIC } from "@ringzero/linux-abi";
import type { FileSystem, Inode, Timestamp } from "@ringzero/vfs";
import type { Kernel } from "../kernel.ts";
import { ProcDirectory, ProcFile, type Entry } from "./nodes.ts";

interface Tree { readonly [name: string]: Tree | string }
/** One processor, no devices. */
const TREE: Tree = {
  block: {}, bus: {}, class: {}, dev: { block: {}, char: {} }, devices: { system: { cpu: { online: "0\n", possible: "0\n", present: "0\n", kernel_max: "0\n", cpu0: {} } } }, firmware: {}, fs: { cgroup: {} },
  kernel: { mm: {} }, module: {}, power: {},
};

/** sysfs(5), as far as C libraries look at it: how many processors there are. Nothing in it can be changed. */
export class Sysfs implements FileSystem {
  /** As mount(2) names it. */
  readonly type = "sysfs";
  /** For statfs(2). */
  readonly magic: number = SYSFS_MAGIC;
  /** Nothing can be changed. */
  readonly readOnly = true;
  /** Its st_dev. */
  readonly device: number;
  /** The tree. */
  readonly root: Inode;
  readonly #kernel: Kernel;
  #inodes = 1;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.device = kernel.nextDevice();
    this.root = this.#directory(TREE);
  }
  /** The kernel's time. */
  now(): Timestamp { return this.#kernel.now(); }
  #directory(tree: Tree): Inode {
    const entries = Object.entries(tree).map(([name, below]): Entry => {
      const inode = typeof below === "string" ? new ProcFile(this, ++this.#inodes * 100, () => below) : this.#directory(below);
      return [name, () => inode];
    });
    return new ProcDirectory(this, ++this.#inodes * 100, () => entries);
  }
}
