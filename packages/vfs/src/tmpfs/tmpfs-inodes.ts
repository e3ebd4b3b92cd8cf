import { ENOSPC, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, S_ISGID } from "@ringzero/linux-abi";
import { Inode, type DirectoryEntry, type NewFile } from "../inode.ts";
import type { IoBuffer } from "../io-buffer.ts";
import { PageCache } from "../page-cache.ts";
import type { Tmpfs } from "./tmpfs.ts";

/** A regular file: its pages are all there is. */
export class TmpfsFile extends Inode {
  readonly #pages: PageCache;

  constructor(fs: Tmpfs, number: number, mode: number) {
    super(fs, number, mode);
    this.#pages = new PageCache(fs.store);
  }
  override get size(): number { return this.#pages.size; }
  override get blocks(): number { return this.#pages.count * 8; }
  override read(position: number, buffer: IoBuffer): number { return this.#pages.read(position, buffer); }
  override write(position: number, buffer: IoBuffer): number {
    this.modified = this.changed = this.fileSystem.now();
    return this.#pages.write(position, buffer);
  }
  override truncate(size: number): void {
    this.modified = this.changed = this.fileSystem.now();
    this.#pages.truncate(size);
  }
  override evict(): void { this.#pages.truncate(0); }
  override page(index: number): number { return index * 4096 < this.size ? this.#pages.page(index) : 0; }
}

export class TmpfsSymlink extends Inode {
  readonly #target: string;

  constructor(fs: Tmpfs, number: number, mode: number, target: string) {
    super(fs, number, mode);
    this.#target = target;
  }
  override get size(): number { return this.#target.length; }
  override readlink(): string { return this.#target; }
}

/** A device or FIFO: what it does is the kernel's. */
export class TmpfsSpecial extends Inode {}

export class TmpfsDirectory extends Inode {
  readonly #fs: Tmpfs;
  readonly #entries = new Map<string, { readonly inode: Inode; readonly position: number }>();
  /** Positions are never used twice, so that a reader loses no entry when others go. */
  #positions = 0;

  constructor(fs: Tmpfs, number: number, mode: number) {
    super(fs, number, mode);
    this.#fs = fs;
    this.links = 2;
  }
  override get size(): number { return this.#entries.size * 20 + 40; }
  override get empty(): boolean { return this.#entries.size === 0; }
  override lookup(name: string): Inode | undefined { return this.#entries.get(name)?.inode; }
  override *entries(from: number): Iterable<DirectoryEntry> {
    for (const [name, { inode, position }] of this.#entries) {
      if (position >= from) yield { name, inode: inode.number, type: inode.type, next: position + 1 };
    }
  }
  override create(name: string, file: NewFile): Inode {
    const type = file.mode & S_IFMT, number = this.#fs.nextInode();
    const inode = type === S_IFDIR ? new TmpfsDirectory(this.#fs, number, file.mode) : type === S_IFREG ? new TmpfsFile(this.#fs, number, file.mode) : new TmpfsSpecial(this.#fs, number, file.mode);
    inode.device = file.device ?? 0;
    if (type === S_IFDIR) this.links++;
    return this.#add(name, inode, file);
  }
  override symlink(name: string, target: string, file: NewFile): Inode {
    return this.#add(name, new TmpfsSymlink(this.#fs, this.#fs.nextInode(), S_IFLNK | 0o777, target), file);
  }
  override link(name: string, inode: Inode): void {
    inode.links++;
    inode.changed = this.#fs.now();
    this.#enter(name, inode);
  }
  override unlink(name: string, inode: Inode): void {
    this.#entries.delete(name);
    this.#touch();
    this.#dropped(inode);
  }
  override rename(name: string, to: TmpfsDirectory, toName: string): void {
    const { inode } = this.#entries.get(name)!;
    const replaced = to.#entries.get(toName)?.inode;
    if (replaced) to.unlink(toName, replaced);
    this.#entries.delete(name);
    to.#enter(toName, inode);
    if (inode instanceof TmpfsDirectory && to !== this) {
      this.links--;
      to.links++;
    }
    this.#touch();
  }
  #dropped(inode: Inode): void {
    inode.changed = this.#fs.now();
    inode.links -= inode.isDirectory ? 2 : 1;
    if (inode.isDirectory) this.links--;
    inode.evictUnused();
  }
  #add(name: string, inode: Inode, file: NewFile): Inode {
    inode.uid = file.credentials.uid;
    // In a set-group-ID directory files have the directory's group. Linux, fs/inode.c:inode_init_owner().
    inode.gid = this.mode & S_ISGID ? this.gid : file.credentials.gid;
    if (this.mode & S_ISGID && inode.isDirectory) inode.mode |= S_ISGID;
    this.#enter(name, inode);
    return inode;
  }
  #enter(name: string, inode: Inode): void {
    if (this.#positions === Number.MAX_SAFE_INTEGER) throw ENOSPC;
    this.#entries.set(name, { inode, position: this.#positions++ });
    this.#touch();
  }
  #touch(): void { this.modified = this.changed = this.#fs.now(); }
}
