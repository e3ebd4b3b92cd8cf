import { digestOf } from "../digest.ts";
import { MEDIA_TYPE_CONFIG, MEDIA_TYPE_INDEX, MEDIA_TYPE_LAYER, MEDIA_TYPE_MANIFEST } from "../media-types.ts";
import type { Annotations, Descriptor, Platform } from "../schema/descriptor.ts";
import type { ExecutionConfig, ImageConfig } from "../schema/image-config.ts";
import type { IndexDocument } from "../schema/index-document.ts";
import { documentBytes } from "../schema/json.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { RootFsEntry } from "./root-fs.ts";
import { writeTar } from "./tar-writer.ts";

/** What an image is made of. */
export interface ImageRecipe {
  /** Files of each layer, the lowest first. */
  readonly layers: readonly (readonly RootFsEntry[])[];
  /** What its programs run on. */
  readonly platform: Platform;
  /** How a container of it is run. */
  readonly config?: ExecutionConfig;
  /** RFC 3339. Default: 1970, so that the same files make the same image. */
  readonly created?: string;
  /** Who made it. */
  readonly author?: string;
  /** How each layer was made, one sentence each. */
  readonly history?: readonly string[];
  /** Of the manifest. */
  readonly annotations?: Annotations;
}

/** An image with all that it refers to, not stored anywhere yet. */
export interface BuiltImage {
  /** Of its manifest or index. */
  readonly descriptor: Descriptor;
  /** All contents by digest. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

const EPOCH = "1970-01-01T00:00:00Z";

/** Makes an image of root file systems: each becomes a layer, not compressed. The same recipe gives the same digests. */
export async function imageFromRootFs(recipe: ImageRecipe): Promise<BuiltImage> {
  const blobs = new Map<string, Uint8Array>(), { platform, created = EPOCH, author, annotations } = recipe;
  const keep = async (bytes: Uint8Array, mediaType: string): Promise<Descriptor> => {
    const digest = await digestOf(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const layers: Descriptor[] = [];
  for (const entries of recipe.layers) layers.push(await keep(writeTar(entries), MEDIA_TYPE_LAYER));
  const config: ImageConfig = {
    created, ...(author === undefined ? {} : { author }), architecture: platform.architecture, os: platform.os, ...(platform.variant === undefined ? {} : { variant: platform.variant }),
    config: recipe.config ?? {}, rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.digest) },
    ...(recipe.history ? { history: recipe.history.map((created_by) => ({ created, created_by })) } : {}),
  };
  const manifest: Manifest = { schemaVersion: 2, mediaType: MEDIA_TYPE_MANIFEST, config: await keep(documentBytes(config), MEDIA_TYPE_CONFIG), layers, ...(annotations ? { annotations } : {}) };
  return { descriptor: { ...(await keep(documentBytes(manifest), MEDIA_TYPE_MANIFEST)), platform }, blobs };
}

/** Joins images for several platforms into one with an index. */
export async function joinPlatforms(images: readonly BuiltImage[], annotations?: Annotations): Promise<BuiltImage> {
  const index: IndexDocument = { schemaVersion: 2, mediaType: MEDIA_TYPE_INDEX, manifests: images.map((image) => image.descriptor), ...(annotations ? { annotations } : {}) };
  const bytes = documentBytes(index), digest = await digestOf(bytes);
  return { descriptor: { mediaType: MEDIA_TYPE_INDEX, digest, size: bytes.length, ...(annotations ? { annotations } : {}) }, blobs: new Map([...images.flatMap((image) => [...image.blobs]), [digest, bytes]]) };
}
