/**
 * The container runtime: images and processes of containers on the one shared kernel.
 *
 * @packageDocumentation
 */
export {};
