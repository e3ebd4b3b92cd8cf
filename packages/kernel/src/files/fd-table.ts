import { EBADF, EINVAL, EMFILE, FD_CLOEXEC } from "@ringzero/linux-abi";
import type { FileDescription } from "@ringzero/vfs";

/** Descriptors of a task: Linux's files_struct. */
export class FdTable {
  /** RLIMIT_NOFILE. */
  limit = 1024;
  readonly #files: ({ readonly file: FileDescription; flags: number } | undefined)[] = [];
  #users = 1;

  /** One more task uses it: CLONE_FILES. Returns itself. */
  share(): this {
    this.#users++;
    return this;
  }
  /** A task uses it no more; the last one closes all. */
  leave(): void {
    if (--this.#users > 0) return;
    for (let fd = 0; fd < this.#files.length; fd++) if (this.#files[fd]) this.close(fd);
  }
  /** A copy with the same open file descriptions. */
  fork(): FdTable {
    const copy = new FdTable();
    copy.limit = this.limit;
    this.#files.forEach((entry, fd) => { if (entry) copy.#files[fd] = { file: entry.file.reference(), flags: entry.flags }; });
    return copy;
  }
  /** What a number refers to. Throws EBADF. */
  get(fd: number): FileDescription {
    const entry = this.#files[fd];
    if (!entry) throw EBADF;
    return entry.file;
  }
  /** Whether a number is in use. */
  has(fd: number): boolean { return this.#files[fd] !== undefined; }
  /** FD_CLOEXEC or 0. Throws EBADF. */
  flags(fd: number): number {
    this.get(fd);
    return this.#files[fd]!.flags;
  }
  /** Sets FD_CLOEXEC. Throws EBADF. */
  setFlags(fd: number, flags: number): void {
    this.get(fd);
    this.#files[fd]!.flags = flags & FD_CLOEXEC;
  }
  /** Enters a file at the lowest free number from `from` on, with a reference of its own. Throws EMFILE. */
  add(file: FileDescription, flags: number = 0, from: number = 0): number {
    if (!(from >= 0 && from < this.limit)) throw EINVAL;
    let fd = from;
    while (this.#files[fd]) fd++;
    if (fd >= this.limit) throw EMFILE;
    this.#files[fd] = { file: file.reference(), flags: flags & FD_CLOEXEC };
    return fd;
  }
  /** Enters a file at a number; what was there is closed. Throws EBADF. */
  put(fd: number, file: FileDescription, flags: number = 0): void {
    if (!(fd >= 0 && fd < this.limit)) throw EBADF;
    const old = this.#files[fd];
    this.#files[fd] = { file: file.reference(), flags: flags & FD_CLOEXEC };
    old?.file.release();
  }
  /** Frees a number. Throws EBADF. */
  close(fd: number): void {
    const { file } = this.#files[fd] ?? { file: this.get(fd) };
    this.#files[fd] = undefined;
    file.release();
  }
  /** Closes what has FD_CLOEXEC: execve(2). */
  closeOnExec(): void {
    for (let fd = 0; fd < this.#files.length; fd++) if (this.#files[fd] && this.#files[fd]!.flags & FD_CLOEXEC) this.close(fd);
  }
  /** Numbers in use. */
  *numbers(): Iterable<number> {
    for (let fd = 0; fd < this.#files.length; fd++) if (this.#files[fd]) yield fd;
  }
}
