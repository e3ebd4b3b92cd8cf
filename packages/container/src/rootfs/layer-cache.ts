import type { Kernel } from "@ringzero/kernel";
import type { OwnerId } from "@ringzero/machine";
import { Tarfs } from "@ringzero/vfs";

/** A layer of an image: an archive that is not compressed, and a key that no other archive has. */
export interface Layer {
  /** Its digest where it is in a store. */
  readonly key: string;
  /** The archive. */
  readonly bytes: Uint8Array;
}

interface Entry {
  readonly fs: Tarfs;
  readonly owner: OwnerId;
  users: number;
}

/**
 * Layers in use. All containers over a layer see one file system, so that a page of a program is one frame however many run it; the frames are charged to an
 * owner of the layer's own, of kind `cache`. They go with the last container.
 */
export class LayerCache {
  readonly #kernel: Kernel;
  readonly #entries = new Map<string, Entry>();

  /** An empty cache. */
  constructor(kernel: Kernel) { this.#kernel = kernel; }

  /** The file system of a layer, for one more user. Throws an Error where the bytes are no archive. */
  take({ key, bytes }: Layer): Tarfs {
    let entry = this.#entries.get(key);
    if (!entry) {
      const kernel = this.#kernel, owner = kernel.machine.createOwner({ name: `layer ${key.replace(/^sha256:/, "").slice(0, 12)}`, kind: "cache", tenant: kernel.owner.id }).id;
      try {
        entry = { fs: new Tarfs(bytes, { store: kernel.storeOf(owner), device: kernel.nextDevice(), now: () => kernel.now() }), owner, users: 0 };
      } catch (error) {
        kernel.machine.pool.removeOwner(owner);
        throw error;
      }
      this.#entries.set(key, entry);
    }
    entry.users++;
    return entry.fs;
  }
  /** One user less. */
  give(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry || --entry.users > 0) return;
    this.#entries.delete(key);
    this.#kernel.machine.pool.removeOwner(entry.owner);
  }
}
