import type { ImageContents } from "@ringzero/container";
import { busyboxApplets } from "@ringzero/guests";
import { busyboxRoot, ownImageRoot, writeTar } from "@ringzero/oci";
import type { Manifest } from "../../src/shared/manifest.ts";
import { fetchBlob } from "./blobs.ts";
import type { ContainerKind } from "./messages.ts";

/** An image, and what its containers run here. */
export interface PageImage {
  readonly reference: string;
  readonly contents: ImageContents;
  readonly args: readonly string[];
}

const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The image of a kind of container, with its layer in memory: the browser's store is not needed for it. Rejects with an Error in a sentence where it is not to be had. */
export async function pageImage(kind: ContainerKind, manifest: Manifest): Promise<PageImage> {
  if (kind === "own") return { reference: "own", contents: { layers: [writeTar(ownImageRoot("386"))], config: { env: [PATH] } }, args: ["clock"] };
  const entry = manifest.images.find((image) => image.platform === kind);
  if (!entry) throw new Error(manifest.missing ?? `There is no image for ${kind} here.`);
  const busybox = await fetchBlob(entry.busybox);
  return { reference: `${entry.reference}-${kind.slice("linux/".length)}`, contents: { layers: [writeTar(busyboxRoot(busybox, busyboxApplets(busybox)))], config: { env: [PATH, "HOME=/root"], cwd: "/root", command: ["sh"] } }, args: ["sh"] };
}
