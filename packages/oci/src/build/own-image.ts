import { ownGuests, type OwnProgram } from "@ringzero/guests";
import { commonRoot, DEFAULT_PATH } from "./busybox-image.ts";
import { imageFromRootFs, type BuiltImage } from "./image-from-root-fs.ts";
import { rootFile } from "./root-fs.ts";

const PROGRAMS: readonly OwnProgram[] = ["hello", "cat", "env", "fork-bomb", "memory-hog", "clock"];

/** An image of our own static programs, in one layer. It has no shell, and needs neither network nor packages. */
export function ownImage(architecture: "386" | "amd64"): Promise<BuiltImage> {
  const suffix = architecture === "386" ? "i386" : "amd64";
  return imageFromRootFs({
    layers: [[...commonRoot("/bin/hello"), ...PROGRAMS.map((name) => rootFile(`bin/${name}`, ownGuests[`${name}-${suffix}`].assemble(), 0o755))]],
    platform: { os: "linux", architecture }, config: { Env: [DEFAULT_PATH], Cmd: ["hello"] },
    author: "Ring Zero", history: ["static programs of the package guests, assembled from their texts"],
  });
}
