import { checkKey, type Store } from "../store.ts";

/** A store that is gone with the process. */
export class MemoryStore implements Store {
  readonly #blobs = new Map<string, Uint8Array>();

  async get(key: string): Promise<Uint8Array | undefined> {
    checkKey(key);
    return this.#blobs.get(key)?.slice();
  }
  async read(key: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    checkKey(key);
    return this.#blobs.get(key)?.slice(offset, offset + length);
  }
  async size(key: string): Promise<number | undefined> {
    checkKey(key);
    return this.#blobs.get(key)?.length;
  }
  async set(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key);
    this.#blobs.set(key, bytes.slice());
  }
  async delete(key: string): Promise<boolean> {
    checkKey(key);
    return this.#blobs.delete(key);
  }
  async keys(prefix: string = ""): Promise<string[]> {
    return [...this.#blobs.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}
