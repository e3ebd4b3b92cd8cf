import { EACCES, EEXIST, EINVAL, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, MAXSYMLINKS, NAME_MAX, PATH_MAX, S_IFLNK } from "@ringzero/linux-abi";
import { MAY_EXEC, permits, type Credentials } from "./credentials.ts";
import { samePath, topmost, type Path } from "./mount.ts";

/** Whose eyes a path is read with. */
export interface WalkContext {
  /** Where "/" leads; ".." does not go above it. chroot(2). */
  readonly root: Path;
  /** Where relative paths begin, unless a call names a directory of its own. */
  readonly cwd: Path;
  /** Whose permissions are asked for each directory on the way. */
  readonly credentials: Credentials;
}

/** The directory of a path's last component, and that component. */
export interface LastComponent {
  /** The directory, with mounts and links on the way followed. */
  readonly parent: Path;
  /** Never empty, ".." or "."; see `special`. */
  readonly name: string;
  /** The path ends in "/", so that it must name a directory. */
  readonly directory: boolean;
}

/**
 * Resolves a path. Throws the errnos of path_resolution(7). Linux, fs/namei.c:link_path_walk().
 *
 * @param from where a relative path begins
 * @param follow whether a symbolic link in the last place is followed
 */
export function walk(context: WalkContext, from: Path, path: string, follow: boolean): Path {
  return new Walk(context).resolve(from, path, follow);
}
/** As `walk`, up to the last component, for calls that make or take away a name. Throws EEXIST, EINVAL or ENOTEMPTY's kin where it is ".", ".." or the root. */
export function walkToParent(context: WalkContext, from: Path, path: string): LastComponent {
  return new Walk(context).parent(from, path);
}

class Walk {
  readonly #context: WalkContext;
  #links = 0;

  constructor(context: WalkContext) {
    this.#context = context;
  }
  resolve(from: Path, path: string, follow: boolean): Path {
    let at = this.#start(from, path);
    const parts = path.split("/").filter((part) => part !== "");
    for (let i = 0; i < parts.length; i++) {
      const last = i === parts.length - 1;
      // A path that ends in "/" names what the link leads to.
      at = this.#step(at, parts[i]!, !last || follow || path.endsWith("/"));
    }
    if (path.endsWith("/") && !at.dentry.inode.isDirectory) throw ENOTDIR;
    return at;
  }
  parent(from: Path, path: string): LastComponent {
    const at = this.#start(from, path);
    const parts = path.split("/").filter((part) => part !== "");
    const name = parts.pop();
    if (name === undefined || name === "..") throw EEXIST;
    if (name === ".") throw EINVAL;
    let parent = at;
    for (const part of parts) parent = this.#step(parent, part, true);
    if (!parent.dentry.inode.isDirectory) throw ENOTDIR;
    if (name.length > NAME_MAX) throw ENAMETOOLONG;
    this.#mayEnter(parent);
    return { parent, name, directory: path.endsWith("/") };
  }
  #start(from: Path, path: string): Path {
    if (path === "") throw ENOENT;
    if (path.length >= PATH_MAX) throw ENAMETOOLONG;
    return path.startsWith("/") ? this.#context.root : from;
  }
  #step(at: Path, name: string, follow: boolean): Path {
    if (!at.dentry.inode.isDirectory) throw ENOTDIR;
    this.#mayEnter(at);
    if (name === ".") return at;
    if (name === "..") return this.#up(at);
    if (name.length > NAME_MAX) throw ENAMETOOLONG;
    const dentry = at.dentry.lookup(name);
    if (!dentry) throw ENOENT;
    const found = topmost({ mount: at.mount, dentry });
    return follow && found.dentry.inode.type === S_IFLNK ? this.#follow(at, found) : found;
  }
  #up(at: Path): Path {
    while (!samePath(at, this.#context.root)) {
      if (at.dentry !== at.mount.root) return topmost({ mount: at.mount, dentry: at.dentry.parent });
      if (!at.mount.parent || !at.mount.mountpoint) return at;
      at = { mount: at.mount.parent, dentry: at.mount.mountpoint };
    }
    return at;
  }
  #follow(directory: Path, link: Path): Path {
    if (++this.#links > MAXSYMLINKS) throw ELOOP;
    const { inode } = link.dentry;
    return inode.jump() ?? this.resolve(directory, inode.readlink(), true);
  }
  #mayEnter(directory: Path): void {
    if (!permits(directory.dentry.inode, this.#context.credentials, MAY_EXEC)) throw EACCES;
  }
}
