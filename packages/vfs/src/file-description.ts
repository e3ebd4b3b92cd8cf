import { EBADF, EINVAL, EISDIR, ENOTDIR, ENOTTY, ESPIPE, O_ACCMODE, O_APPEND, O_NONBLOCK, O_RDONLY, O_WRONLY, POLLIN, POLLOUT, SEEK_CUR, SEEK_END, SEEK_SET } from "@ringzero/linux-abi";
import type { DirectoryEntry, Inode } from "./inode.ts";
import type { IoBuffer } from "./io-buffer.ts";
import type { Path } from "./mount.ts";
import type { WaitQueue } from "./wait-queue.ts";
import type { WouldBlock } from "./would-block.ts";

/**
 * An open file description: what descriptors of one or many tasks refer to. Kinds of files derive from it. POSIX.1-2017, "Open File
 * Description".
 */
export abstract class FileDescription {
  /** The file. It keeps its contents while this is referenced, with or without a name. */
  readonly inode: Inode;
  /** Where it was opened; undefined for what has no name, as a pipe. */
  readonly path: Path | undefined;
  /** Status flags and access mode of open(2). */
  flags: number;
  /** Where the next read or write begins, in bytes; in a directory, a position of `readDirectory`. */
  position = 0;
  #references = 0;

  constructor(inode: Inode, path: Path | undefined, flags: number) {
    this.inode = inode;
    this.path = path;
    this.flags = flags;
  }
  /** Whether the access mode allows reading. */
  get readable(): boolean { return (this.flags & O_ACCMODE) !== O_WRONLY; }
  /** Whether the access mode allows writing. */
  get writable(): boolean { return (this.flags & O_ACCMODE) !== O_RDONLY; }
  /** Whether O_NONBLOCK is set: the kernel answers EAGAIN instead of waiting. */
  get nonBlocking(): boolean { return (this.flags & O_NONBLOCK) !== 0; }

  /** Reads at the position and moves it. Never waits. */
  abstract read(buffer: IoBuffer): number | WouldBlock;
  /** Writes at the position, or at the end with O_APPEND, and moves it. Returns how many bytes were taken, which may be fewer. Never waits. */
  abstract write(buffer: IoBuffer): number | WouldBlock;
  /** pread(2), pwrite(2). */
  readAt(_buffer: IoBuffer, _position: number): number { throw ESPIPE; }
  /** Writes at a position and leaves the description's own alone. Throws ESPIPE where the file has none. */
  writeAt(_buffer: IoBuffer, _position: number): number { throw ESPIPE; }
  /** lseek(2). */
  seek(_offset: number, _whence: number): number { throw ESPIPE; }
  /** Hands entries to `emit` from the position on until it refuses one; the position stays before that one. */
  readDirectory(_emit: (entry: DirectoryEntry) => boolean): void { throw ENOTDIR; }
  /** ioctl(2). `argument` is an address of the program behind `context`, whose kind the kernel knows. */
  ioctl(_request: number, _argument: number, _context: unknown): number { throw ENOTTY; }
  /** Events of poll(2) that hold now. */
  poll(): number { return POLLIN | POLLOUT; }
  /** Where one waits for a change of `poll`; undefined where it never changes. */
  get changed(): WaitQueue | undefined { return undefined; }

  /** One more descriptor refers to it. Returns itself. */
  reference(): this {
    if (this.#references++ === 0) this.inode.opened++;
    return this;
  }
  /** A descriptor refers to it no more. */
  release(): void {
    if (--this.#references > 0) return;
    this.closed();
    this.inode.opened--;
    this.inode.evictUnused();
  }
  /** The last descriptor is gone. */
  protected closed(): void {}
}

/** A regular file. */
export class RegularFile extends FileDescription {
  read(buffer: IoBuffer): number {
    const n = this.inode.read(this.position, buffer);
    this.position += n;
    return n;
  }
  write(buffer: IoBuffer): number {
    if (this.flags & O_APPEND) this.position = this.inode.size;
    const n = this.inode.write(this.position, buffer);
    this.position += n;
    return n;
  }
  override readAt(buffer: IoBuffer, position: number): number { return this.inode.read(position, buffer); }
  /** pwrite(2). With O_APPEND the bytes go to the end whatever the position, as on Linux and unlike POSIX: pwrite(2), "BUGS". */
  override writeAt(buffer: IoBuffer, position: number): number { return this.inode.write(this.flags & O_APPEND ? this.inode.size : position, buffer); }
  override seek(offset: number, whence: number): number { return (this.position = seekTo(this, offset, whence)); }
}

/** A directory. Position 0 is ".", 1 is "..", and entries of the file system follow at 2 + their own position. */
export class DirectoryFile extends FileDescription {
  read(): number { throw EISDIR; }
  /** Throws EBADF: a directory cannot be opened for writing. */
  write(): number { throw EBADF; }
  override seek(offset: number, whence: number): number { return (this.position = seekTo(this, offset, whence)); }
  override readDirectory(emit: (entry: DirectoryEntry) => boolean): void {
    const { inode } = this;
    const parent = this.path?.dentry.parent.inode ?? inode;
    for (const [at, name, of] of [[0, ".", inode], [1, "..", parent]] as const) {
      if (this.position !== at) continue;
      if (!emit({ name, inode: of.number, type: of.type, next: at + 1 })) return;
      this.position = at + 1;
    }
    for (const entry of inode.entries(this.position - 2)) {
      if (!emit({ ...entry, next: entry.next + 2 })) return;
      this.position = entry.next + 2;
    }
  }
}

function seekTo(file: FileDescription, offset: number, whence: number): number {
  const base = whence === SEEK_SET ? 0 : whence === SEEK_CUR ? file.position : whence === SEEK_END ? file.inode.size : Number.NaN;
  const position = base + offset;
  if (!(position >= 0)) throw EINVAL;
  return position;
}
