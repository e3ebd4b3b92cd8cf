/** What a name of a directory stands for. inode(7), "The file type and mode". */
export type FileType = "file" | "directory" | "symbolic-link" | "character-device" | "block-device" | "fifo" | "socket";

/** An instant since 1970-01-01T00:00:00Z. */
export interface FileInstant {
  /** Whole seconds. */
  readonly seconds: number;
  /** 0 to 999 999 999. */
  readonly nanoseconds: number;
}

/** What stat(2) says of a file. */
export interface FileStatus {
  /** What it is. */
  readonly type: FileType;
  /** Permissions, set-ID and sticky bits: twelve bits. */
  readonly mode: number;
  /** Owner. */
  readonly uid: number;
  /** Group. */
  readonly gid: number;
  /** Bytes of contents, or of a symbolic link's target. */
  readonly size: number;
  /** Occupied space in units of 512 bytes. */
  readonly blocks: number;
  /** Names that it has. */
  readonly links: number;
  /** Of a device file: which device, as Linux's new_encode_dev() packs major and minor number. */
  readonly device: number;
  /** Tells it from every other file while it exists, and is the same for all its names. */
  readonly identity: string;
  /** When it was last read. */
  readonly accessed: FileInstant;
  /** When its contents last changed. */
  readonly modified: FileInstant;
  /** When its status last changed. */
  readonly changed: FileInstant;
}

/** What can be set of a file without writing to it; what is left out stays. */
export interface FileChanges {
  /** Permissions: twelve bits. A symbolic link has none: there it is left alone. */
  readonly mode?: number;
  /** Owner. */
  readonly uid?: number;
  /** Group. */
  readonly gid?: number;
  /** When it was last read; it is set together with `modified`, which then must be there. */
  readonly accessed?: FileInstant;
  /** When its contents last changed. */
  readonly modified?: FileInstant;
}

/** An open regular file. */
export interface HostFile {
  /** Copies bytes from `position` on. Returns how many: fewer than asked for at the end, 0 beyond it. */
  read(position: number, into: Uint8Array): number;
  /** Writes all of `bytes` at `position`; a gap before it becomes zeros. */
  write(position: number, bytes: Uint8Array): void;
  /** Cuts it off, or lengthens it by zeros. */
  truncate(size: number): void;
  /** As it is now. */
  status(): FileStatus;
  /** Returns when what was written is on the medium. */
  sync(): void;
  /** Gives it back. It must not be used afterwards. */
  close(): void;
}

/** `read` an existing file, `write` (and read) an existing file, or `create` one that was not there, to write and read it. */
export type FileAccess = "read" | "write" | "create";

/**
 * A directory of the platform and all below it, and nothing else: a capability. Paths are relative, their names separated by "/"; "" is the directory itself.
 * `.` and `..` are refused. No symbolic link is ever followed, in no place of a path, whoever put it there and whenever: a path through one fails with
 * `not-a-directory`, opening one with `symbolic-link`.
 *
 * Paths, names and targets of links are byte strings: each character is one byte, 1 to 255, for file systems give names no encoding.
 */
export interface HostDirectory {
  /** What a name stands for, itself if it is a symbolic link; undefined where there is none. */
  status(path: string): FileStatus | undefined;
  /** Names in a directory, in no order. */
  list(path: string): string[];
  /** Target of a symbolic link, whether or not there is something. */
  readlink(path: string): string;
  /** Opens a regular file; never waits. `mode` is the permissions of one that is made, whatever our umask. Fails with `failed` where it is none. */
  open(path: string, access: FileAccess, mode?: number): HostFile;
  /** Makes a directory. */
  makeDirectory(path: string, mode?: number): void;
  /** Makes a symbolic link. The target is only text. */
  makeSymlink(path: string, target: string): void;
  /** Gives a file, not a directory, one more name. */
  link(path: string, newPath: string): void;
  /** Takes the name of a file away that is no directory. */
  remove(path: string): void;
  /** Takes an empty directory away. */
  removeDirectory(path: string): void;
  /** Moves a name; what was at `to` is replaced as rename(2) has it. */
  rename(path: string, to: string): void;
  /** Sets permissions, owner, times, of a symbolic link itself. */
  change(path: string, to: FileChanges): void;
  /** Gives it back. It must not be used afterwards. */
  close(): void;
}

/** How a directory is opened. */
export interface OpenDirectoryOptions {
  /** Makes it, and those above it, where it is not there. */
  readonly create?: boolean;
}

/**
 * Directories of the platform that the user names, for bind mounts and root file systems. All of it is synchronous, for a system call of a program waits for no
 * Promise. Errors are HostErrors: `not-found`, `denied`, `exists`, `not-a-directory`, `is-a-directory`, `not-empty`, `symbolic-link`, `cross-device`,
 * `name-too-long`, `no-space`, `failed`; `unsupported` where the platform has no such directories.
 */
export interface Files {
  /** Whose files new ones are: the user ID that we run as; 0 where the platform has none. */
  readonly user: number;
  /** Opens a directory by a path of the platform, which the user gave: symbolic links in it are followed here, and only here. */
  openDirectory(path: string, options?: OpenDirectoryOptions): HostDirectory;
}
