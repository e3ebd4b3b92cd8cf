import { S_IFCHR, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from "@ringzero/linux-abi";
import type { FileSystem } from "../file-system.ts";
import { FRAME_BYTES, type FrameStore } from "../frame-store.ts";
import { Inode, type DirectoryEntry, type Timestamp } from "../inode.ts";
import type { IoBuffer } from "../io-buffer.ts";
import { clean, indexTar, type TarMember } from "./tar-index.ts";

/** How a tarfs is made. */
export interface TarfsOptions {
  /** Frames for pages that are mapped. */
  readonly store: FrameStore;
  /** Its number in `st_dev`. */
  readonly device: number;
  /** Time for directories that the archive does not have a member for. */
  readonly now: () => Timestamp;
}

/**
 * An archive as a file system, read-only: the archive is indexed, and nothing is unpacked. Pages that are mapped become frames when they are first
 * touched. Layers of images say what they delete by names that begin with `.wh.`: here they are whiteouts and opaque directories, as overlayfs has
 * them. OCI image specification, "Image Layer Filesystem Changeset", "Whiteouts".
 */
export class Tarfs implements FileSystem {
  readonly type = "tarfs";
  readonly magic = 0x7461_7266;
  /** Always. */
  readonly readOnly = true;
  readonly device: number;
  /** The archive's topmost directory. */
  readonly root: Inode;
  /** The whole archive, uncompressed: contents are read from it in place. */
  readonly archive: Uint8Array;
  /** Frames for pages that are mapped. */
  readonly store: FrameStore;
  readonly #top: TarDirectory;
  readonly #now: () => Timestamp;
  #inodes = 0;

  /** Throws an Error where the bytes are no archive. */
  constructor(archive: Uint8Array, options: TarfsOptions) {
    this.archive = archive;
    this.store = options.store;
    this.device = options.device;
    this.#now = options.now;
    this.root = this.#top = new TarDirectory(this, this.#number(), S_IFDIR | 0o755);
    for (const member of indexTar(archive)) this.#add(member);
  }
  now(): Timestamp { return this.#now(); }
  #number(): number { return ++this.#inodes; }

  #add(member: TarMember): void {
    const slash = member.path.lastIndexOf("/"), name = member.path.slice(slash + 1), parent = this.#directory(slash < 0 ? "" : member.path.slice(0, slash));
    // The root is a directory, whatever an archive says.
    if (name === "") return this.#describe(this.#top, { ...member, mode: S_IFDIR | (member.mode & ~S_IFMT) });
    if (name === ".wh..wh..opq") {
      parent.opaque = true;
      return;
    }
    if (name.startsWith(".wh.")) {
      if (!/^\.{0,2}$/.test(name.slice(4))) parent.add(name.slice(4), new TarInode(this, this.#number(), S_IFCHR));
      return;
    }
    const known = parent.lookup(name), type = member.mode & S_IFMT;
    if (type === S_IFDIR && known?.isDirectory) return this.#describe(known, member);
    if (member.hardLink) {
      const target = this.#find(clean(member.link));
      // A directory with two names could lie within itself.
      if (!target || target.isDirectory) return;
      target.links++;
      parent.add(name, target);
      return;
    }
    const inode = type === S_IFDIR ? new TarDirectory(this, this.#number(), member.mode) : type === S_IFREG ? new TarFile(this, this.#number(), member)
      : type === S_IFLNK ? new TarSymlink(this, this.#number(), member.link) : new TarInode(this, this.#number(), member.mode);
    this.#describe(inode, member);
    parent.add(name, inode);
  }
  #describe(inode: Inode, member: TarMember): void {
    inode.mode = member.mode;
    inode.uid = member.uid;
    inode.gid = member.gid;
    inode.device = member.device;
    inode.accessed = inode.modified = inode.changed = { seconds: member.modified, nanoseconds: 0 };
  }
  /** A directory on the way to a member: archives need not have one for each. */
  #directory(path: string): TarDirectory {
    let at = this.#top;
    for (const name of path.split("/").filter((part) => part !== "")) {
      let next = at.lookup(name);
      if (!(next instanceof TarDirectory)) at.add(name, (next = new TarDirectory(this, this.#number(), S_IFDIR | 0o755)));
      at = next as TarDirectory;
    }
    return at;
  }
  #find(path: string): Inode | undefined {
    let at: Inode | undefined = this.root;
    for (const name of path.split("/")) at = at instanceof TarDirectory ? at.lookup(name) : undefined;
    return at;
  }
}

class TarInode extends Inode {}

class TarSymlink extends Inode {
  readonly #target: string;

  constructor(fs: Tarfs, number: number, target: string) {
    super(fs, number, S_IFLNK | 0o777);
    this.#target = target;
  }
  override get size(): number { return this.#target.length; }
  override readlink(): string { return this.#target; }
}

class TarFile extends Inode {
  readonly #fs: Tarfs;
  readonly #start: number;
  readonly #size: number;
  readonly #pages = new Map<number, number>();

  constructor(fs: Tarfs, number: number, member: TarMember) {
    super(fs, number, member.mode);
    this.#fs = fs;
    this.#start = member.start;
    this.#size = member.size;
  }
  override get size(): number { return this.#size; }
  override get blocks(): number { return Math.ceil(this.#size / 512); }
  override read(position: number, buffer: IoBuffer): number {
    const length = Math.max(0, Math.min(buffer.length, this.#size - position));
    if (length > 0) buffer.put(0, this.#fs.archive.subarray(this.#start + position, this.#start + position + length));
    return length;
  }
  override page(index: number): number {
    const at = index * FRAME_BYTES;
    if (at >= this.#size) return 0;
    let page = this.#pages.get(index);
    if (page === undefined) {
      page = this.#fs.store.allocate();
      this.#fs.store.write(page, this.#fs.archive.subarray(this.#start + at, this.#start + Math.min(at + FRAME_BYTES, this.#size)));
      this.#pages.set(index, page);
    }
    return page;
  }
}

class TarDirectory extends Inode {
  readonly #entries = new Map<string, Inode>();

  constructor(fs: Tarfs, number: number, mode: number) {
    super(fs, number, mode);
    this.links = 2;
  }
  add(name: string, inode: Inode): void {
    this.#entries.set(name, inode);
    if (inode.isDirectory) this.links++;
  }
  override get size(): number { return 4096; }
  override get empty(): boolean { return this.#entries.size === 0; }
  override lookup(name: string): Inode | undefined { return this.#entries.get(name); }
  override *entries(from: number): Iterable<DirectoryEntry> {
    let position = 0;
    for (const [name, inode] of this.#entries) {
      if (position++ >= from) yield { name, inode: inode.number, type: inode.type, next: position };
    }
  }
}
