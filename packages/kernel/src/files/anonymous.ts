import { S_IFIFO } from "@ringzero/linux-abi";
import { Inode, type FileSystem, type Timestamp } from "@ringzero/vfs";

/** What pipes and streams to the outside live in: a file system that is mounted nowhere. Linux, fs/pipe.c, "pipefs". */
export class AnonymousFileSystem implements FileSystem {
  readonly type = "pipefs";
  readonly magic = 0x5049_5045;
  readonly readOnly = false;
  readonly root: Inode;
  readonly device: number;
  readonly now: () => Timestamp;
  #inodes = 0;

  constructor(device: number, now: () => Timestamp) {
    this.device = device;
    this.now = now;
    this.root = this.inode(0o40000);
  }
  /** A new inode of a type. */
  inode(mode: number = S_IFIFO | 0o600): Inode { return new AnonymousInode(this, ++this.#inodes, mode); }
}
class AnonymousInode extends Inode {}
