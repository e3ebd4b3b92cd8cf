import { blobPath, MANIFEST_PATH, type Manifest } from "../../src/shared/manifest.ts";
import { KEPT_HEADER } from "./keep-message.ts";

/** Caches of pages begin with this; the build's name follows. */
const PAGE = "ringzero-page-";
/** Cache of the store's blobs. A blob never changes under its key. */
const BLOBS = "ringzero-blobs";
/** Beside the files of a build in its cache once all of them are there. */
const COMPLETE = "/.complete";
/** Keys of the blobs that a page may ask for. */
function blobsOf({ linux, images }: Manifest): string[] {
  return [linux?.kernel, linux?.initrd, linux?.snapshot?.state, linux?.snapshot?.console, ...images.map((image) => image.busybox)].filter((key) => key !== undefined);
}

/**
 * Copies the server's present build and its blobs, and lets older copies go once this one is whole. What is there already is not fetched again. Rejects where the build cannot be kept; a
 * blob that cannot be, for want of room, is left out.
 */
export async function keepCopy(): Promise<void> {
  const answer = await fetched(MANIFEST_PATH), manifest = (await answer.clone().json()) as Manifest, name = PAGE + manifest.build, cache = await caches.open(name);
  if (!(await cache.match(COMPLETE))) for (const path of manifest.files) await cache.put(path, await fetched(path));
  await cache.put(MANIFEST_PATH, answer);
  // A server that was started anew meanwhile may have given files of another build.
  if (((await (await fetched(MANIFEST_PATH)).json()) as Manifest).build !== manifest.build) {
    await caches.delete(name);
    throw new Error("The server has another build now.");
  }
  await cache.put(COMPLETE, new Response(""));
  for (const other of await caches.keys()) if (other.startsWith(PAGE) && other !== name) await caches.delete(other);
  await keepBlobs(blobsOf(manifest).map(blobPath));
}
async function keepBlobs(paths: readonly string[]): Promise<void> {
  const cache = await caches.open(BLOBS);
  for (const { url } of await cache.keys()) if (!paths.includes(new URL(url).pathname)) await cache.delete(url);
  for (const path of paths) {
    if (await cache.match(path)) continue;
    await fetched(path).then((answer) => cache.put(path, answer)).catch(() => {});
  }
}
async function fetched(path: string): Promise<Response> {
  const answer = await fetch(path, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

/** What the copy has for an address, marked as such; undefined where there is none. Any address that is navigated to is the page. */
export async function keptAnswer(path: string, navigation: boolean): Promise<Response | undefined> {
  const name = await wholeCopy(), page = name === undefined ? undefined : await (await caches.open(name)).match(navigation ? "/" : path);
  const found = page ?? (navigation ? undefined : await (await caches.open(BLOBS)).match(path));
  if (!found) return undefined;
  const headers = new Headers(found.headers);
  headers.set(KEPT_HEADER, "yes");
  return new Response(found.body, { status: found.status, headers });
}
async function wholeCopy(): Promise<string | undefined> {
  for (const name of await caches.keys()) if (name.startsWith(PAGE) && (await (await caches.open(name)).match(COMPLETE))) return name;
  return undefined;
}
