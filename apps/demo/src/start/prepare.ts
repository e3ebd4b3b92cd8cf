import { Guests, type Guest, type GuestName } from "@ringzero/guests";
import type { Host } from "@ringzero/host";
import type { GuestManifest, ImageEntry } from "../shared/manifest.ts";
import { linuxSnapshot, type SnapshotKeys } from "./linux-snapshot.ts";
import type { StartOptions } from "./options.ts";
import type { ProgressLine } from "./progress.ts";

/** The manifest of what is there, and which of the store's keys a page may read. */
export interface Prepared {
  readonly manifest: GuestManifest;
  readonly mayRead: (key: string) => boolean;
}

const NAMES: readonly GuestName[] = ["linux-i386", "busybox-i386", "busybox-amd64"];

/** Prepares guests, images and the snapshot. What cannot be had is left out and said. */
export async function preparedManifest(host: Host, root: string, options: StartOptions, line: ProgressLine): Promise<Prepared> {
  const guests = new Guests(host), found = new Map<GuestName, Guest>();
  let missing: string | undefined = options.packages ? undefined : "Started with --own-guests: only guests of our own.";
  if (options.packages) {
    try {
      for (const name of NAMES) found.set(name, await guests.prepare(name, (step, done, all) => line.step(`${name}: ${step}`, done / all)));
    } catch (error) {
      missing = sentence(error);
      line.say(`${missing} Going on with the guests of our own.`);
    }
  }
  const linux = found.get("linux-i386"), images: ImageEntry[] = [];
  let snapshot: SnapshotKeys | undefined;
  if (linux && !options.cold) {
    try {
      snapshot = await linuxSnapshot(host, root, linux, (text, share) => line.step(text, share));
    } catch (error) {
      line.say(`No snapshot: ${sentence(error)} The page boots Linux itself.`);
    }
  }
  for (const [name, platform] of [["busybox-i386", "linux/386"], ["busybox-amd64", "linux/amd64"]] as const) {
    if (found.has(name)) images.push({ reference: "busybox", platform, busybox: guests.keys(name).busybox! });
  }
  const linuxKeys = guests.keys("linux-i386");
  const manifest: GuestManifest = { linux: linux && { kernel: linuxKeys.kernel!, initrd: linuxKeys.initrd!, snapshot }, images, missing };
  const keys = new Set([manifest.linux?.kernel, manifest.linux?.initrd, snapshot?.state, snapshot?.console, ...images.map((image) => image.busybox)]);
  return { manifest, mayRead: (key) => keys.has(key) };
}
function sentence(error: unknown): string { return (error instanceof Error ? error.message : String(error)).split("\n")[0]!; }
