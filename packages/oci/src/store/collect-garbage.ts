import type { Digest } from "../digest.ts";
import { readGraph } from "./image-graph.ts";
import type { ImageStore } from "./image-store.ts";

/**
 * Takes away what no name leads to, and says how many contents that were. Does nothing while somebody imports an image: what that one has brought has no name
 * yet. Neither where a named image cannot be read, for then nobody knows what it leads to.
 */
export async function collectGarbage(store: ImageStore): Promise<number> {
  return (await store.collecting(() => collect(store))) ?? 0;
}

async function collect(store: ImageStore): Promise<number> {
  const { blobs, layers } = await store.contents(), used = new Set<Digest>(), usedLayers = new Set<Digest>();
  for (const { descriptor } of await store.names()) {
    used.add(descriptor.digest);
    const graph = await readGraph(descriptor, async (d, what) => ((await store.has(d.digest)) ? store.blob(d, what) : undefined)).catch(() => undefined);
    if (!graph) return 0;
    for (const index of graph.indexes) used.add(index.descriptor.digest);
    for (const { descriptor: of, manifest, config } of graph.images) {
      for (const d of [of, manifest.config, ...manifest.layers]) used.add(d.digest);
      for (const diffId of config.rootfs.diff_ids) usedLayers.add(diffId);
    }
  }
  const garbage = { blobs: blobs.filter((digest) => !used.has(digest)), layers: layers.filter((diffId) => !usedLayers.has(diffId)) };
  await store.drop(garbage);
  return garbage.blobs.length + garbage.layers.length;
}
