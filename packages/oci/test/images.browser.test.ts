import { browserHost } from "@ringzero/host/browser";
import { indexTar } from "@ringzero/vfs";
import { expect, test } from "vitest";
import { Images, ownImage, uncompressedLayer, digestOf } from "../src/index.ts";

// In a page images lie in the origin's store, and archives come over the network.
const name = (): string => `oci-test-${Date.now()}-${Math.trunc(performance.now())}`;

test("an image is made, kept, saved, loaded elsewhere", async () => {
  const storeName = name(), images = new Images(await browserHost({ storeName }));
  const image = await images.resolve("ringzero/own", "linux/386");
  expect(indexTar((await image.layers())[0]!).map((member) => member.path)).toContain("bin/hello");
  const copy = new Images(await browserHost({ storeName: name() }));
  expect(await copy.load(await images.save(["ringzero/own"]))).toEqual(["docker.io/ringzero/own:latest"]);
  expect((await copy.resolve("ringzero/own", "linux/386")).digest).toBe(image.digest);
  // Another page of the origin finds it.
  expect((await new Images(await browserHost({ storeName })).list()).map((i) => i.name)).toEqual(["ringzero/own:latest"]);
  await images.remove("ringzero/own");
  expect(await images.store.contents()).toEqual({ blobs: [], layers: [] });
});
test("busybox where its packages are not to be had: a sentence", async () => {
  await expect(new Images(await browserHost({ storeName: name() })).resolve("busybox")).rejects.toThrow(/ringzero\/own/);
});
test("gzip is undone in a page; zstd says what to do", async () => {
  const host = await browserHost({ storeName: name() }), [archive] = [...(await ownImage("386")).blobs.values()], diffId = await digestOf(archive!);
  const zipped = new Uint8Array(await new Response(new Blob([archive as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer());
  expect(await uncompressedLayer(zipped, diffId, host)).toEqual(archive);
  await expect(uncompressedLayer(zipped.subarray(0, 500), diffId, host)).rejects.toThrow("damaged gzip");
  await expect(uncompressedLayer(zipped, diffId, host, 1000)).rejects.toThrow("more than the 1000 bytes");
  await expect(uncompressedLayer(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), diffId, host)).rejects.toThrow("make the image with gzip");
});
