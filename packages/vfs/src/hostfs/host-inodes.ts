import type { FileStatus, FileType } from "@ringzero/host";
import { EPERM, ESTALE, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK, S_ISGID } from "@ringzero/linux-abi";
import { Inode, type Attributes, type DirectoryEntry, type NewFile } from "../inode.ts";
import type { IoBuffer } from "../io-buffer.ts";
import { onHost } from "./host-errno.ts";
import { HostPages } from "./host-pages.ts";
import type { Hostfs } from "./hostfs.ts";

const TYPES: { readonly [type in FileType]: number } = { file: S_IFREG, directory: S_IFDIR, "symbolic-link": S_IFLNK, "character-device": S_IFCHR, "block-device": S_IFBLK, fifo: S_IFIFO, socket: S_IFSOCK };
/** What a program may set of a file of the host: neither set-user-ID nor set-group-ID, for those rights would be the host's. */
const MODE = 0o1777;
/** Bytes that cross to the host at a time. */
const CHUNK = 1 << 16;

/** Type of a file as st_mode has it. */
export function typeBits(status: FileStatus): number { return TYPES[status.type]; }

/** A file of the host. Its attributes are those of the host's file when it was last looked at. */
export abstract class HostInode extends Inode {
  protected readonly fs: Hostfs;
  readonly identity: string;
  #parent: HostDirectoryInode | undefined;
  #name = "";
  /** It has no name that we know. */
  unnamed = false;
  #size = 0;
  #blocks = 0;

