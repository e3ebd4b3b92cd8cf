import type { Progress } from "@ringzero/guests";
import type { Host, HostDirectory } from "@ringzero/host";
import { builtInImage, RECIPE_ANNOTATION, type BuiltInImage } from "./build/built-in.ts";
import type { BuiltImage } from "./build/image-from-root-fs.ts";
import type { Digest } from "./digest.ts";
import { uncompressedLayer } from "./layer.ts";
import { archiveSource, directorySource } from "./layout/layout-source.ts";
import { readLayout } from "./layout/read-layout.ts";
import { writeArchive, writeDirectory, type SavedImage } from "./layout/write-layout.ts";
import { parseReference, type Reference } from "./reference.ts";
import { platformName, type Descriptor } from "./schema/descriptor.ts";
import type { ImageConfig } from "./schema/image-config.ts";
import { collectGarbage } from "./store/collect-garbage.ts";
import { pickPlatform, readGraph, type ImageGraph, type PlatformImage } from "./store/image-graph.ts";
import { ImageStore } from "./store/image-store.ts";
import { importImages } from "./store/import-image.ts";

/** What an image has for its containers where they say nothing else. */
export interface ImageDefaults {
  /** Goes before the arguments. */
  readonly entrypoint: readonly string[];
  /** Arguments where none are given. */
  readonly command: readonly string[];
  /** `NAME=VALUE`. */
  readonly env: readonly string[];
  /** Working directory. */
  readonly cwd: string;
  /** `user`, `uid`, `user:group` or `uid:gid`; empty = root. */
  readonly user: string;
}

/** An image for one platform, ready to be run. */
export interface ResolvedImage {
  /** The name that it was asked for by, in full. */
  readonly reference: string;
  /** Of its manifest. */
  readonly digest: Digest;
  /** Of its configuration: what Docker calls the image's ID. */
  readonly id: Digest;
  /** `linux/amd64`, `linux/386`. */
  readonly platform: string;
  /** The whole configuration. */
  readonly config: ImageConfig;
  /** What of it a container takes over. */
  readonly defaults: ImageDefaults;
  /** diff_ids of the layers, the lowest first: the same diff_id is the same layer, in whatever image. */
  readonly diffIds: readonly Digest[];
  /** Reads the layers' archives, not compressed, each checked against its diff_id; the lowest first, for Tarfs to use in place. */
  layers(progress?: Progress): Promise<Uint8Array[]>;
}

/** An image as a list shows it. */
export interface ImageSummary {
  /** The name as people write it. */
  readonly name: string;
  /** The name in full. */
  readonly reference: string;
  /** Of its manifest or index. */
  readonly digest: Digest;
  /** What it runs on, as far as it is here. */
  readonly platforms: readonly string[];
  /** RFC 3339; undefined where it does not say. */
  readonly created: string | undefined;
  /** Bytes of all its layers as they are kept. */
  readonly size: number;
}

/** Platforms in the order in which they are taken where none is asked for. */
const PREFERRED: readonly string[] = ["linux/amd64", "linux/386"];

/** Images by name. Some are made when they are first used: `builtInImages`. */
export class Images {
  /** Where they are kept. */
  readonly store: ImageStore;
  readonly #host: Host;
  readonly #making = new Map<string, Promise<Descriptor>>();

  /** Images in the store of a host. */
  constructor(host: Host) {
    this.#host = host;
    this.store = new ImageStore(host);
  }

