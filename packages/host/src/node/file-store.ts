import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { fileNameOf, keyOf, type Store } from "../store.ts";
import { hostError } from "./node-error.ts";

/** Files in one directory, one for each blob. Several processes may use it at once. */
export class FileStore implements Store {
  readonly #directory: string;
  #made: Promise<unknown> | undefined;

  /** The directory is made with the first blob. */
  constructor(directory: string) {
    this.#directory = directory;
  }
  async get(key: string): Promise<Uint8Array | undefined> {
    const path = this.#path(key);
    return this.#absent(async () => {
      const bytes = await readFile(path);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    });
  }
  async read(key: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const path = this.#path(key);
    return this.#absent(async () => {
      await using file = await open(path, "r");
      const into = new Uint8Array(Math.max(0, Math.min(length, (await file.stat()).size - offset)));
      let done = 0;
      while (done < into.length) {
        const { bytesRead } = await file.read(into, done, into.length - done, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return into.subarray(0, done);
    });
  }
  async size(key: string): Promise<number | undefined> {
    const path = this.#path(key);
    return this.#absent(async () => (await stat(path)).size);
  }
  /** Writes beside the old file and renames over it: POSIX.1-2017 rename() replaces in one step. */
  async set(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(key);
    const temporary = join(this.#directory, `.new-${randomBytes(8).toString("hex")}`);
    try {
      await (this.#made ??= mkdir(this.#directory, { recursive: true }));
      try {
        await using file = await open(temporary, "wx");
        await file.writeFile(bytes);
        await file.sync();
      } catch (error) {
        await unlink(temporary).catch(() => {});
        throw error;
      }
      await rename(temporary, path);
    } catch (error) {
      throw hostError(error, `"${key}" could not be kept in ${this.#directory}.`);
    }
  }
  async delete(key: string): Promise<boolean> {
    const path = this.#path(key);
    return (await this.#absent(async () => { await unlink(path); return true; })) ?? false;
  }
  async keys(prefix: string = ""): Promise<string[]> {
    const names = (await this.#absent(() => readdir(this.#directory))) ?? [];
    return names.flatMap((name) => keyOf(name) ?? []).filter((key) => key.startsWith(prefix)).sort();
  }

  #path(key: string): string {
    return join(this.#directory, fileNameOf(key));
  }
  async #absent<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw hostError(error, `The store in ${this.#directory} could not be read.`);
    }
  }
}
