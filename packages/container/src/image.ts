import type { Host } from "@ringzero/host";
import { Images } from "@ringzero/oci";
import type { ImageContents, ImageDefaults } from "./options.ts";
import type { ContainerSpec, ProcessSpec } from "./spec.ts";

/** An image ready to be mounted. */
export interface OpenImage {
  /** Its name in full. */
  readonly reference: string;
  /** A key for each layer that no other archive has, the lowest layer first. */
  readonly keys: readonly string[];
  /** Reads the layers' archives, not compressed. */
  archives(progress: Progress): Promise<readonly Uint8Array[]>;
  /** Defaults of its containers. */
  readonly config: ImageDefaults;
}
/** Told how far something long has come: what it does now, and how many of its steps are done. */
export type Progress = (step: string, done: number, of: number) => void;
/** Where images come from. Rejects with an Error where there is no such image. */
export type ImageSource = (reference: string, platform: ContainerSpec["platform"], progress: Progress) => Promise<OpenImage>;

/** The images in a host's store; those that can be made here are made when they are first asked for. */
export function storedImages(host: Host): ImageSource {
  const images = new Images(host);
  return async (name, platform, progress) => {
    const { reference, diffIds, defaults, layers } = await images.resolve(name, platform, progress);
    return { reference, keys: diffIds, archives: layers, config: defaults };
  };
}

/** Images given to a runtime from memory. */
export class MemoryImages {
  readonly #images = new Map<string, OpenImage>();
  #layers = 0;

  /** Adds or replaces an image. */
  add(reference: string, { layers, config = {} }: ImageContents): void {
    this.#images.set(reference, { reference, keys: layers.map(() => `memory ${this.#layers++}`), archives: () => Promise.resolve(layers), config });
  }
  /** The image of a reference. */
  get(reference: string): OpenImage | undefined { return this.#images.get(reference); }
}

/** A specification with an image's defaults: arguments given replace Cmd, environment follows the image's. OCI image specification, "Conversion to OCI Runtime Configuration". */
export function withDefaults(spec: ContainerSpec, image: ImageDefaults): ProcessSpec {
  const { args = image.command ?? [], terminal, stdin, script } = spec, cwd = spec.cwd ?? image.cwd, user = spec.user ?? image.user;
  return {
    args: [...(image.entrypoint ?? []), ...args], env: [...(image.env ?? []), ...(spec.env ?? [])],
    ...(cwd === undefined || cwd === "" ? {} : { cwd }), ...(user === undefined ? {} : { user }), ...(terminal ? { terminal } : {}), ...(stdin === undefined ? {} : { stdin }), ...(script ? { script } : {}),
  };
}
