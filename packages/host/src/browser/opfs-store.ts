import { fileNameOf, keyOf, type Store } from "../store.ts";
import { hostError } from "./dom-error.ts";

/**
 * Files of the origin private file system, one for each blob, in a directory of ours. File System Standard, "createWritable": what is
 * written becomes the file when it is closed, all at once.
 */
export class OpfsStore implements Store {
  readonly #name: string;
  #directory: Promise<FileSystemDirectoryHandle> | undefined;

  /** `name` is that of the directory below the origin's root; it is made when needed. */
  constructor(name: string) {
    this.#name = name;
  }
  /** Whether this browser has what the store needs, here: private windows of some have not. */
  static async available(): Promise<boolean> {
    try {
      if (!("createWritable" in FileSystemFileHandle.prototype)) return false;
      await navigator.storage.getDirectory();
      return true;
    } catch {
      return false;
    }
  }
  async get(key: string): Promise<Uint8Array | undefined> {
    const file = await this.#file(key);
    return file && new Uint8Array(await file.arrayBuffer());
  }
  async read(key: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const file = await this.#file(key);
    return file && new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
  }
  async size(key: string): Promise<number | undefined> {
    return (await this.#file(key))?.size;
  }
  async set(key: string, bytes: Uint8Array): Promise<void> {
    const name = fileNameOf(key);
    try {
      const writable = await (await (await this.#root()).getFileHandle(name, { create: true })).createWritable();
      try {
        // The platform takes no shared memory.
        await writable.write(bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice());
        await writable.close();
      } catch (error) {
        await writable.abort().catch(() => {});
        throw error;
      }
    } catch (error) {
      throw hostError(error, `"${key}" could not be kept.`);
    }
  }
  async delete(key: string): Promise<boolean> {
    const name = fileNameOf(key);
    return (await this.#absent(async () => { await (await this.#root()).removeEntry(name); return true; })) ?? false;
  }
  async keys(prefix: string = ""): Promise<string[]> {
    const keys: string[] = [];
    for await (const name of (await this.#root()).keys()) {
      const key = keyOf(name);
      if (key?.startsWith(prefix)) keys.push(key);
    }
    return keys.sort();
  }

  #root(): Promise<FileSystemDirectoryHandle> {
    return (this.#directory ??= navigator.storage.getDirectory().then((root) => root.getDirectoryHandle(this.#name, { create: true })));
  }
  #file(key: string): Promise<File | undefined> {
    const name = fileNameOf(key);
    return this.#absent(async () => (await (await this.#root()).getFileHandle(name)).getFile());
  }
  async #absent<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if ((error as DOMException).name === "NotFoundError") return undefined;
      throw hostError(error, "The browser's file system could not be read.");
    }
  }
}
