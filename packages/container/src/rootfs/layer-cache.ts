import type { Kernel } from "@ringzero/kernel";
import type { OwnerId } from "@ringzero/machine";
import { Tarfs } from "@ringzero/vfs";


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

  /** Whether a layer is in use. */
  has(key: string): boolean { return this.#entries.has(key); }
  /**
   * The file system of a layer, for one more user. `key` is one that no other archive has: its diff_id, say. Throws an Error where it is not in use and the
   * archive is missing or none.
   */
  take(key: string, archive: Uint8Array | undefined): Tarfs {
    let entry = this.#entries.get(key);
    if (!entry) {
      if (!archive) throw new Error(`Layer ${key} has no archive.`);
      const kernel = this.#kernel, owner = kernel.machine.createOwner({ name: `layer ${key.replace(/^sha256:/, "").slice(0, 12)}`, kind: "cache", tenant: kernel.owner.id }).id;
      try {
        entry = { fs: new Tarfs(archive, { store: kernel.storeOf(owner), device: kernel.nextDevice(), now: () => kernel.now() }), owner, users: 0 };
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