  /**
   * The image of a name for a platform (default: `linux/amd64`, or else `linux/386`), made first if it is one that is made here. Rejects with an Error of
   * one sentence where there is none, it is not for that platform, or it is damaged.
   */
  async resolve(name: string, platform?: string, progress: Progress = () => {}): Promise<ResolvedImage> {
    const reference = parseReference(name), descriptor = await this.#find(reference, progress), builtIn = builtInImage(reference);
    let { images } = await this.#graph(descriptor);
    // One that was made while packages of a platform were not to be had is made again once that platform is asked for.
    if (builtIn && descriptor.annotations?.[RECIPE_ANNOTATION] && platform !== undefined && builtIn.platforms.includes(platform) && !images.some((image) => platformName(image.platform) === platform)) {
      ({ images } = await this.#graph(await this.#make(reference, builtIn, progress)));
    }
    return this.#resolved(reference, pickPlatform(images, platform === undefined ? PREFERRED : [platform], reference.familiar));
  }
  #resolved(reference: Reference, image: PlatformImage): ResolvedImage {
    const { config, descriptor, manifest } = image, run = config.config ?? {};
    return {
      reference: reference.canonical, digest: descriptor.digest, id: manifest.config.digest, platform: platformName(image.platform), config,
      defaults: { entrypoint: run.Entrypoint ?? [], command: run.Cmd ?? [], env: run.Env ?? [], cwd: run.WorkingDir || "/", user: run.User ?? "" },
      diffIds: config.rootfs.diff_ids, layers: (progress) => this.#layers(image, progress ?? (() => {})),
    };
  }
  async #layers({ manifest, config }: PlatformImage, progress: Progress): Promise<Uint8Array[]> {
    const archives: Uint8Array[] = [];
    for (const [i, layer] of manifest.layers.entries()) {
      progress(`layer ${layer.digest.slice(7, 19)}`, i, manifest.layers.length);
      const diffId = config.rootfs.diff_ids[i]!;
      archives.push(await this.#layer(layer, diffId));
    }
    progress("ready", manifest.layers.length, manifest.layers.length);
    return archives;
  }
  async #layer(layer: Descriptor, diffId: Digest): Promise<Uint8Array> {
    const kept = layer.digest === diffId ? undefined : await this.store.layer(diffId);
    if (kept) {
      const checked = await uncompressedLayer(kept, diffId, this.#host).catch(() => undefined);
      if (checked) return checked;
    }
    const archive = await uncompressedLayer(await this.store.blob(layer, "A layer"), diffId, this.#host);
    if (layer.digest !== diffId) await this.store.keepLayer(diffId, archive);
    return archive;
  }
  #graph(descriptor: Descriptor): Promise<ImageGraph> {
    return readGraph(descriptor, async (d, what) => ((await this.store.has(d.digest)) ? this.store.blob(d, what) : undefined));
  }

