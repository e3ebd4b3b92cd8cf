import { chmodSync, closeSync, constants, fchmodSync, fstatSync, linkSync, lchownSync, lstatSync, lutimesSync, mkdirSync, openSync, readdirSync, readlinkSync, renameSync, rmdirSync, symlinkSync, unlinkSync } from "node:fs";
import { pathNames } from "../file-path.ts";
import type { FileAccess, FileChanges, FileStatus, HostDirectory, HostFile } from "../files.ts";
import { HostError } from "../host-error.ts";
import type { DirectoryPaths } from "./directory-paths.ts";
import { NodeFile } from "./node-file.ts";
import { fileStatus } from "./file-status.ts";
import { hostError } from "./node-error.ts";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;
const ACCESS: { readonly [access in FileAccess]: number } = { read: O_RDONLY, write: O_RDWR, create: O_RDWR | O_CREAT | O_EXCL };
const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

/** A directory of the operating system. */
export class NodeDirectory implements HostDirectory {
  readonly #paths: DirectoryPaths;
  readonly #name: string;

  constructor(paths: DirectoryPaths, name: string) {
    this.#paths = paths;
    this.#name = name;
  }
  status(path: string): FileStatus | undefined {
    try {
      return this.#paths.with(pathNames(path), (at) => fileStatus(lstatSync(at, { bigint: true })));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw this.#error(error, path, "cannot be looked at");
    }
  }
  list(path: string): string[] {
    // Not through a link in the last place: opened as a directory, a link is none.
    return this.#do(path, "cannot be listed", (at) => {
      const fd = openSync(at, O_RDONLY | constants.O_DIRECTORY | O_NOFOLLOW);
      try {
        return (readdirSync(this.#placeOf(fd, at), { encoding: "buffer" }) as unknown as Buffer[]).map((name) => name.toString("latin1"));
      } finally {
        closeSync(fd);
      }
    });
  }
  readlink(path: string): string {
    return this.#do(path, "is no symbolic link that can be read", (at) => readlinkSync(at, { encoding: "buffer" }).toString("latin1"));
  }
  open(path: string, access: FileAccess, mode: number = 0o644): HostFile {
    return this.#do(path, access === "create" ? "cannot be made" : "cannot be opened", (at) => {
      // A FIFO or a device would make us wait, or do something: neither is opened, and the flag is for whoever puts one there in between.
      const there = access === "create" ? undefined : lstatSync(at);
      if (there && !there.isSymbolicLink() && !there.isFile()) throw this.#none(path, there.isDirectory());
      const fd = openSync(at, ACCESS[access] | O_NOFOLLOW | O_NONBLOCK, mode & 0o7777);
      // Whatever our own umask takes away.
      if (access === "create") fchmodSync(fd, mode & 0o7777);
      if (fstatSync(fd).isFile()) return new NodeFile(fd, path);
      closeSync(fd);
      throw this.#none(path, false);
    });
  }
  makeDirectory(path: string, mode: number = 0o755): void {
    this.#do(path, "cannot be made", (at) => {
      mkdirSync(at, { mode: mode & 0o7777 });
      this.#changeMode(at, mode & 0o7777);
    });
  }
  makeSymlink(path: string, target: string): void {
    this.#do(path, "cannot be made", (at) => symlinkSync(bytes(target), at));
  }
  link(path: string, newPath: string): void {
    this.#two(path, newPath, linkSync);
  }
  remove(path: string): void {
    this.#do(path, "cannot be removed", (at) => {
      // Some systems let the privileged unlink a directory, others answer EPERM: POSIX.1-2017, unlink().
      if (lstatSync(at).isDirectory()) throw this.#none(path, true);
      unlinkSync(at);
    });
  }
  removeDirectory(path: string): void {
    this.#do(path, "cannot be removed", (at) => rmdirSync(at));
  }
  rename(path: string, to: string): void {
    this.#two(path, to, renameSync);
  }
  change(path: string, to: FileChanges): void {
    this.#do(path, "cannot be changed", (at) => {
      if (to.uid !== undefined || to.gid !== undefined) {
        const now = lstatSync(at);
        lchownSync(at, to.uid ?? now.uid, to.gid ?? now.gid);
      }
      if (to.mode !== undefined) this.#changeMode(at, to.mode & 0o7777);
      if (to.accessed || to.modified) {
        const now = lstatSync(at);
        lutimesSync(at, to.accessed ? to.accessed.seconds + to.accessed.nanoseconds / 1e9 : now.atimeMs / 1000, to.modified ? to.modified.seconds + to.modified.nanoseconds / 1e9 : now.mtimeMs / 1000);
      }
    });
  }
  close(): void { this.#paths.close(); }

  /** chmod(2) follows links; the descriptor of what is no link does not. Symbolic links have no permissions of their own: symlink(7). */
  #changeMode(at: Buffer, mode: number): void {
    if (lstatSync(at).isSymbolicLink()) return;
    const fd = openSync(at, (process.platform === "linux" ? 0o10000000 /* O_PATH */ : O_RDONLY | O_NONBLOCK) | O_NOFOLLOW);
    try {
      if (!fstatSync(fd).isSymbolicLink()) chmodSync(this.#placeOf(fd, at), mode);
    } finally {
      closeSync(fd);
    }
  }
  #placeOf(fd: number, path: Buffer): Buffer {
    return process.platform === "linux" ? bytes(`/proc/self/fd/${fd}`) : path;
  }
  #do<T>(path: string, failure: string, act: (path: Buffer) => T): T {
    try {
      return this.#paths.with(pathNames(path), act);
    } catch (error) {
      throw this.#error(error, path, failure);
    }
  }
  #two(path: string, to: string, act: (from: Buffer, to: Buffer) => void): void {
    this.#do(path, `cannot be ${act === linkSync ? "linked" : "moved"} to ${to}`, (a) => this.#paths.with(pathNames(to), (b) => act(a, b)));
  }
  #none(path: string, directory: boolean): HostError {
    return new HostError(directory ? "is-a-directory" : "failed", `${this.#name}/${path} is ${directory ? "a directory" : "no regular file"}.`);
  }
  #error(error: unknown, path: string, failure: string): HostError {
    return error instanceof HostError ? error : hostError(error, `${this.#name}${path === "" ? "" : `/${path}`} ${failure}.`);
  }
}
