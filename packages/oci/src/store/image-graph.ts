import type { Digest } from "../digest.ts";
import { isConfigType, isIndexType, isManifestType } from "../media-types.ts";
import { platformName, type Descriptor, type Platform } from "../schema/descriptor.ts";
import { imageConfigSchema, type ImageConfig } from "../schema/image-config.ts";
import { indexSchema, type IndexDocument } from "../schema/index-document.ts";
import { parseDocument } from "../schema/json.ts";
import { manifestSchema, type Manifest } from "../schema/manifest.ts";

/** Reads the contents of a descriptor, checked; undefined where they are not there. */
export type ReadBlob = (descriptor: Descriptor, what: string) => Promise<Uint8Array | undefined>;

/** One image for one platform, with its documents. */
export interface PlatformImage {
  /** Of its manifest. */
  readonly descriptor: Descriptor;
  /** The manifest. */
  readonly manifest: Manifest;
  /** The configuration. */
  readonly config: ImageConfig;
  /** What it runs on: its configuration says so. */
  readonly platform: Platform;
}

/** Indexes may hold indexes, but no tool makes more. */
const NESTING_MAXIMUM = 4;

/** One index of a graph. */
export interface GraphIndex {
  /** Of the index. */
  readonly descriptor: Descriptor;
  /** What it says. */
  readonly document: IndexDocument;
}

/** Documents below a descriptor: indexes met on the way, and images. An image that an index names and that is not there at all is left out. */
export interface ImageGraph {
  /** Indexes, the outermost first. */
  readonly indexes: readonly GraphIndex[];
  /** Images, in the order of the indexes. */
  readonly images: readonly PlatformImage[];
}

/** Walks from the descriptor of an index or manifest to all images. Rejects with an Error where a document is damaged, or does not fit the others. */
export async function readGraph(root: Descriptor, read: ReadBlob): Promise<ImageGraph> {
  const indexes: GraphIndex[] = [], images: PlatformImage[] = [], seen = new Set<Digest>();
  const visit = async (descriptor: Descriptor, depth: number): Promise<void> => {
    if (seen.has(descriptor.digest)) return;
    seen.add(descriptor.digest);
    if (depth > NESTING_MAXIMUM) throw new Error("The image has indexes within indexes within indexes, more than are read.");
    if (isIndexType(descriptor.mediaType)) {
      const bytes = await read(descriptor, "The image's index");
      if (!bytes && depth > 0) return;
      const document = parseDocument(present(bytes, descriptor, "The image's index"), indexSchema, "The image's index");
      sameType(document.mediaType, descriptor, "index");
      indexes.push({ descriptor, document });
      for (const child of document.manifests) await visit(child, depth + 1);
    } else if (isManifestType(descriptor.mediaType)) {
      const bytes = await read(descriptor, "The image's manifest");
      if (!bytes && depth > 0) return;
      const image = await readImage(descriptor, present(bytes, descriptor, "The image's manifest"), read);
      if (image) images.push(image);
    } else if (depth === 0) throw new Error(`${descriptor.mediaType} is no type of an image: an OCI manifest or index, or Docker's of version 2, is needed.`);
  };
  await visit(root, 0);
  if (images.length === 0) throw new Error("The index names no image that is there.");
  return { indexes, images };
}

/** An image of its manifest; undefined where it is an artifact, not an image. OCI image specification, "Guidelines for Artifact Usage". */
async function readImage(descriptor: Descriptor, bytes: Uint8Array, read: ReadBlob): Promise<PlatformImage | undefined> {
  const manifest = parseDocument(bytes, manifestSchema, "The image's manifest");
  sameType(manifest.mediaType, descriptor, "manifest");
  if (!isConfigType(manifest.config.mediaType)) return undefined;
  const configBytes = present(await read(manifest.config, "The image's configuration"), manifest.config, "The image's configuration");
  const config = parseDocument(configBytes, imageConfigSchema, "The image's configuration");
  // What build tools say about an image lies in its index as an image for no platform.
  if (descriptor.platform?.os === "unknown" || config.os === "unknown" || config.os === "") return undefined;
  if (config.rootfs.diff_ids.length !== manifest.layers.length) throw new Error(`The image's configuration says ${config.rootfs.diff_ids.length} layers, its manifest ${manifest.layers.length}: they are of two images.`);
  return { descriptor, manifest, config, platform: { os: config.os, architecture: config.architecture, ...(config.variant ? { variant: config.variant } : {}) } };
}

function present(bytes: Uint8Array | undefined, descriptor: Descriptor, what: string): Uint8Array {
  if (!bytes) throw new Error(`${what} (${descriptor.digest}) is missing. Fetch the image again.`);
  return bytes;
}
/** A document that says another type of itself could be read as two things. CVE-2021-41190. */
function sameType(mediaType: string | undefined, descriptor: Descriptor, what: string): void {
  if (mediaType !== undefined && mediaType !== descriptor.mediaType) throw new Error(`The image's ${what} says it is ${JSON.stringify(mediaType.slice(0, 100))}, its descriptor ${descriptor.mediaType}.`);
}

/** The image for a platform, or for the first of `preferred` that there is one for. Throws an Error that names those that there are. */
export function pickPlatform(images: readonly PlatformImage[], wanted: readonly string[], name: string): PlatformImage {
  for (const platform of wanted) {
    const found = images.find((image) => `${image.platform.os}/${image.platform.architecture}` === platform || platformName(image.platform) === platform);
    if (found) return found;
  }
  throw new Error(`The image ${name} is not for ${wanted.join(" or ")}; it is for ${[...new Set(images.map((image) => platformName(image.platform)))].join(", ")}.`);
}