  async #find(reference: Reference, progress: Progress): Promise<Descriptor> {
    const named = await this.store.named(reference), builtIn = builtInImage(reference), recipe = named?.annotations?.[RECIPE_ANNOTATION];
    // One that somebody loaded under the name stays; one that was made here follows its recipe.
    if (named && (recipe === undefined || recipe === builtIn?.recipe)) return named;
    if (builtIn) {
      return this.#make(reference, builtIn, progress).catch((error: unknown) => {
        // Without network an older one is better than none.
        if (named) return named;
        throw error;
      });
    }
    const byDigest = reference.digest === undefined ? undefined : await this.#byDigest(reference);
    if (byDigest) return byDigest;
    throw new Error(`There is no image ${reference.familiar} here: \`images\` lists those that there are; an archive of \`docker save\` or \`skopeo\` can be loaded.`);
  }
  /** Once, however many ask at a time. */
  #make(reference: Reference, builtIn: BuiltInImage, progress: Progress): Promise<Descriptor> {
    const key = reference.canonical;
    const making = this.#making.get(key) ?? (async () => {
      const built = await builtIn.build(this.#host, progress);
      await this.add(key, built);
      return built.descriptor;
    })().finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }
  /** An image of the repository whose index or manifest has the digest. */
  async #byDigest({ registry, repository, digest }: Reference): Promise<Descriptor | undefined> {
    for (const { reference, descriptor } of await this.store.names()) {
      if (reference.registry !== registry || reference.repository !== repository) continue;
      if (descriptor.digest === digest) return descriptor;
      const { indexes, images } = await this.#graph(descriptor);
      for (const found of [...indexes, ...images]) if (found.descriptor.digest === digest) return found.descriptor;
    }
    return undefined;
  }

  /** Keeps an image that was made here under a name. */
  async add(name: string, image: BuiltImage, progress?: Progress): Promise<void> {
    await importImages(this.store, [{ references: [parseReference(name)], descriptor: image.descriptor, source: async (digest) => image.blobs.get(digest) }], this.#host, progress);
  }
  /**
   * Loads the images of an archive (of `docker save`, `skopeo copy … oci-archive:`, `podman save`; compressed or not), or of an OCI layout in a directory.
   * Returns their names in full. `name` is for images that have none. Rejects with an Error of one sentence, and keeps nothing, where anything is wrong with it.
   */
  async load(from: Uint8Array | HostDirectory, name?: string, progress?: Progress): Promise<string[]> {
    const source = from instanceof Uint8Array ? await archiveSource(from, this.#host) : directorySource(from), images = await readLayout(source, name);
    await importImages(this.store, images, this.#host, progress);
    return images.flatMap((image) => image.references.map((reference) => reference.canonical));
  }
  /** Images as one archive, for `docker load`, `podman load`, `skopeo` and `load`; with all their platforms, or one. */
  async save(names: readonly string[], platform?: string): Promise<Uint8Array> {
    return writeArchive(await this.#saved(names, platform), (d) => this.store.blob(d, "Contents of the image"), ({ images }) => pickPlatform(images, [...PREFERRED, platformName(images[0]!.platform)], "to be saved"));
  }
  /** Images into an OCI layout in a directory, beside what it has; with all their platforms, or one. */
  async saveDirectory(directory: HostDirectory, names: readonly string[], platform?: string): Promise<void> {
    await writeDirectory(directory, await this.#saved(names, platform), (d) => this.store.blob(d, "Contents of the image"));
  }
  async #saved(names: readonly string[], platform: string | undefined): Promise<SavedImage[]> {
    const saved: SavedImage[] = [];
    for (const name of names) {
      const reference = parseReference(name), root = await this.#find(reference, () => {}), graph = await this.#graph(root), image = platform === undefined ? undefined : pickPlatform(graph.images, [platform], reference.familiar);
      saved.push({ reference, descriptor: image?.descriptor ?? root, graph: image ? { indexes: [], images: [image] } : graph });
    }
    return saved;
  }
  /** Gives an image one more name. Rejects with an Error where there is no such image. */
  async tag(name: string, newName: string): Promise<void> {
    const to = parseReference(newName);
    if (to.digest !== undefined) throw new Error(`${to.familiar} has a digest, which is not given but computed: write NAME:TAG.`);
    const from = parseReference(name);
    await this.#find(from, () => {});
    // Found once more where nobody takes its contents away.
    await this.store.importing(async () => this.store.tag(to, await this.#find(from, () => {})));
  }
  /** Takes a name away, and the contents that no other name leads to. Rejects with an Error where there is no such name. */
  async remove(name: string): Promise<void> {
    const reference = parseReference(name);
    if (!(await this.store.untag(reference))) throw new Error(`There is no image ${reference.familiar} here.`);
    await collectGarbage(this.store);
  }
  /** All names, in order. One whose image is damaged is listed without platforms. */
  async list(): Promise<ImageSummary[]> {
    const summaries: ImageSummary[] = [];
    for (const { reference, descriptor } of await this.store.names()) {
      const images = (await this.#graph(descriptor).catch(() => undefined))?.images ?? [];
      const layers = new Map(images.flatMap((image) => image.manifest.layers.map((layer) => [layer.digest, layer.size])));
      summaries.push({
        name: reference.familiar, reference: reference.canonical, digest: descriptor.digest, platforms: images.map((image) => platformName(image.platform)),
        created: images[0]?.config.created, size: [...layers.values()].reduce((sum, size) => sum + size, 0),
      });
    }
    return summaries;
  }
}
