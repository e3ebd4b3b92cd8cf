import { S_IFDIR, S_IFMT } from "@ringzero/linux-abi";
import type { Inode } from "./inode.ts";

/** Who acts. */
export interface Credentials {
  /** Effective user (fsuid of Linux). */
  readonly uid: number;
  /** Effective group. */
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  /** CAP_DAC_OVERRIDE and its kind: permissions of files do not bind it. */
  readonly privileged: boolean;
}

/** User and group 0 with every privilege: what the kernel itself acts as. */
export const ROOT: Credentials = { uid: 0, gid: 0, groups: [], privileged: true };

/** Rights as access(2) counts them. */
export const MAY_EXEC = 1, MAY_WRITE = 2, MAY_READ = 4;

/**
 * Whether `who` has the rights. The privileged may do everything but execute a file that nobody may. Linux, fs/namei.c:generic_permission().
 */
export function permits(inode: Inode, who: Credentials, rights: number): boolean {
  if (who.privileged) return (rights & MAY_EXEC) === 0 || (inode.mode & S_IFMT) === S_IFDIR || (inode.mode & 0o111) !== 0;
  const shift = who.uid === inode.uid ? 6 : who.gid === inode.gid || who.groups.includes(inode.gid) ? 3 : 0;
  return ((inode.mode >> shift) & rights) === rights;
}
