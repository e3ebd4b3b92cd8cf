import { Guests, LOCKED_PACKAGES, type Progress } from "@ringzero/guests";
import type { Host } from "@ringzero/host";
import type { Reference } from "../reference.ts";
import { busyboxImage } from "./busybox-image.ts";
import { joinPlatforms, type BuiltImage } from "./image-from-root-fs.ts";
import { ownImage } from "./own-image.ts";

/** An image that is made when it is first used. */
export interface BuiltInImage {
  /** One sentence for people. */
  readonly description: string;
  /** What it is for, where all that it is made of can be had. */
  readonly platforms: readonly string[];
  /** Says what it is made of: where that changes the image is made anew. */
  readonly recipe: string;
  /** Makes it. Rejects with an Error that says what to do instead where that cannot be done here. */
  build(host: Host, progress: Progress): Promise<BuiltImage>;
}

/** Annotation with the recipe of an image that was made here. */
export const RECIPE_ANNOTATION = "io.ringzero.image.recipe";
/** Changes with what this package puts into built-in images. */
const REVISION = 1;

const BOTH: readonly string[] = ["linux/amd64", "linux/386"];

const busybox: BuiltInImage = {
  description: "Debian's static busybox: a shell and some 270 commands.",
  platforms: BOTH,
  recipe: `busybox ${REVISION} ${LOCKED_PACKAGES.filter((p) => p.name === "busybox-static").map((p) => p.sha256.slice(0, 12)).join(" ")}`,
  async build(host, progress) {
    const guests = new Guests(host), images: BuiltImage[] = [], failures: unknown[] = [];
    for (const [name, architecture] of [["busybox-amd64", "amd64"], ["busybox-i386", "386"]] as const) {
      try {
        const guest = await guests.prepare(name, (step, done, all) => progress(`${name}: ${step}`, done + (architecture === "386" ? all : 0), 2 * all));
        images.push(await busyboxImage(architecture, guest.busybox!, guest.applets!));
      } catch (error) {
        failures.push(error);
      }
    }
    if (images.length > 0) return joinPlatforms(images, { [RECIPE_ANNOTATION]: this.recipe });
    const why = failures[0] instanceof Error ? failures[0].message : String(failures[0]);
    throw new Error(`The image busybox cannot be made here, for its packages are not to be had (${why.replace(/\.$/, "")}). The image ringzero/own has programs of our own and needs none: try \`hello\` of it.`, { cause: failures[0] });
  },
};
const own: BuiltInImage = {
  description: "Our own static programs (hello, cat, env, clock, fork-bomb, memory-hog): no shell, no network needed.",
  platforms: BOTH,
  recipe: `own ${REVISION}`,
  async build() { return joinPlatforms([await ownImage("amd64"), await ownImage("386")], { [RECIPE_ANNOTATION]: this.recipe }); },
};

/** Images by name that are made when they are first used. */
export const builtInImages: { readonly [reference: string]: BuiltInImage } = { "docker.io/library/busybox:latest": busybox, "docker.io/ringzero/own:latest": own };

/** The image that is made under a name, undefined where there is none. */
export function builtInImage(reference: Reference): BuiltInImage | undefined {
  return Object.hasOwn(builtInImages, reference.canonical) ? builtInImages[reference.canonical] : undefined;
}
