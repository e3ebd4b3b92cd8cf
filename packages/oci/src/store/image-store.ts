import type { Host } from "@ringzero/host";
import { z } from "zod";
import { checkContents, digestOf, hexadecimal, type Digest } from "../digest.ts";
import { parseReference, type Reference } from "../reference.ts";
import { descriptorSchema, type Descriptor } from "../schema/descriptor.ts";
import { documentBytes, parseDocument } from "../schema/json.ts";

/** What a store of images needs of the platform. */
export type StoreHost = Pick<Host, "store" | "entropy" | "wallClock">;

/** A name, and the image that it is of. */
export interface NamedImage {
  /** The name. */
  readonly reference: Reference;
  /** Of its manifest or index. */
  readonly descriptor: Descriptor;
}

/** What a store has, by digest. */
export interface StoredContents {
  /** Digests of contents as they came. */
  readonly blobs: readonly Digest[];
  /** diff_ids of layers that are kept decompressed. */
  readonly layers: readonly Digest[];
}

const BLOBS = "oci/blobs/sha256/", LAYERS = "oci/layers/", NAMES = "oci/names/", LEASES = "oci/leases/", COLLECTIONS = "oci/collections/";
/** How long an import keeps garbage from being collected, and a collection keeps imports waiting: one that was killed cannot say so. */
const IMPORT_MILLISECONDS = 3_600_000, COLLECTION_MILLISECONDS = 20_000;

const NOTHING = new Uint8Array(0);
const nameSchema = z.object({ reference: z.string(), descriptor: descriptorSchema });
const leaseSchema = z.object({ until: z.number() });

/**
 * Images by name over contents by digest, in the host's store. Contents that nothing refers to are garbage. A name is written last, so that whatever is named is
 * whole; several workers and processes may use one store at once.
 */
export class ImageStore {
  readonly #host: StoreHost;

  /** All that is kept has keys that begin with `oci/`. */
  constructor(host: StoreHost) {
    this.#host = host;
  }

