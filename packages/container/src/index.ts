/**
 * The container runtime: images and processes of containers on the one shared kernel.
 *
 * @packageDocumentation
 */
export type { ImageContents, ImageDefaults, RuntimeOptions } from "./options.ts";
export type { ContainerSpec, MountSpec, ProcessSpec, TerminalSize } from "./spec.ts";
export type { ContainerState, ContainerStatus } from "./state.ts";
export type { ContainerMark, ContainerView, KernelCounters, PromptTime, RuntimeEnd, RuntimeView } from "./view.ts";
export { Container } from "./container.ts";
export type { ImageSource, OpenImage, Progress } from "./image.ts";
export type { OutputListener } from "./output-buffer.ts";
export { Process } from "./process.ts";
export { Runtime } from "./runtime.ts";
export { shellStatus, signalNumber } from "./signal-number.ts";
export { StartError } from "./start-error.ts";
export { RemoteContainer } from "./worker/remote-container.ts";
export { RemoteProcess } from "./worker/remote-process.ts";
export { RemoteRuntime } from "./worker/remote-runtime.ts";
export { RuntimeServer, serveRuntime } from "./worker/serve.ts";
