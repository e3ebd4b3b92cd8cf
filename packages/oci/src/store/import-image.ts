import type { Progress } from "@ringzero/guests";
import { indexTar } from "@ringzero/vfs";
import { checkContents, shortDigest, type Digest } from "../digest.ts";
import { uncompressedLayer, type Decompressor } from "../layer.ts";
import type { Reference } from "../reference.ts";
import type { Descriptor } from "../schema/descriptor.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { readGraph, type ImageGraph, type PlatformImage } from "./image-graph.ts";
import type { ImageStore } from "./image-store.ts";

/** Where the contents of an image come from: bytes of a digest, undefined where there are none. Nobody has checked them. */
export type BlobSource = (digest: Digest) => Promise<Uint8Array | undefined>;

/** An image that is to be kept. */
export interface IncomingImage {
  /** Its names; what has them loses them. */
  readonly references: readonly Reference[];
  /** Of its manifest or index. */
  readonly descriptor: Descriptor;
  /** Its contents. */
  readonly source: BlobSource;
}
type Read = (descriptor: Descriptor, what: string) => Promise<Uint8Array | undefined>;

/**
 * Takes images into a store, all of them checked: sizes, digests, documents, layers against their diff_ids, archives. Names come last. Where anything is wrong it rejects
 * with an Error, and nothing stays.
 */
export async function importImages(store: ImageStore, incoming: readonly IncomingImage[], host: Decompressor, progress: Progress = () => {}): Promise<void> {
  const graphs: { readonly graph: ImageGraph; readonly read: Read }[] = [];
  for (const { descriptor, source } of incoming) {
    const read: Read = async (wanted, what) => {
      const bytes = await source(wanted.digest);
      if (bytes) await checkContents(bytes, wanted, what);
      return bytes;
    };
    graphs.push({ graph: await readGraph(descriptor, read), read });
  }
  const all = graphs.reduce((n, { graph }) => n + graph.images.reduce((m, image) => m + image.manifest.layers.length, 0), 1), checked = new Set<string>();
  let done = 0;
  try {
    await store.importing(async () => {
      for (const { graph, read } of graphs) {
        for (const image of graph.images) {
          for (const [i, layer] of image.manifest.layers.entries()) {
            progress(`layer ${shortDigest(layer.digest)}`, done++, all);
            const diffId = image.config.rootfs.diff_ids[i]!;
            if (!checked.has(layer.digest + diffId)) await takeLayer(store, layer, diffId, read, host);
            checked.add(layer.digest + diffId);
          }
          await copyDocuments(store, image, read);
        }
        for (const { descriptor } of graph.indexes.toReversed()) await store.putBlob((await read(descriptor, "The image's index"))!);
      }
      progress("names", done, all);
      for (const { references, descriptor } of incoming) for (const reference of references) await store.tag(reference, descriptor);
    });
  } catch (error) {
    await collectGarbage(store).catch(() => {});
    throw error;
  }
  progress("ready", all, all);
}

async function takeLayer(store: ImageStore, layer: Descriptor, diffId: Digest, read: Read, host: Decompressor): Promise<void> {
  const bytes = await read(layer, "A layer");
  if (!bytes) throw new Error(`A layer (${layer.digest}) is missing. Fetch the image again.`);
  const archive = await uncompressedLayer(bytes, diffId, host);
  indexTar(archive);
  await store.putBlob(bytes);
  if (archive !== bytes) await store.keepLayer(diffId, archive);
}
async function copyDocuments(store: ImageStore, image: PlatformImage, read: Read): Promise<void> {
  for (const [descriptor, what] of [[image.manifest.config, "The image's configuration"], [image.descriptor, "The image's manifest"]] as const) await store.putBlob((await read(descriptor, what))!);
}
