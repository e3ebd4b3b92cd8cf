import { closeSync, constants, lstatSync, openSync, realpathSync } from "node:fs";

/** Gives system calls a path by which a file below one directory is reached, and nothing but files below it. */
export interface DirectoryPaths {
  /** Calls `use` with the path of the file that `names` lead to, the directory itself where there are none. Only the last name may be a symbolic link. */
  with<T>(names: readonly string[], use: (path: Buffer) => T): T;
  close(): void;
}

/** O_PATH of Linux, which Node does not name: a descriptor that stands for a place and reads nothing. open(2). */
const O_PATH = 0o10000000;
const byteString = (text: string): Buffer => Buffer.from(text, "latin1");

/**
 * On Linux: directories are opened one below the other, each by the descriptor of the one before (`/proc/self/fd/N/NAME` is openat(2)), without following links.
 * What others rename or replace meanwhile leads nowhere else. Linux, Documentation/filesystems/proc.rst, "/proc/<pid>/fd".
 */
export class DescriptorPaths implements DirectoryPaths {
  readonly #root: number;

  constructor(root: number) {
    this.#root = root;
  }
  with<T>(names: readonly string[], use: (path: Buffer) => T): T {
    if (names.length === 0) return use(byteString(`/proc/self/fd/${this.#root}/.`));
    let at = this.#root;
    try {
      for (const name of names.slice(0, -1)) {
        const next = openSync(byteString(`/proc/self/fd/${at}/${name}`), O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
        if (at !== this.#root) closeSync(at);
        at = next;
      }
      return use(byteString(`/proc/self/fd/${at}/${names.at(-1)!}`));
    } finally {
      if (at !== this.#root) closeSync(at);
    }
  }
  close(): void { closeSync(this.#root); }
}

/**
 * Elsewhere: each directory on the way is looked at before the path is used. Somebody else on the platform who replaces one by a link in between is not
 * noticed; a program inside the machine cannot, for its calls come one after the other.
 */
export class CheckedPaths implements DirectoryPaths {
  readonly #root: string;

  constructor(root: string) {
    this.#root = realpathSync(root, "latin1");
  }
  with<T>(names: readonly string[], use: (path: Buffer) => T): T {
    let path = this.#root;
    names.forEach((name, i) => {
      path += `/${name}`;
      if (i < names.length - 1 && !lstatSync(byteString(path)).isDirectory()) throw Object.assign(new Error(`${path} is no directory`), { code: "ENOTDIR" });
    });
    return use(byteString(path));
  }
  close(): void {}
}
