import { ownGuests, type OwnProgram } from "@ringzero/guests";
import { commonRoot, DEFAULT_PATH } from "./busybox-image.ts";
import { imageFromRootFs, type BuiltImage } from "./image-from-root-fs.ts";
import { rootFile, type RootFsEntry } from "./root-fs.ts";

const PROGRAMS: readonly OwnProgram[] = ["hello", "cat", "env", "fork-bomb", "memory-hog", "clock"];

/** A root file system with our own static programs. */
export function ownImageRoot(architecture: "386" | "amd64"): RootFsEntry[] {
  const suffix = architecture === "386" ? "i386" : "amd64";
  return [...commonRoot("/bin/hello"), ...PROGRAMS.map((name) => rootFile(`bin/${name}`, ownGuests[`${name}-${suffix}`].assemble(), 0o755))];
}

/** An image of our own static programs, in one layer. It has no shell, and needs neither network nor packages. */
export function ownImage(architecture: "386" | "amd64"): Promise<BuiltImage> {
  return imageFromRootFs({
    layers: [ownImageRoot(architecture)],
    platform: { os: "linux", architecture }, config: { Env: [DEFAULT_PATH], Cmd: ["hello"] },
    author: "Ring Zero", history: ["static programs of the package guests, assembled from their texts"],
  });
}
