import type { ImageContents, ImageDefaults } from "./options.ts";
import type { Layer } from "./rootfs/layer-cache.ts";
import type { ContainerSpec, ProcessSpec } from "./spec.ts";

/** An image ready to be mounted. */
export interface OpenImage {
  /** As it was asked for. */
  readonly reference: string;
  /** The lowest first. */
  readonly layers: readonly Layer[];
  /** Defaults of its containers. */
  readonly config: ImageDefaults;
}
/** Where images come from. Rejects with an Error where there is no such image. */
export type ImageSource = (reference: string, platform: ContainerSpec["platform"]) => Promise<OpenImage>;

/** Images given to a runtime from memory. */
export class MemoryImages {
  readonly #images = new Map<string, OpenImage>();
  #layers = 0;

  /** Adds or replaces an image. */
  add(reference: string, contents: ImageContents): void {
    this.#images.set(reference, { reference, layers: contents.layers.map((bytes) => ({ key: `memory:${this.#layers++}`, bytes })), config: contents.config ?? {} });
  }
  /** The image of a reference. */
  get(reference: string): OpenImage | undefined { return this.#images.get(reference); }
  /** All references. */
  references(): string[] { return [...this.#images.keys()]; }
}

/** A specification with an image's defaults: arguments given replace Cmd, environment follows the image's. OCI image specification, "Conversion to OCI Runtime Configuration". */
export function withDefaults(spec: ContainerSpec, image: ImageDefaults): ProcessSpec {
  const { args = image.command ?? [], terminal, stdin } = spec, cwd = spec.cwd ?? image.cwd, user = spec.user ?? image.user;
  return {
    args: [...(image.entrypoint ?? []), ...args], env: [...(image.env ?? []), ...(spec.env ?? [])],
    ...(cwd === undefined || cwd === "" ? {} : { cwd }), ...(user === undefined ? {} : { user }), ...(terminal ? { terminal } : {}), ...(stdin === undefined ? {} : { stdin }),
  };
}
