import { virtualHost } from "@ringzero/host/virtual";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digestOf, imageFromRootFs, Images, joinPlatforms, rootDirectory, rootFile, rootSymlink, writeTar, type Descriptor } from "../src/index.ts";

const image = await joinPlatforms(await Promise.all(["amd64", "386"].map((architecture) => imageFromRootFs({
  platform: { os: "linux", architecture }, config: { Cmd: ["sh"], Env: ["A=1"] }, history: ["one"], layers: [[rootDirectory("etc"), rootFile("etc/f", "x".repeat(700)), rootSymlink("l", "etc/f")]],
}))));
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value)), decode = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
const saved = await (async () => {
  const images = new Images(virtualHost());
  await images.add("demo:v1", image);
  return images.save(["demo:v1"]);
})();

/** Loads an archive: the one sentence of its refusal, or undefined. Where it is refused nothing may stay; where it is taken all of it is sound. */
async function load(archive: Uint8Array): Promise<string | undefined> {
  const host = virtualHost(), images = new Images(host);
  let names: string[];
  try {
    names = await images.load(archive, "fallback");
  } catch (error) {
    expect(await host.store.keys()).toEqual([]);
    return sentence(error);
  }
  for (const name of names) {
    for (const platform of (await images.list()).find((i) => i.reference === name)!.platforms) {
      const resolved = await images.resolve(name, platform), layers = await resolved.layers();
      expect(await Promise.all(layers.map((layer) => digestOf(layer)))).toEqual(resolved.diffIds);
    }
  }
  return undefined;
}
/** Errors are for people: one line, no stack, not the words of an engine. */
function sentence(error: unknown): string {
  const { message, constructor } = error as Error;
  expect(constructor.name === "Error" || constructor.name === "HostError", `${constructor.name}: ${message}`).toBe(true);
  expect(message).toMatch(/^["A-Z{a-z][^\n]{10,1200}\.$/);
  expect(message).not.toMatch(/undefined|NaN|is not a function|Cannot read|\[object/);
  return message;
}

/** A value with one place changed, taken away or added. */
function mutated(value: unknown, path: number[], into: unknown): unknown {
  const [first = 0, ...rest] = path;
  if (rest.length === 0 || typeof value !== "object" || value === null) return into;
  const keys = Object.keys(value);
  if (keys.length === 0) return into;
  const key = keys[first % keys.length]!, changed = mutated((value as { [key: string]: unknown })[key], rest, into);
  if (Array.isArray(value)) return value.map((old: unknown, i) => (String(i) === key ? changed : old));
  const copy: { [key: string]: unknown } = { ...value, [key]: changed };
  if (changed === undefined) delete copy[key];
  return copy;
}
const anything = fc.oneof(fc.constant(undefined), fc.jsonValue({ maxDepth: 2 }), fc.constantFrom<unknown>(null, -1, 1e300, 0.5, "", "sha256:", `sha256:${"0".repeat(64)}`, "../../x", "__proto__", "linux", { __proto__: null, mediaType: 1 }, [], "application/vnd.oci.image.index.v1+json", "x".repeat(300), "a\nb"));
const place = fc.array(fc.nat(9), { minLength: 1, maxLength: 6 });

/** An archive of the image with its documents changed, and all digests made right again above what was changed. */
async function archiveWith(document: "index" | "manifest" | "config" | "index.json" | "oci-layout", change: (value: unknown) => unknown, alsoDigests: boolean): Promise<Uint8Array> {
  const blobs = new Map(image.blobs), replace = async (old: Descriptor, to: unknown): Promise<Descriptor> => {
    const bytes = to === undefined ? new Uint8Array(0) : encode(to), digest = alsoDigests ? await digestOf(bytes) : old.digest;
    blobs.set(digest, bytes);
    return { ...old, digest, size: alsoDigests ? bytes.length : old.size };
  };
  const index = decode(blobs.get(image.descriptor.digest)!) as { manifests: Descriptor[] }, manifest = decode(blobs.get(index.manifests[0]!.digest)!) as { config: Descriptor };
  let newManifest: unknown = manifest;
  if (document === "config") newManifest = { ...manifest, config: await replace(manifest.config, change(decode(blobs.get(manifest.config.digest)!))) };
  if (document === "manifest") newManifest = change(manifest);
  const first = newManifest === manifest ? index.manifests[0]! : await replace(index.manifests[0]!, newManifest);
  const newIndex = document === "index" ? change(index) : { ...index, manifests: [first, ...index.manifests.slice(1)] }, root = await replace(image.descriptor, newIndex);
  const outer = { schemaVersion: 2, manifests: [{ ...root, annotations: { "org.opencontainers.image.ref.name": "demo:v1" } }] }, layout = { imageLayoutVersion: "1.0.0" };
  return writeTar([
    rootFile("oci-layout", encode(document === "oci-layout" ? (change(layout) ?? null) : layout)), rootFile("index.json", encode(document === "index.json" ? (change(outer) ?? null) : outer)),
    ...[...blobs].map(([digest, bytes]) => rootFile(`blobs/sha256/${digest.slice(7)}`, bytes)),
  ]);
}

describe("bad images are refused with one sentence, and nothing stays", () => {
  test("the image itself is taken", async () => {
    expect([await load(saved), await load(await archiveWith("index", (value) => value, true))]).toEqual([undefined, undefined]);
  });
  test.each(["index", "manifest", "config", "index.json", "oci-layout"] as const)("%s with a place changed, digests made right", async (document) => {
    let refused = 0;
    await fc.assert(fc.asyncProperty(place, anything, async (path, into) => {
      if (await load(await archiveWith(document, (value) => mutated(value, path, into), true))) refused++;
    }), { numRuns: 150 });
    expect(refused).toBeGreaterThan(20);
  });
  test("a document changed behind its digest", async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom("index", "manifest", "config"), place, fc.jsonValue(), async (document, path, into) => {
      const unchanged = JSON.stringify(into), archive = await archiveWith(document, (value) => {
        const changed = mutated(value, path, into);
        return JSON.stringify(changed) === JSON.stringify(value) ? unchanged : changed;
      }, false);
      expect(await load(archive)).toMatch(/damaged/);
    }), { numRuns: 60 });
  });
  test("bytes of the archive changed", async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(saved.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), async (changes) => {
      const archive = saved.slice();
      for (const [at, byte] of changes) archive[at] = byte;
      await load(archive);
    }), { numRuns: 150 });
  });
  test("the archive cut off, or something else altogether", async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.nat(saved.length - 1).map((n) => saved.subarray(0, n)), fc.uint8Array({ maxLength: 3000 })), async (archive) => {
      await load(archive);
    }), { numRuns: 100 });
    expect(await load(new Uint8Array(0))).toContain("too short");
    expect(await load(new Uint8Array(10_240))).toContain("There is no image here");
    expect(await load(Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3))).toContain("damaged gzip");
  });
});

test("whatever lies in the store, images are listed, resolved and removed, or say why not", async () => {
  const fresh = async (): Promise<ReturnType<typeof virtualHost>> => {
    const host = virtualHost(), images = new Images(host);
    await images.add("demo:v1", image);
    await images.add("other", image);
    return host;
  };
  const keys = await (await fresh()).store.keys();
  await fc.assert(fc.asyncProperty(fc.nat(keys.length - 1), fc.oneof(fc.constant(undefined), fc.uint8Array({ maxLength: 40 }), fc.jsonValue().map(encode)), async (which, bytes) => {
    const host = await fresh(), images = new Images(host), key = keys[which]!;
    if (bytes) await host.store.set(key, bytes);
    else await host.store.delete(key);
    const attempt = async (act: () => Promise<unknown>): Promise<void> => { await act().catch(sentence); };
    await attempt(async () => (await images.resolve("demo:v1")).layers());
    await attempt(() => images.list());
    await attempt(() => images.remove("other"));
    // The image can be loaded again over what was damaged.
    await images.add("demo:v1", image);
    expect((await (await images.resolve("demo:v1")).layers()).length).toBe(1);
  }), { numRuns: 120 });
});
