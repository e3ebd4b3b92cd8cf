import type { Progress } from "@ringzero/guests";
import { indexTar } from "@ringzero/vfs";
import { checkContents, type Digest } from "../digest.ts";
import { uncompressedLayer, type Decompressor } from "../layer.ts";
import type { Reference } from "../reference.ts";
import type { Descriptor } from "../schema/descriptor.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { readGraph, type PlatformImage } from "./image-graph.ts";
import type { ImageStore } from "./image-store.ts";

/** Where the contents of an image come from: bytes of a digest, undefined where there are none. Nobody has checked them. */
export type BlobSource = (digest: Digest) => Promise<Uint8Array | undefined>;

/** Takes an image into a store under names, all of it checked: sizes, digests, documents, layers against their diff_ids, archives. Where anything is wrong it rejects with an Error, and nothing stays. */
export async function importImage(store: ImageStore, references: readonly Reference[], root: Descriptor, source: BlobSource, host: Decompressor, progress: Progress = () => {}): Promise<void> {
  const read = async (descriptor: Descriptor, what: string): Promise<Uint8Array | undefined> => {
    const bytes = await source(descriptor.digest);
    if (bytes) await checkContents(bytes, descriptor, what);
    return bytes;
  };
  const { indexes, images } = await readGraph(root, read);
  const all = images.reduce((n, image) => n + image.manifest.layers.length, 0) + 1, checked = new Set<string>();
  let done = 0;
  try {
    await store.importing(async () => {
      for (const image of images) {
        for (const [i, layer] of image.manifest.layers.entries()) {
          progress(`layer ${layer.digest.slice(7, 19)}`, done++, all);
          const diffId = image.config.rootfs.diff_ids[i]!;
          if (checked.has(layer.digest + diffId)) continue;
          await takeLayer(store, layer, diffId, read, host);
          checked.add(layer.digest + diffId);
        }
        await copyDocuments(store, image, read);
      }
      for (const { descriptor } of indexes.toReversed()) await store.putBlob((await read(descriptor, "The image's index"))!);
      progress("names", done, all);
      for (const reference of references) await store.tag(reference, root);
    });
  } catch (error) {
    await collectGarbage(store).catch(() => {});
    throw error;
  }
  progress("ready", all, all);
}

async function takeLayer(store: ImageStore, layer: Descriptor, diffId: Digest, read: (descriptor: Descriptor, what: string) => Promise<Uint8Array | undefined>, host: Decompressor): Promise<void> {
  const bytes = await read(layer, "A layer");
  if (!bytes) throw new Error(`A layer (${layer.digest}) is missing. Fetch the image again.`);
  const archive = await uncompressedLayer(bytes, diffId, host);
  indexTar(archive);
  await store.putBlob(bytes);
  if (archive !== bytes) await store.keepLayer(diffId, archive);
}
async function copyDocuments(store: ImageStore, image: PlatformImage, read: (descriptor: Descriptor, what: string) => Promise<Uint8Array | undefined>): Promise<void> {
  for (const [descriptor, what] of [[image.manifest.config, "The image's configuration"], [image.descriptor, "The image's manifest"]] as const) await store.putBlob((await read(descriptor, what))!);
}
