import { EINVAL, EISDIR, ENOTDIR, EPERM, S_IFDIR, S_IFMT, S_IFREG, type Errno } from "@ringzero/linux-abi";
import type { Credentials } from "./credentials.ts";
import type { FileSystem } from "./file-system.ts";
import type { IoBuffer } from "./io-buffer.ts";
import type { Path } from "./mount.ts";

/** An instant, since 1970. */
export interface Timestamp {
  /** Whole seconds; negative before 1970. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
}

/** What a new file is given. */
export interface NewFile {
  /** Type and permissions, the umask applied. */
  readonly mode: number;
  /** Whose file it becomes: its owner, and its group unless the directory has S_ISGID. */
  readonly credentials: Credentials;
  /** Number of a device. */
  readonly device?: number;
}

/** What can be set of a file without writing to it. */
export interface Attributes {
  /** Permissions; the type stays. */
  readonly mode?: number;
  /** New owner. */
  readonly uid?: number;
  /** New group. */
  readonly gid?: number;
  /** New time of last access. */
  readonly accessed?: Timestamp;
  /** New time of last change of contents. */
  readonly modified?: Timestamp;
  /** Default: now. */
  readonly changed?: Timestamp;
}

/** One entry of a directory. */
export interface DirectoryEntry {
  /** Byte string, one component. */
  readonly name: string;
  /** Number of the inode, `d_ino`. */
  readonly inode: number;
  /** S_IFMT of its mode. */
  readonly type: number;
  /** Position from which a reader goes on after this entry. */
  readonly next: number;
}

/**
 * A file without its names. File systems derive theirs; what a kind of file cannot do throws the errno that Linux gives. Names are byte
 * strings (byte-string.ts), one component each.
 */
export abstract class Inode {
  /** The instance it belongs to: two inodes are the same file when this and `number` are the same. */
  readonly fileSystem: FileSystem;
  /** Unique in its file system, `st_ino`. */
  readonly number: number;
  /** Type and permissions. */
  mode: number;
  /** Owner. */
  uid = 0;
  /** Group. */
  gid = 0;
  /** Names it has, `st_nlink`; a directory counts ".", its name and the ".." of each directory in it. */
  links = 1;
  /** Of a device. */
  device = 0;
  /** Last access, as it was set: reads do not move it, as on a mount with `noatime`. */
  accessed: Timestamp;
  /** Last change of contents. */
  modified: Timestamp;
  /** Last change of contents or attributes. */
  changed: Timestamp;

  constructor(fileSystem: FileSystem, number: number, mode: number) {
    this.fileSystem = fileSystem;
    this.number = number;
    this.mode = mode;
    this.accessed = this.modified = this.changed = fileSystem.now();
  }

  /** File type: `mode & S_IFMT`. */
  get type(): number { return this.mode & S_IFMT; }
  /** Whether it is a directory. */
  get isDirectory(): boolean { return this.type === S_IFDIR; }
  /** Whether it is a regular file: contents by position, pages that can be mapped. */
  get isRegular(): boolean { return this.type === S_IFREG; }
  /** Bytes. */
  get size(): number { return 0; }
  /** Units of 512 bytes that it occupies. */
  get blocks(): number { return 0; }

  /** chmod(2), chown(2), utimensat(2): what is given, and the time of change. */
  setAttributes(to: Attributes): void {
    if (to.mode !== undefined) this.mode = (this.mode & S_IFMT) | (to.mode & ~S_IFMT);
    if (to.uid !== undefined) this.uid = to.uid;
    if (to.gid !== undefined) this.gid = to.gid;
    if (to.accessed) this.accessed = to.accessed;
    if (to.modified) this.modified = to.modified;
    this.changed = to.changed ?? this.fileSystem.now();
  }

  // ---- directories ----
  /** Of a layer's directory: what lower layers have there does not show. */
  opaque = false;
  /** The file of a name in this directory; undefined where there is none. Throws ENOTDIR. */
  lookup(_name: string): Inode | undefined { throw ENOTDIR; }
  /** A new file, directory, device or FIFO by `mode`. The name is free. */
  create(_name: string, _file: NewFile): Inode { throw this.#refusal(); }
  /** A new symbolic link to `target`, a byte string that is not looked at. The name is free. */
  symlink(_name: string, _target: string, _file: NewFile): Inode { throw this.#refusal(); }
  /** One more name for a file of this file system, which is no directory. The name is free. */
  link(_name: string, _inode: Inode): void { throw this.#refusal(); }
  /** Takes a name away that is there; a directory is empty. */
  unlink(_name: string, _inode: Inode): void { throw this.#refusal(); }
  /** Moves a name; what `toName` named is replaced, and has been checked. */
  rename(_name: string, _to: Inode, _toName: string): void { throw this.#refusal(); }
  /** Whether nothing but . and .. is in it. */
  get empty(): boolean { return true; }
  /** Entries from a position on; 0 is the start. Neither . nor .. */
  entries(_from: number): Iterable<DirectoryEntry> { throw ENOTDIR; }

  /** Names come and go without anybody asking this inode: they are looked up each time. */
  get volatile(): boolean { return false; }

  /** Whether a name that was looked up once still names the same file. Linux, Documentation/filesystems/vfs.rst, "d_revalidate". */
  revalidate(_name: string, _inode: Inode): boolean { return true; }

  // ---- symbolic links ----
  /** The target of a symbolic link. Throws EINVAL for everything else. */
  readlink(): string { throw EINVAL; }
  /** Where a link leads that is more than its text, as those of proc. */
  jump(): Path | undefined { return undefined; }

  // ---- contents ----
  /** Copies up to buffer.length bytes from `position`. Returns how many: 0 = the end. */
  read(_position: number, _buffer: IoBuffer): number { throw this.isDirectory ? EISDIR : EINVAL; }
  /** Copies buffer.length bytes to `position`, the file growing as needed; a gap reads as zeros. Returns how many. Throws ENOSPC. */
  write(_position: number, _buffer: IoBuffer): number { throw this.isDirectory ? EISDIR : EINVAL; }
  /** Makes the file `size` bytes long; new bytes are zero, pages beyond are released. */
  truncate(_size: number): void { throw this.isDirectory ? EISDIR : EINVAL; }
  /**
   * Linear address of the frame with page `index`, for a mapping: the caller references it. 0 where it lies beyond the end. `write` = the frame will be
   * written through the mapping.
   */
  page(_index: number, _write: boolean): number { return 0; }

  /** Whether what is written through a shared mapping becomes the file's. */
  get mapsShared(): boolean { return true; }
  /** fsync(2). */
  sync(): void {}

  /** Open file descriptions of it. */
  opened = 0;
  /** Gives its contents up: it has neither names nor users. */
  evict(): void {}
  /** Called where it may have lost the last of both. */
  evictUnused(): void {
    if (this.links <= 0 && this.opened === 0) this.evict();
  }

  #refusal(): Errno { return this.isDirectory ? EPERM : ENOTDIR; }
}
