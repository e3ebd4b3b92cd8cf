import type { BigIntStats } from "node:fs";
import type { FileInstant, FileStatus, FileType } from "../files.ts";

/** inode(7): the bits of st_mode that tell the type. */
const TYPES: { readonly [type: number]: FileType } = {
  0o100000: "file", 0o040000: "directory", 0o120000: "symbolic-link", 0o020000: "character-device", 0o060000: "block-device", 0o010000: "fifo", 0o140000: "socket",
};

/** What the operating system says of a file. */
export function fileStatus(s: BigIntStats): FileStatus {
  const mode = Number(s.mode);
  return {
    type: TYPES[mode & 0o170000] ?? "file", mode: mode & 0o7777, uid: Number(s.uid), gid: Number(s.gid), size: Number(s.size), blocks: Number(s.blocks ?? 0n), links: Number(s.nlink),
    device: Number(s.rdev & 0xffff_ffffn), identity: `${s.dev}:${s.ino}`, accessed: instant(s.atimeNs), modified: instant(s.mtimeNs), changed: instant(s.ctimeNs),
  };
}
function instant(nanoseconds: bigint): FileInstant {
  // Before 1970 as well the nanoseconds count forward.
  const rest = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return { seconds: Number((nanoseconds - rest) / 1_000_000_000n), nanoseconds: Number(rest) };
}
