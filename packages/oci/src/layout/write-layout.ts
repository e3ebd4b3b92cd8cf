import type { HostDirectory } from "@ringzero/host";
import { rootDirectory, rootFile, type RootFsEntry } from "../build/root-fs.ts";
import { writeTar } from "../build/tar-writer.ts";
import type { Digest } from "../digest.ts";
import { MEDIA_TYPE_INDEX } from "../media-types.ts";
import type { Reference } from "../reference.ts";
import type { Descriptor } from "../schema/descriptor.ts";
import { indexSchema } from "../schema/index-document.ts";
import { documentBytes, DOCUMENT_MAXIMUM, parseDocument } from "../schema/json.ts";
import type { ImageGraph, PlatformImage } from "../store/image-graph.ts";
import { namingAnnotations, REF_NAME_ANNOTATION } from "./layout-names.ts";
import { directorySource } from "./layout-source.ts";

/** An image that goes into a layout. */
export interface SavedImage {
  /** Its name. */
  readonly reference: Reference;
  /** Of its manifest or index. */
  readonly descriptor: Descriptor;
  /** Its documents. */
  readonly graph: ImageGraph;
}

/** Reads contents that go into a layout. */
export type ReadContents = (descriptor: Descriptor) => Promise<Uint8Array>;

const LAYOUT = documentBytes({ imageLayoutVersion: "1.0.0" });

/** All contents of images, each once. */
function contentsOf(images: readonly SavedImage[]): Descriptor[] {
  const found = new Map<Digest, Descriptor>();
  for (const { graph } of images) {
    for (const { descriptor } of graph.indexes) found.set(descriptor.digest, descriptor);
    for (const { descriptor, manifest } of graph.images) for (const d of [descriptor, manifest.config, ...manifest.layers]) found.set(d.digest, d);
  }
  return [...found.values()];
}
function entriesOf(images: readonly SavedImage[]): Descriptor[] {
  const tags = images.map(({ reference }) => reference.tag ?? "latest");
  return images.map(({ reference, descriptor }, i) => ({ ...descriptor, annotations: { ...descriptor.annotations, ...namingAnnotations(reference, tags.filter((tag) => tag === tags[i]).length === 1) } }));
}
function blobPath(digest: Digest): string { return `blobs/sha256/${digest.slice(7)}`; }

/**
 * Images as one tar archive: an OCI layout that is Docker's archive as well, so that `docker load`, `skopeo copy oci-archive:` and `skopeo copy docker-archive:` read it.
 * Docker's part has one platform of each image, the first of `preferred`.
 */
export async function writeArchive(images: readonly SavedImage[], read: ReadContents, preferred: (graph: ImageGraph) => PlatformImage): Promise<Uint8Array> {
  const entries: RootFsEntry[] = [rootDirectory("blobs"), rootDirectory("blobs/sha256")];
  for (const descriptor of contentsOf(images)) entries.push(rootFile(blobPath(descriptor.digest), await read(descriptor)));
  const docker = images.map(({ reference, graph }) => {
    const { manifest } = preferred(graph);
    return { Config: blobPath(manifest.config.digest), RepoTags: [`${reference.familiar.replace(/[@:][^/]*$/, "")}:${reference.tag ?? "latest"}`], Layers: manifest.layers.map((layer) => blobPath(layer.digest)) };
  });
  entries.push(rootFile("oci-layout", LAYOUT), rootFile("index.json", documentBytes({ schemaVersion: 2, mediaType: MEDIA_TYPE_INDEX, manifests: entriesOf(images) })), rootFile("manifest.json", documentBytes(docker)));
  return writeTar(entries);
}

/** Images into an OCI layout in a directory: a new one, or beside what an existing one has; images of the same name are replaced. The index is written last. */
export async function writeDirectory(directory: HostDirectory, images: readonly SavedImage[], read: ReadContents): Promise<void> {
  const source = directorySource(directory), old = await source.read("index.json", DOCUMENT_MAXIMUM), entries = entriesOf(images);
  const names = new Set(entries.map((entry) => entry.annotations?.[REF_NAME_ANNOTATION]));
  const others = old ? parseDocument(old, indexSchema, "The directory's index.json").manifests.filter((d) => !names.has(d.annotations?.[REF_NAME_ANNOTATION])) : [];
  for (const path of ["blobs", "blobs/sha256"]) if (!directory.status(path)) directory.makeDirectory(path);
  for (const descriptor of contentsOf(images)) {
    if (directory.status(blobPath(descriptor.digest))?.size !== descriptor.size) writeWhole(directory, blobPath(descriptor.digest), await read(descriptor));
  }
  writeWhole(directory, "oci-layout", LAYOUT);
  writeWhole(directory, "index.json", documentBytes({ schemaVersion: 2, mediaType: MEDIA_TYPE_INDEX, manifests: [...others, ...entries] }));
}

/** Writes a file beside its place and moves it there: a reader sees the old one or the new one. */
function writeWhole(directory: HostDirectory, path: string, bytes: Uint8Array): void {
  const temporary = `${path}.new`;
  if (directory.status(temporary)) directory.remove(temporary);
  const file = directory.open(temporary, "create");
  try {
    file.write(0, bytes);
    file.sync();
  } finally {
    file.close();
  }
  directory.rename(temporary, path);
}
