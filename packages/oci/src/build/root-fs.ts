/** One file of a root file system. Paths and targets are byte strings, as in vfs. */
export interface RootFsEntry {
  /** Relative to the root, without a slash at its start. */
  readonly path: string;
  /** What it is; `link` is one more name of an earlier file. */
  readonly type: "file" | "directory" | "symlink" | "link" | "character-device" | "block-device" | "fifo";
  /** Permissions: twelve bits. */
  readonly mode: number;
  /** Owner. Default: 0. */
  readonly uid?: number;
  /** Group. Default: 0. */
  readonly gid?: number;
  /** Seconds since 1970. Default: 0. */
  readonly modified?: number;
  /** Contents of a file. */
  readonly bytes?: Uint8Array;
  /** Where a symbolic link leads; the path of the other name for `link`. */
  readonly target?: string;
  /** Of a device. */
  readonly device?: {
    /** The driver. */
    readonly major: number;
    /** The driver's unit. */
    readonly minor: number;
  };
}

/** A directory. */
export function rootDirectory(path: string, mode: number = 0o755): RootFsEntry { return { path, type: "directory", mode }; }
/** A regular file; a text is encoded as UTF-8. */
export function rootFile(path: string, contents: Uint8Array | string, mode: number = 0o644): RootFsEntry {
  return { path, type: "file", mode, bytes: typeof contents === "string" ? new TextEncoder().encode(contents) : contents };
}
/** A symbolic link. */
export function rootSymlink(path: string, target: string): RootFsEntry { return { path, type: "symlink", mode: 0o777, target }; }
