/** Types of contents. OCI image specification, "OCI Image Media Types"; the second of each pair is Docker's, which says the same. */
export const MEDIA_TYPE_INDEX = "application/vnd.oci.image.index.v1+json";
/** What Docker calls a manifest list. */
export const MEDIA_TYPE_DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";
/** One image for one platform. */
export const MEDIA_TYPE_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
/** Docker's manifest, schema 2. */
export const MEDIA_TYPE_DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
/** How a container of the image is run. */
export const MEDIA_TYPE_CONFIG = "application/vnd.oci.image.config.v1+json";
/** The same in Docker's words. */
export const MEDIA_TYPE_DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
/** A layer as it is used, not compressed. */
export const MEDIA_TYPE_LAYER = "application/vnd.oci.image.layer.v1.tar";

/** Whether a type is that of an index. */
export function isIndexType(mediaType: string): boolean { return mediaType === MEDIA_TYPE_INDEX || mediaType === MEDIA_TYPE_DOCKER_INDEX; }
/** Whether a type is that of a manifest. */
export function isManifestType(mediaType: string): boolean { return mediaType === MEDIA_TYPE_MANIFEST || mediaType === MEDIA_TYPE_DOCKER_MANIFEST; }
/** Whether a type is that of an image's configuration. */
export function isConfigType(mediaType: string): boolean { return mediaType === MEDIA_TYPE_CONFIG || mediaType === MEDIA_TYPE_DOCKER_CONFIG; }
