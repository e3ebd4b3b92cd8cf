import { ENOENT, EROFS, EXDEV, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from "@ringzero/linux-abi";
import { ROOT } from "../credentials.ts";
import { FRAME_BYTES } from "../frame-store.ts";
import { Inode, type Attributes, type DirectoryEntry, type NewFile } from "../inode.ts";
import { BytesBuffer, type IoBuffer } from "../io-buffer.ts";
import type { Path } from "../mount.ts";
import type { Overlayfs } from "./overlayfs.ts";
import { isWhiteout, WHITEOUT_MODE } from "./whiteout.ts";

/** Where a file of an overlay is: in the layer that can be written, in lower ones, or (directories) in several. */
interface Places {
  readonly upper: Inode | undefined;
  readonly lower: readonly Inode[];
  readonly parent: OverlayInode | undefined;
  readonly name: string;
}

/**
 * A file as an overlay shows it. It stays the same when it is copied up, so that whoever has it open goes on with the copy. Attributes are those of the layer's
 * file, mirrored after each change.
 */
export class OverlayInode extends Inode {
  readonly #fs: Overlayfs;
  readonly #lower: readonly Inode[];
  #upper: Inode | undefined;
  #parent: OverlayInode | undefined;
  #name: string;
  readonly #children = new Map<string, OverlayInode>();
  /** Positions of names in this directory, for readers: never used twice. */
  readonly #positions = new Map<string, number>();
  #nextPosition = 0;

  constructor(fs: Overlayfs, number: number, places: Places) {
    super(fs, number, (places.upper ?? places.lower[0]!).mode);
    this.#fs = fs;
    this.#lower = places.lower;
    this.#parent = places.parent;
    this.#name = places.name;
    this.#setUpper(places.upper);
    this.#mirror();
  }
  /** The layer's file that is read. */
  // A private getter is a call of the runtime in V8.
  private get real(): Inode { return this.#upper ?? this.#lower[0]!; }
  /** The layer keeps the contents while this inode is used. */
  #setUpper(upper: Inode | undefined): void {
    this.#upper = upper;
    if (upper) upper.opened++;
  }
  override evict(): void {
    if (!this.#upper) return;
    this.#upper.opened--;
    this.#upper.evictUnused();
  }
  #mirror(): void {
    const real = this.real;
    this.mode = real.mode;
    this.uid = real.uid;
    this.gid = real.gid;
    this.links = real.links;
    this.device = real.device;
    this.accessed = real.accessed;
    this.modified = real.modified;
    this.changed = real.changed;
  }

  override get size(): number { return this.real.size; }
  override get blocks(): number { return this.real.blocks; }
  override readlink(): string { return this.real.readlink(); }
  override jump(): Path | undefined { return this.real.jump(); }
  override read(position: number, buffer: IoBuffer): number { return this.real.read(position, buffer); }
  override page(index: number, write: boolean): number { return (write ? this.copyUp() : this.real).page(index, write); }
  override write(position: number, buffer: IoBuffer): number {
    const n = this.copyUp().write(position, buffer);
    this.#mirror();
    return n;
  }
  override truncate(size: number): void {
    this.copyUp(size === 0).truncate(size);
    this.#mirror();
  }
  override setAttributes(to: Attributes): void {
    this.copyUp().setAttributes(to);
    this.#mirror();
  }

  /** Makes the file one of the upper layer, its directories before it. Linux, fs/overlayfs/copy_up.c:ovl_copy_up_one(). @param empty its contents are about to go */
  copyUp(empty: boolean = false): Inode {
    if (this.#upper) return this.#upper;
    if (this.#fs.readOnly || !this.#parent) throw EROFS;
    const directory = this.#parent.copyUp(), real = this.real, file: NewFile = { mode: real.mode, credentials: ROOT, device: real.device };
    const upper = real.type === S_IFLNK ? directory.symlink(this.#name, real.readlink(), file) : directory.create(this.#name, file);
    if (real.type === S_IFREG && !empty) {
      for (let at = 0; at < real.size; ) {
        const buffer = new BytesBuffer(new Uint8Array(Math.min(FRAME_BYTES, real.size - at)), this.#fs.memory);
        real.read(at, buffer);
        at += upper.write(at, buffer);
      }
    }
    upper.setAttributes({ mode: real.mode, uid: real.uid, gid: real.gid, accessed: real.accessed, modified: real.modified, changed: real.changed });
    this.#setUpper(upper);
    this.#mirror();
    return upper;
  }

  // ---- directories ----
  override lookup(name: string): Inode | undefined {
    const known = this.#children.get(name);
    if (known) return known;
    const upper = this.real.isDirectory ? this.#upper?.lookup(name) : undefined;
    if (upper && isWhiteout(upper)) return undefined;
    const lower = upper && (!upper.isDirectory || upper.opaque) ? [] : this.#lowerOf(name, upper !== undefined);
    if (!upper && lower.length === 0) return undefined;
    return this.#child(name, upper, lower);
  }
  #child(name: string, upper: Inode | undefined, lower: readonly Inode[]): OverlayInode {
    const child = new OverlayInode(this.#fs, this.#fs.nextInode(), { upper, lower, parent: this, name });
    this.#children.set(name, child);
    return child;
  }
  /** What lower layers have under a name: one file, or directories to be merged, up to one that is opaque. */
  #lowerOf(name: string, directoriesOnly: boolean): Inode[] {
    const found: Inode[] = [];
    if (this.#upper?.opaque) return found;
    for (const layer of this.#lower) {
      const inode = layer.lookup(name);
      if (inode) {
        if (isWhiteout(inode)) break;
        if (!inode.isDirectory) {
          if (found.length === 0 && !directoriesOnly) found.push(inode);
          break;
        }
        found.push(inode);
        if (inode.opaque) break;
      }
      if (layer.opaque) break;
    }
    return found;
  }
  override get empty(): boolean {
    for (const _ of this.entries(0)) return false;
    return true;
  }
  override *entries(from: number): Iterable<DirectoryEntry> {
    const seen = new Set<string>(), names: DirectoryEntry[] = [];
    for (const layer of this.#upper ? [this.#upper, ...(this.#upper.opaque ? [] : this.#lower)] : this.#lower) {
      const hidden: string[] = [];
      for (const entry of layer.entries(0)) {
        hidden.push(entry.name);
        if (seen.has(entry.name)) continue;
        const inode = layer.lookup(entry.name);
        if (inode && !isWhiteout(inode)) names.push(entry);
      }
      for (const name of hidden) seen.add(name);
      if (layer.opaque) break;
    }
    for (const { name } of names) if (!this.#positions.has(name)) this.#positions.set(name, this.#nextPosition++);
    names.sort((a, b) => this.#positions.get(a.name)! - this.#positions.get(b.name)!);
    for (const entry of names) {
      const position = this.#positions.get(entry.name)!;
      if (position >= from) yield { ...entry, inode: this.lookup(entry.name)?.number ?? entry.inode, next: position + 1 };
    }
  }
  override create(name: string, file: NewFile): Inode {
    return this.#enter(name, file.mode, (directory) => directory.create(name, file));
  }
  override symlink(name: string, target: string, file: NewFile): Inode {
    return this.#enter(name, S_IFLNK, (directory) => directory.symlink(name, target, file));
  }
  override link(name: string, inode: Inode): void {
    const directory = this.copyUp(), upper = (inode as OverlayInode).copyUp();
    this.#clearWhiteout(directory, name);
    directory.link(name, upper);
    (inode as OverlayInode).#mirror();
    this.#children.set(name, inode as OverlayInode);
    this.#changedNames(name);
  }
  #enter(name: string, mode: number, make: (directory: Inode) => Inode): Inode {
    const directory = this.copyUp(), covers = this.#clearWhiteout(directory, name), made = make(directory);
    // What lower layers had under the name was deleted once.
    if (covers && (mode & S_IFMT) === S_IFDIR) made.opaque = true;
    this.#changedNames(name);
    return this.#child(name, made, []);
  }
  #clearWhiteout(directory: Inode, name: string): boolean {
    const old = directory.lookup(name);
    if (!old || !isWhiteout(old)) return false;
    directory.unlink(name, old);
    return true;
  }
  override unlink(name: string, inode: Inode): void {
    const directory = this.copyUp(), child = inode as OverlayInode;
    if (child.#upper) {
      // An empty directory of the overlay may have whiteouts in its layer.
      if (child.isDirectory) for (const { name: inner } of [...child.#upper.entries(0)]) child.#upper.unlink(inner, child.#upper.lookup(inner)!);
      directory.unlink(name, child.#upper);
      child.#mirror();
    } else child.links = 0;
    this.#hide(directory, name);
    this.#children.delete(name);
    this.#changedNames(name);
    child.evictUnused();
  }
  /** Leaves a whiteout where lower layers have the name. */
  #hide(directory: Inode, name: string): void {
    if (this.#lowerOf(name, false).length > 0) directory.create(name, { mode: WHITEOUT_MODE, credentials: ROOT, device: 0 });
  }
  override rename(name: string, to: Inode, toName: string): void {
    const target = to as OverlayInode, child = this.lookup(name) as OverlayInode | undefined;
    if (!child) throw ENOENT;
    // A directory that is merged would have to be copied whole: programs do that themselves. Linux, without redirect_dir.
    if (child.isDirectory && child.#lower.length > 0) throw EXDEV;
    const directory = this.copyUp(), upper = child.copyUp(), targetDirectory = target.copyUp();
    const replaced = target.lookup(toName) as OverlayInode | undefined;
    if (replaced) target.unlink(toName, replaced);
    const covers = target.#clearWhiteout(targetDirectory, toName);
    directory.rename(name, targetDirectory, toName);
    if (covers && child.isDirectory) upper.opaque = true;
    this.#hide(directory, name);
    this.#children.delete(name);
    target.#children.set(toName, child);
    child.#parent = target;
    child.#name = toName;
    child.#mirror();
    target.#changedNames(toName);
    this.#changedNames(name);
  }
  #changedNames(name: string): void {
    this.#positions.delete(name);
    this.#mirror();
  }
}
