import { checkKey, type Store } from "../store.ts";
import { hostError } from "./dom-error.ts";

const BLOBS = "blobs";

/** An IndexedDB database, one record for each blob, for browsers whose origin private file system cannot do what {@link OpfsStore} needs. */
export class IndexedDbStore implements Store {
  readonly #name: string;
  #database: Promise<IDBDatabase> | undefined;

  /** `name` is that of the database; it is made when needed. */
  constructor(name: string) {
    this.#name = name;
  }
  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#blob(key);
  }
  async read(key: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    return (await this.#blob(key))?.slice(offset, offset + length);
  }
  async size(key: string): Promise<number | undefined> {
    return (await this.#blob(key))?.length;
  }
  async set(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key);
    // A copy: the database would keep all of a larger buffer, and takes no shared memory.
    await this.#transact("readwrite", (blobs) => blobs.put(bytes.slice(), key));
  }
  async delete(key: string): Promise<boolean> {
    checkKey(key);
    return this.#transact("readwrite", async (blobs) => {
      const present = (await result(blobs.count(key))) > 0;
      if (present) blobs.delete(key);
      return present;
    });
  }
  async keys(prefix: string = ""): Promise<string[]> {
    const keys = await this.#transact("readonly", (blobs) => result(blobs.getAllKeys()));
    return (keys as string[]).filter((key) => key.startsWith(prefix)).sort();
  }

  #blob(key: string): Promise<Uint8Array | undefined> {
    checkKey(key);
    return this.#transact("readonly", (blobs) => result(blobs.get(key) as IDBRequest<Uint8Array | undefined>));
  }
  async #transact<T>(mode: IDBTransactionMode, act: (blobs: IDBObjectStore) => T | Promise<T>): Promise<T> {
    try {
      const transaction = (await this.#open()).transaction(BLOBS, mode, { durability: "strict" });
      const done = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error as Error);
      });
      const [value] = await Promise.all([act(transaction.objectStore(BLOBS)), done]);
      return value;
    } catch (error) {
      throw hostError(error, "The browser's database did not do what it was asked for.");
    }
  }
  #open(): Promise<IDBDatabase> {
    return (this.#database ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(this.#name, 1);
      request.onupgradeneeded = () => { request.result.createObjectStore(BLOBS); };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error as Error);
    }));
  }
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as Error);
  });
}
