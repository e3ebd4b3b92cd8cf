import { z } from "zod";
import { digestOf, type Digest } from "../digest.ts";
import { MEDIA_TYPE_CONFIG, MEDIA_TYPE_INDEX, MEDIA_TYPE_LAYER, MEDIA_TYPE_MANIFEST } from "../media-types.ts";
import { parseReference, type Reference } from "../reference.ts";
import type { Descriptor } from "../schema/descriptor.ts";
import { indexSchema } from "../schema/index-document.ts";
import { documentBytes, DOCUMENT_MAXIMUM, parseDocument } from "../schema/json.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { BlobSource } from "../store/import-image.ts";
import { nameInLayout } from "./layout-names.ts";
import type { LayoutSource } from "./layout-source.ts";

/** One image of a layout. */
export interface LayoutImage {
  /** Its names: several in an archive of Docker. */
  readonly references: readonly Reference[];
  /** Of its manifest or index. */
  readonly descriptor: Descriptor;
  /** Its contents. */
  readonly source: BlobSource;
}

const layoutSchema = z.looseObject({ imageLayoutVersion: z.string().regex(/^1\./, "only version 1 is known") });
const dockerSchema = z.array(z.looseObject({ Config: z.string(), RepoTags: z.array(z.string()).nullable().optional(), Layers: z.array(z.string()).max(500) })).min(1, "it names no image").max(1000);

/**
 * Images of a layout: OCI's (image specification, "OCI Image Layout Specification"), or Docker's archive (Docker Image Specification v1.2, "Combined Image JSON +
 * Filesystem Changeset Format"). `name` is for images that have none. Rejects with an Error where it is neither. Contents are not read yet.
 */
export async function readLayout(source: LayoutSource, name?: string): Promise<LayoutImage[]> {
  const layout = await source.read("oci-layout", DOCUMENT_MAXIMUM), index = await source.read("index.json", DOCUMENT_MAXIMUM);
  if (layout && index) {
    parseDocument(layout, layoutSchema, "The file oci-layout");
    return ociImages(source, index, name);
  }
  const docker = await source.read("manifest.json", DOCUMENT_MAXIMUM);
  if (docker) return dockerImages(source, docker, name);
  throw new Error("There is no image here: an OCI layout has the files oci-layout and index.json, an archive of Docker has manifest.json.");
}

async function ociImages(source: LayoutSource, indexBytes: Uint8Array, name: string | undefined): Promise<LayoutImage[]> {
  const { manifests } = parseDocument(indexBytes, indexSchema, "The file index.json"), whole = await digestOf(indexBytes);
  const blobs: BlobSource = async (digest) => (digest === whole ? indexBytes : source.read(`blobs/sha256/${digest.slice(7)}`));
  if (manifests.length === 0) throw new Error("The image layout is empty: its index.json names no image.");
  // Images without names for several platforms are one image.
  const unnamed = manifests.filter((descriptor) => !nameInLayout(descriptor, undefined)), images: LayoutImage[] = [];
  if (unnamed.length > 1 && unnamed.length === manifests.length) {
    return [{ references: [named(undefined, name)], descriptor: { mediaType: MEDIA_TYPE_INDEX, digest: whole, size: indexBytes.length }, source: blobs }];
  }
  for (const { mediaType, digest, size, platform, ...rest } of manifests) {
    const descriptor: Descriptor = { mediaType, digest, size, ...(platform ? { platform } : {}) };
    images.push({ references: [named(nameInLayout({ ...descriptor, ...rest }, name), name)], descriptor, source: blobs });
  }
  return images;
}
function named(reference: Reference | undefined, name: string | undefined): Reference {
  if (reference) return reference;
  if (name === undefined) throw new Error("The image has no name: say what it is to be called.");
  return parseReference(name);
}

/** Docker's archive has no manifests as registries have them: they are made. */
async function dockerImages(source: LayoutSource, bytes: Uint8Array, name: string | undefined): Promise<LayoutImage[]> {
  const images: LayoutImage[] = [];
  for (const { Config, RepoTags, Layers } of parseDocument(bytes, dockerSchema, "The file manifest.json")) {
    const paths = new Map<Digest, string>(), own = new Map<Digest, Uint8Array>();
    const describe = async (path: string, mediaType: string): Promise<Descriptor> => {
      const contents = await source.read(path);
      if (!contents) throw new Error(`The archive has no file ${JSON.stringify(path.slice(0, 200))}, which its manifest.json names. Make it again.`);
      const digest = await digestOf(contents);
      paths.set(digest, path);
      return { mediaType, digest, size: contents.length };
    };
    const layers: Descriptor[] = [];
    const config = await describe(Config, MEDIA_TYPE_CONFIG);
    for (const path of Layers) layers.push(await describe(path, MEDIA_TYPE_LAYER));
    const manifest = documentBytes({ schemaVersion: 2, mediaType: MEDIA_TYPE_MANIFEST, config, layers } satisfies Manifest), digest = await digestOf(manifest);
    own.set(digest, manifest);
    const references = (RepoTags ?? []).map((tag) => parseReference(tag));
    images.push({
      references: references.length > 0 ? references : [named(undefined, name)], descriptor: { mediaType: MEDIA_TYPE_MANIFEST, digest, size: manifest.length },
      source: async (wanted) => own.get(wanted) ?? (paths.has(wanted) ? source.read(paths.get(wanted)!) : undefined),
    });
  }
  return images;
}
