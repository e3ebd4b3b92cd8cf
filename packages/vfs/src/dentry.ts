import type { Inode } from "./inode.ts";

/**
 * A name in a directory of one file system, and what it names. The cache of names is this tree: a dentry that has been met stays as long as it is right, so that
 * mounts and working directories can hold it. Linux, Documentation/filesystems/vfs.rst, "Directory Entry Cache".
 */
export class Dentry {
  /** Empty at the root of a file system. */
  name: string;
  /** Itself at the root. */
  parent: Dentry;
  /** The file that is named. A dentry never changes it: a name that is made again gets a new dentry. */
  readonly inode: Inode;
  /** The name was taken away while somebody held it. */
  unlinked = false;
  readonly #children = new Map<string, Dentry>();

  constructor(name: string, parent: Dentry | undefined, inode: Inode) {
    this.name = name;
    this.parent = parent ?? this;
    this.inode = inode;
  }
  /** Whether it is the root of its file system; ".." needs the mount from here on. */
  get isRoot(): boolean { return this.parent === this; }

  /** The entry of a name; undefined where there is none. Throws ENOTDIR. */
  lookup(name: string): Dentry | undefined {
    const known = this.#children.get(name);
    if (known) {
      if (this.inode.revalidate(name, known.inode)) return known;
      this.remove(name);
    }
    const inode = this.inode.lookup(name);
    if (!inode) return undefined;
    return this.inode.volatile ? new Dentry(name, this, inode) : this.add(name, inode);
  }
  /** Enters a name that the file system has now. */
  add(name: string, inode: Inode): Dentry {
    const child = new Dentry(name, this, inode);
    this.#children.set(name, child);
    return child;
  }
  /** Forgets a name that the file system has no more. */
  remove(name: string): void {
    const child = this.#children.get(name);
    if (!child) return;
    child.unlinked = true;
    this.#children.delete(name);
  }
  /** Follows the file system in a rename. */
  move(name: string, to: Dentry, toName: string): void {
    const child = this.#children.get(name);
    to.remove(toName);
    if (!child) return;
    this.#children.delete(name);
    child.name = toName;
    child.parent = to;
    to.#children.set(toName, child);
  }
  /** Whether `other` lies in or below this directory. */
  contains(other: Dentry): boolean {
    for (let d = other; ; d = d.parent) {
      if (d === this) return true;
      if (d.isRoot) return false;
    }
  }
}
