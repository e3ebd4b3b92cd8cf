import { S_IFCHR } from "@ringzero/linux-abi";
import type { Inode } from "../inode.ts";

/** A name in a layer that says: what lower layers have under it is gone. A character device 0, 0. Linux, Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories". */
export function isWhiteout(inode: Inode): boolean { return inode.type === S_IFCHR && inode.device === 0; }
/** Mode with which a whiteout is created. */
export const WHITEOUT_MODE: number = S_IFCHR;