  // ---- contents ----
  /** Contents of a descriptor, checked. Rejects with an Error where they are not there or damaged; `what` says what they are. */
  async blob(descriptor: Descriptor, what: string): Promise<Uint8Array> {
    const bytes = await this.#host.store.get(blobKey(descriptor.digest));
    if (!bytes) throw new Error(`${what} (${descriptor.digest}) is not in the store. Load the image again.`);
    await checkContents(bytes, descriptor, what);
    return bytes;
  }
  /** Whether contents are there. */
  async has(digest: Digest): Promise<boolean> { return (await this.#host.store.size(blobKey(digest))) !== undefined; }
  /** Keeps contents under their digest; inside `importing`. */
  async putBlob(bytes: Uint8Array): Promise<Digest> {
    const digest = await digestOf(bytes);
    if ((await this.#host.store.size(blobKey(digest))) !== bytes.length) await this.#host.store.set(blobKey(digest), bytes);
    return digest;
  }
  /** A layer's archive, not compressed, as `keepLayer` left it; undefined where it did not. Not checked. */
  async layer(diffId: Digest): Promise<Uint8Array | undefined> { return this.#host.store.get(layerKey(diffId)); }
  /** Keeps a layer's archive that is not compressed, so that it need not be decompressed again. */
  async keepLayer(diffId: Digest, archive: Uint8Array): Promise<void> { await this.#host.store.set(layerKey(diffId), archive); }
  /** Digests of all contents, and diff_ids of all layers that are kept apart. */
  async contents(): Promise<StoredContents> {
    const digests = async (prefix: string): Promise<Digest[]> => (await this.#host.store.keys(prefix)).map((key) => `sha256:${key.slice(prefix.length)}` as const);
    return { blobs: await digests(BLOBS), layers: await digests(LAYERS) };
  }
  /** Takes contents away. */
  async drop(digests: StoredContents): Promise<void> {
    for (const digest of digests.blobs) await this.#host.store.delete(blobKey(digest));
    for (const digest of digests.layers) await this.#host.store.delete(layerKey(digest));
  }

  // ---- names ----
  /** The image of a name, undefined where there is none. */
  async named(reference: Reference): Promise<Descriptor | undefined> {
    return (await this.#readName(await nameKey(reference)))?.descriptor;
  }
  /** All names, in their order. */
  async names(): Promise<NamedImage[]> {
    const found: NamedImage[] = [];
    for (const key of await this.#host.store.keys(NAMES)) {
      const named = await this.#readName(key);
      if (named) found.push(named);
    }
    return found.sort((a, b) => (a.reference.canonical < b.reference.canonical ? -1 : 1));
  }
  /** Gives an image, all of which is there, a name; what had the name loses it. */
  async tag(reference: Reference, descriptor: Descriptor): Promise<void> {
    await this.#host.store.set(await nameKey(reference), documentBytes({ reference: reference.canonical, descriptor }));
  }
  /** Takes a name away. Whether there was one. */
  async untag(reference: Reference): Promise<boolean> { return this.#host.store.delete(await nameKey(reference)); }
  async #readName(key: string): Promise<NamedImage | undefined> {
    const bytes = await this.#host.store.get(key);
    if (!bytes) return undefined;
    try {
      const { reference, descriptor } = parseDocument(bytes, nameSchema, "A name in the store of images");
      return { reference: parseReference(reference), descriptor };
    } catch {
      // A damaged name is none: the others are not to suffer.
      return undefined;
    }
  }

  // ---- imports and collections ----
  /** While `work` runs nobody collects garbage: contents that nothing refers to yet stay. Waits for a collection that has begun. */
  async importing<T>(work: () => Promise<T>): Promise<T> {
    return this.#holding(LEASES, IMPORT_MILLISECONDS, async () => {
      // Whoever collects looks for imports after it has said so; whoever imports, for collections: one of both sees the other.
      // Hashing lets others on this thread go on, which a store in memory alone does not.
      while (await this.#held(COLLECTIONS)) await digestOf(NOTHING);
      return work();
    });
  }
  /** Runs `work` unless somebody imports; undefined then. No import begins meanwhile. */
  async collecting<T>(work: () => Promise<T>): Promise<T | undefined> {
    return this.#holding(COLLECTIONS, COLLECTION_MILLISECONDS, async () => ((await this.#held(LEASES)) ? undefined : work()));
  }
  async #holding<T>(prefix: string, milliseconds: number, work: () => Promise<T>): Promise<T> {
    const random = new Uint8Array(8);
    this.#host.entropy.fill(random);
    const key = prefix + hexadecimal(random);
    await this.#host.store.set(key, documentBytes({ until: this.#host.wallClock.unixMilliseconds() + milliseconds }));
    try {
      return await work();
    } finally {
      await this.#host.store.delete(key);
    }
  }
  /** Whether somebody holds one. Forgets those of processes that were killed. */
  async #held(prefix: string): Promise<boolean> {
    let held = false;
    for (const key of await this.#host.store.keys(prefix)) {
      const bytes = await this.#host.store.get(key), now = this.#host.wallClock.unixMilliseconds();
      if (bytes && untilOf(bytes) > now) held = true;
      else if (bytes) await this.#host.store.delete(key);
    }
    return held;
  }
}

/** End of a lease; one that is damaged has ended. */
function untilOf(bytes: Uint8Array): number {
  try {
    return parseDocument(bytes, leaseSchema, "A lease in the store of images").until;
  } catch {
    return 0;
  }
}
function blobKey(digest: Digest): string { return BLOBS + digest.slice(7); }
function layerKey(diffId: Digest): string { return LAYERS + diffId.slice(7); }
/** Tags have capitals, keys of a store have none. */
async function nameKey(reference: Reference): Promise<string> { return NAMES + (await digestOf(new TextEncoder().encode(reference.canonical))).slice(7); }
