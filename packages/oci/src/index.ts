/**
 * OCI images: references, layers, image layouts, a store of images, images made of root file systems.
 *
 * @packageDocumentation
 */
export {};
