import { EBUSY, EINVAL } from "@ringzero/linux-abi";
import { Dentry } from "./dentry.ts";
import type { FileSystem } from "./file-system.ts";

/** A place in the tree of all files: a dentry can be seen through several mounts. */
export interface Path {
  /** Through which mount it is seen. */
  readonly mount: Mount;
  /** Which name in the mount's file system. */
  readonly dentry: Dentry;
}

/** A file system, or a part of it, at a place. Linux, include/linux/mount.h:struct vfsmount, fs/mount.h:struct mount. */
export class Mount {
  /** What is mounted. */
  readonly fileSystem: FileSystem;
  /** The directory of it that shows at the mount point: its own root, or another one for a bind mount. */
  readonly root: Dentry;
  /** MS_RDONLY and its kind. */
  flags: number;
  /** What mount(2) was told to mount: the first word of its line in /proc/mounts. */
  readonly source: string;
  /** The mount that it is mounted in; undefined for the root of a namespace, and after `detach`. */
  parent: Mount | undefined;
  /** The directory of `parent` that it covers. */
  mountpoint: Dentry | undefined;
  /** What is mounted on directories of this mount. */
  readonly children: Map<Dentry, Mount> = new Map();

  constructor(fileSystem: FileSystem, root: Dentry, flags: number = 0, source: string = fileSystem.type) {
    this.fileSystem = fileSystem;
    this.root = root;
    this.flags = flags;
    this.source = source;
  }
  /** Mounts it at a place; the topmost mount there is covered. */
  attach(at: Path): void {
    const { mount, dentry } = topmost(at);
    this.parent = mount;
    this.mountpoint = dentry;
    mount.children.set(dentry, this);
  }
  /** Throws EBUSY where something is mounted below, EINVAL where it is the root of all. */
  detach(): void {
    if (!this.parent || !this.mountpoint) throw EINVAL;
    if (this.children.size > 0) throw EBUSY;
    this.parent.children.delete(this.mountpoint);
    this.parent = this.mountpoint = undefined;
  }
  /** A copy of it and all below: what a new mount namespace begins with. `pairs` gets the copy of each. */
  copyTree(pairs: Map<Mount, Mount> = new Map()): Mount {
    const copy = new Mount(this.fileSystem, this.root, this.flags, this.source);
    pairs.set(this, copy);
    for (const [dentry, child] of this.children) {
      const below = child.copyTree(pairs);
      below.parent = copy;
      below.mountpoint = dentry;
      copy.children.set(dentry, below);
    }
    return copy;
  }
}

/** The mounts that a set of tasks sees. */
export class MountNamespace {
  /** The mount at "/". pivot_root(2) replaces it. */
  root: Mount;

  constructor(root: Mount) {
    this.root = root;
  }
  /** One whose tree is a file system. */
  static of(fileSystem: FileSystem): MountNamespace {
    return new MountNamespace(new Mount(fileSystem, new Dentry("", undefined, fileSystem.root)));
  }
  /** Where "/" leads for a task that has not changed its root. */
  get rootPath(): Path { return { mount: this.root, dentry: this.root.root }; }
}

/** What is seen at a place: the root of the mount that covers it, if any. */
export function topmost(path: Path): Path {
  for (let mount = path.mount.children.get(path.dentry); mount; mount = path.mount.children.get(path.dentry)) path = { mount, dentry: mount.root };
  return path;
}
/** Whether two places are one: the same name seen through the same mount. */
export function samePath(a: Path, b: Path): boolean {
  return a.mount === b.mount && a.dentry === b.dentry;
}
/** A place by name, as getcwd(2) and /proc show it. */
export interface PathName {
  /** Absolute, a byte string. */
  readonly name: string;
  /** Whether the walk upwards met the root. getcwd(2) puts "(unreachable)" before the name of what does not. */
  readonly reachable: boolean;
}
/** The name of a place as seen from `root`; where it lies outside, from the top of what it is mounted in. */
export function pathName(path: Path, root: Path): PathName {
  let name = "", reachable = true;
  for (let at = path; !samePath(at, root); ) {
    if (at.dentry === at.mount.root) {
      if (!at.mount.parent || !at.mount.mountpoint) {
        reachable = false;
        break;
      }
      at = { mount: at.mount.parent, dentry: at.mount.mountpoint };
      continue;
    }
    name = `/${at.dentry.name}${name}`;
    at = { mount: at.mount, dentry: at.dentry.parent };
  }
  return { name: name === "" ? "/" : name, reachable };
}
