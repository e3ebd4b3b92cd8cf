import type { Inode, Timestamp } from "./inode.ts";

/** A file system that can be mounted: one instance of one type. */
export interface FileSystem {
  /** As mount(2) and /proc/mounts name it. */
  readonly type: string;
  /** Its number in st_dev. */
  readonly device: number;
  /** f_type of statfs(2). */
  readonly magic: number;
  /** Its topmost directory. */
  readonly root: Inode;
  /** Whether nothing in it can be changed by any mount; a single mount is read-only by MS_RDONLY. */
  readonly readOnly: boolean;
  /** The time that its files are given. */
  now(): Timestamp;
}
