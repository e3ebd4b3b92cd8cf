/**
 * OCI images: references, layers, image layouts, a store of images, images made of root file systems.
 *
 * @packageDocumentation
 */
export { builtInImage, builtInImages, RECIPE_ANNOTATION, type BuiltInImage } from "./build/built-in.ts";
export { busyboxImage, busyboxRoot } from "./build/busybox-image.ts";
export { imageFromRootFs, joinPlatforms, type BuiltImage, type ImageRecipe } from "./build/image-from-root-fs.ts";
export { ownImage, ownImageRoot } from "./build/own-image.ts";
export { rootDirectory, rootFile, rootSymlink, type RootFsEntry } from "./build/root-fs.ts";
export { writeTar } from "./build/tar-writer.ts";
export { checkContents, digestOf, isDigest, shortDigest, type Digest } from "./digest.ts";
export { Images, type ImageDefaults, type ImageSummary, type ResolvedImage } from "./images.ts";
export { LAYER_MAXIMUM, uncompressedLayer, type Decompressor } from "./layer.ts";
export { parseReference, type Reference } from "./reference.ts";
export { parsePlatform, platformName, type Annotations, type Descriptor, type Platform } from "./schema/descriptor.ts";
export type { ExecutionConfig, History, ImageConfig } from "./schema/image-config.ts";
export type { IndexDocument } from "./schema/index-document.ts";
export type { Manifest } from "./schema/manifest.ts";
export { collectGarbage } from "./store/collect-garbage.ts";
export type { GraphIndex, ImageGraph, PlatformImage, ReadBlob } from "./store/image-graph.ts";
export { ImageStore, type NamedImage, type StoredContents, type StoreHost } from "./store/image-store.ts";
export { importImages, type BlobSource, type IncomingImage } from "./store/import-image.ts";
export { runtimeSpec, type BindMount, type RuntimeSpecOptions } from "./runtime-spec/runtime-spec.ts";
export {
  parseRuntimeSpec, runtimeSpecSchema, type RuntimeCapabilities, type RuntimeConsoleSize, type RuntimeDeviceRule, type RuntimeLimit, type RuntimeLinux, type RuntimeMount, type RuntimeNamespace, type RuntimeProcess, type RuntimeResources, type RuntimeSpec, type RuntimeUser,
} from "./runtime-spec/schema.ts";
