/**
 * The container runtime: images and processes of containers on the one shared kernel.
 *
 * @packageDocumentation
 */
export type { ImageContents, ImageDefaults, RuntimeOptions } from "./options.ts";
export type { ContainerSpec, MountSpec, ProcessSpec, TerminalSize } from "./spec.ts";
export type { ContainerState, ContainerStatus } from "./state.ts";
export type { ContainerView, KernelCounters, PromptTime, RuntimeEnd, RuntimeView } from "./view.ts";