  constructor(fs: Hostfs, number: number, status: FileStatus) {
    super(fs, number, typeBits(status) | status.mode);
    this.fs = fs;
    this.identity = status.identity;
  }
  /** Where it was met last. */
  place(parent: HostDirectoryInode | undefined, name: string): void {
    this.#parent = parent;
    this.#name = name;
    this.unnamed = false;
  }
  isAt(parent: HostDirectoryInode, name: string): boolean { return this.#parent === parent && this.#name === name; }
  /** Within the directory of the file system. Throws ESTALE where it has no name. */
  get path(): string {
    if (this.unnamed) throw ESTALE;
    const above = this.#parent?.path ?? "";
    return above === "" ? this.#name : `${above}/${this.#name}`;
  }
  /** Takes over what the host says of it. */
  refresh(status: FileStatus): void {
    this.mode = typeBits(status) | status.mode;
    ({ uid: this.uid, gid: this.gid } = this.fs.owner(status));
    this.links = status.links;
    this.device = status.device;
    this.accessed = status.accessed;
    this.modified = status.modified;
    this.changed = status.changed;
    this.#size = status.size;
    this.#blocks = status.blocks;
  }
  /** Looks at the host's file. */
  look(): void {
    if (this.unnamed) return;
    const status = onHost(() => this.fs.directory.status(this.path));
    if (status?.identity === this.identity) this.refresh(status);
  }
  override get size(): number { return this.#size; }
  override get blocks(): number { return this.#blocks; }
  override setAttributes(to: Attributes): void {
    this.fs.mayChange();
    const { mode, uid, gid, accessed, modified } = to;
    // Who is not root on the host gives no files away; root's inside are ours.
    if (this.fs.user !== 0 && ((uid ?? this.uid) !== this.uid || (gid ?? this.gid) !== this.gid)) throw EPERM;
    const owner = this.fs.user === 0 ? { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) } : {};
    const times = accessed || modified ? { accessed: accessed ?? this.accessed, modified: modified ?? this.modified } : {};
    onHost(() => this.fs.directory.change(this.path, { ...owner, ...times, ...(mode === undefined ? {} : { mode: mode & MODE }) }));
    this.look();
  }
}

/** A device, FIFO or socket: its name is shown, and what a device or FIFO does is the kernel's. Nothing of the host's is opened. */
export class HostSpecialInode extends HostInode {}

/** A symbolic link: text, which nobody but the kernel follows. */
export class HostSymlinkInode extends HostInode {
  override readlink(): string { return onHost(() => this.fs.directory.readlink(this.path)); }
}

/** A regular file. */
export class HostFileInode extends HostInode {
  readonly #pages: HostPages;

  constructor(fs: Hostfs, number: number, status: FileStatus) {
    super(fs, number, status);
    this.#pages = new HostPages(fs);
  }
  override look(): void {
    const open = this.fs.openFile(this);
    if (open) this.refresh(onHost(() => open.status()));
    else super.look();
  }
  /** As it is on the host now. */
  override get size(): number {
    this.look();
    return super.size;
  }
  override read(position: number, buffer: IoBuffer): number {
    const file = this.fs.file(this, false), { length } = buffer;
    for (let done = 0; done < length; ) {
      const piece = new Uint8Array(Math.min(CHUNK, length - done)), n = onHost(() => file.read(position + done, piece));
      if (n > 0) buffer.put(done, piece.subarray(0, n));
      done += n;
      if (n < piece.length) return done;
    }
    return length;
  }
  override write(position: number, buffer: IoBuffer): number {
    this.fs.mayChange();
    const file = this.fs.file(this, true), { length } = buffer;
    this.look();
    this.#pages.fresh(this);
    for (let done = 0; done < length; ) {
      const piece = new Uint8Array(Math.min(CHUNK, length - done));
      buffer.take(done, piece);
      onHost(() => file.write(position + done, piece));
      this.#pages.written(position + done, piece);
      done += piece.length;
      this.look();
      this.#pages.accept(this);
    }
    return length;
  }
  override truncate(size: number): void {
    this.fs.mayChange();
    onHost(() => this.fs.file(this, true).truncate(size));
    this.#pages.clear();
    this.look();
  }
  override page(index: number): number {
    this.look();
    this.#pages.fresh(this);
    return this.#pages.page(index, super.size, (position, into) => onHost(() => this.fs.file(this, false).read(position, into)));
  }
  /** Changes through a shared mapping would never reach the host's file. */
  override get mapsShared(): boolean { return false; }
  override sync(): void { onHost(() => this.fs.openFile(this)?.sync()); }
  override evictUnused(): void {
    if (this.opened > 0) return;
    if (this.unnamed) this.evict();
    else if (this.fs.crowded) this.#pages.clear();
  }
  override evict(): void {
    this.#pages.clear();
    this.fs.closeFile(this);
  }
}

/** A directory. */
export class HostDirectoryInode extends HostInode {
  /** Positions of names for readers: never used twice. */
  readonly #positions = new Map<string, number>();
  #nextPosition = 0;

  #at(name: string): string {
    const { path } = this;
    return path === "" ? name : `${path}/${name}`;
  }
  override get empty(): boolean { return onHost(() => this.fs.directory.list(this.path)).length === 0; }
  override lookup(name: string): HostInode | undefined {
    const status = onHost(() => this.fs.directory.status(this.#at(name)));
    return status && this.fs.inode(status, this, name);
  }
  override revalidate(name: string, inode: Inode): boolean { return this.lookup(name) === inode; }
  override *entries(from: number): Iterable<DirectoryEntry> {
    const names = new Set(onHost(() => this.fs.directory.list(this.path)));
    if (from === 0) for (const name of this.#positions.keys()) if (!names.has(name)) this.#positions.delete(name);
    for (const name of [...names].sort()) if (!this.#positions.has(name)) this.#positions.set(name, this.#nextPosition++);
    for (const [name, position] of this.#positions) {
      if (position < from || !names.has(name)) continue;
      const inode = this.lookup(name);
      if (inode) yield { name, inode: inode.number, type: inode.type, next: position + 1 };
    }
  }
  override create(name: string, file: NewFile): Inode {
    this.fs.mayChange();
    const path = this.#at(name), type = file.mode & S_IFMT;
    if (type === S_IFDIR) onHost(() => this.fs.directory.makeDirectory(path, file.mode & MODE));
    else if (type !== S_IFREG) throw EPERM;
    const open = type === S_IFREG ? onHost(() => this.fs.directory.open(path, "create", file.mode & MODE)) : undefined;
    const inode = this.#made(name, file);
    if (open) this.fs.keepOpen(inode as HostFileInode, open, true);
    return inode;
  }
  override symlink(name: string, target: string, file: NewFile): Inode {
    this.fs.mayChange();
    onHost(() => this.fs.directory.makeSymlink(this.#at(name), target));
    return this.#made(name, file);
  }
  override link(name: string, inode: Inode): void {
    this.fs.mayChange();
    onHost(() => this.fs.directory.link((inode as HostInode).path, this.#at(name)));
    this.lookup(name);
    this.look();
  }
  override unlink(name: string, inode: Inode): void {
    this.fs.mayChange();
    const child = inode as HostInode, path = this.#at(name);
    if (child instanceof HostFileInode && child.opened > 0 && !child.unnamed) this.fs.pin(child);
    onHost(() => (child.isDirectory ? this.fs.directory.removeDirectory(path) : this.fs.directory.remove(path)));
    this.#lost(child, name);
    this.look();
  }
  override rename(name: string, to: Inode, toName: string): void {
    this.fs.mayChange();
    const target = to as HostDirectoryInode, moved = this.lookup(name), replaced = target.lookup(toName);
    if (!moved) throw ESTALE;
    if (replaced instanceof HostFileInode && replaced.opened > 0) this.fs.pin(replaced);
    onHost(() => this.fs.directory.rename(this.#at(name), target.#at(toName)));
    if (replaced && replaced !== moved) target.#lost(replaced, toName);
    this.#positions.delete(name);
    moved.place(target, toName);
    moved.look();
    this.look();
    target.look();
  }
  #made(name: string, file: NewFile): HostInode {
    const inode = this.lookup(name);
    if (!inode) throw ESTALE;
    const { uid } = file.credentials, gid = this.mode & S_ISGID ? this.gid : file.credentials.gid;
    // The host's root may give files away; others keep theirs, which are root's inside.
    if (this.fs.user === 0 && (uid !== inode.uid || gid !== inode.gid)) {
      inode.setAttributes({ uid, gid });
      if (inode.type !== S_IFLNK) inode.setAttributes({ mode: file.mode & MODE });
    }
    this.look();
    return inode;
  }
  /** A name is gone: the file may have others, which are met again when somebody asks for them. */
  #lost(child: HostInode, name: string): void {
    this.#positions.delete(name);
    child.links -= child.isDirectory ? 2 : 1;
    if (!child.isAt(this, name)) return child.look();
    child.unnamed = true;
    if (child instanceof HostFileInode) child.look();
    if (child.links > 0) return;
    this.fs.forget(child);
    child.evictUnused();
  }
}
