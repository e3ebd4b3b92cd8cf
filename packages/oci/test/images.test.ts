import { execFileSync, spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { nodeHost } from "@ringzero/host/node";
import { virtualHost, type VirtualHost } from "@ringzero/host/virtual";
import { Guests } from "@ringzero/guests";
import { HostError } from "@ringzero/host";
import { indexTar } from "@ringzero/vfs";
import { describe, expect, test } from "vitest";
import { builtInImages, digestOf, imageFromRootFs, Images, joinPlatforms, RECIPE_ANNOTATION, rootDirectory, rootFile, rootSymlink, uncompressedLayer, writeTar, type BuiltImage, type ImageRecipe, type RootFsEntry } from "../src/index.ts";

const store = nodeHost({ storeDirectory: fileURLToPath(new URL("../../../.cache/store", import.meta.url)) }).store, guests = new Guests({ ...nodeHost(), store });
const prepared = (await guests.get("busybox-amd64")) && (await guests.get("busybox-i386"));

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const FILES: readonly RootFsEntry[] = [rootDirectory("etc"), rootFile("etc/motd", "hello\n"), rootSymlink("link", "etc/motd")];
const make = (architecture: string, more: Partial<ImageRecipe> = {}): Promise<BuiltImage> => imageFromRootFs({ layers: [FILES], platform: { os: "linux", architecture }, config: { Cmd: ["sh"], Env: ["A=1"] }, ...more });
const keys = async (host: VirtualHost): Promise<string[]> => host.store.keys();

describe("images of root file systems", () => {
  test("an image is kept, found, and read back", async () => {
    const host = virtualHost(), images = new Images(host);
    await images.add("demo", await joinPlatforms([await make("amd64"), await make("386", { layers: [FILES, [rootFile("etc/top", "x")]], config: { Entrypoint: ["/bin/x"], WorkingDir: "/etc", User: "1:2" } })]));
    const amd = await images.resolve("demo"), i386 = await images.resolve("docker.io/library/demo:latest", "linux/386");
    expect([amd.platform, amd.defaults, i386.defaults]).toEqual(["linux/amd64", { entrypoint: [], command: ["sh"], env: ["A=1"], cwd: "/", user: "" }, { entrypoint: ["/bin/x"], command: [], env: [], cwd: "/etc", user: "1:2" }]);
    const layers = await i386.layers();
    expect(layers.map((layer) => indexTar(layer).map((m) => m.path))).toEqual([["etc", "etc/motd", "link"], ["etc/top"]]);
    expect(i386.diffIds).toEqual([await digestOf(layers[0]!), await digestOf(layers[1]!)]);
    expect(i386.diffIds[0]).toBe(amd.diffIds[0]);
    expect(await images.list()).toMatchObject([{ name: "demo:latest", platforms: ["linux/amd64", "linux/386"], size: layers[0]!.length + layers[1]!.length }]);
    await expect(images.resolve("demo", "linux/arm64")).rejects.toThrow("The image demo:latest is not for linux/arm64; it is for linux/amd64, linux/386.");
    await expect(images.resolve("nobody")).rejects.toThrow("There is no image nobody:latest here");
  });
  test("the same recipe makes the same image", async () => {
    expect((await make("amd64")).descriptor.digest).toBe((await make("amd64")).descriptor.digest);
    expect((await make("amd64")).descriptor.digest).not.toBe((await make("386")).descriptor.digest);
  });
  test("by digest, of the index or of one platform", async () => {
    const images = new Images(virtualHost()), one = await make("amd64"), both = await joinPlatforms([one, await make("386")]);
    await images.add("demo:v1", both);
    for (const digest of [one.descriptor.digest, both.descriptor.digest]) expect((await images.resolve(`demo@${digest}`)).digest).toBe(one.descriptor.digest);
    await expect(images.resolve(`other@${one.descriptor.digest}`)).rejects.toThrow("no image");
    await expect(images.resolve(`demo@sha256:${"0".repeat(64)}`)).rejects.toThrow("no image");
  });
  test("a name is removed, contents when no name is left", async () => {
    const host = virtualHost(), images = new Images(host);
    await images.add("a", await make("amd64"));
    await images.tag("a", "b:Two");
    await images.add("c", await make("amd64", { config: { Cmd: ["other"] } }));
    expect((await images.list()).map((image) => image.name)).toEqual(["a:latest", "b:Two", "c:latest"]);
    const all = await keys(host);
    await images.remove("a");
    expect((await keys(host)).length).toBe(all.length - 1);
    expect(text((await (await images.resolve("b:Two")).layers())[0]!)).toContain("hello");
    await images.remove("b:Two");
    // The layer is c's as well: manifest and configuration go, and the name.
    expect((await keys(host)).length).toBe(all.length - 4);
    expect((await images.resolve("c")).defaults.command).toEqual(["other"]);
    await images.remove("c");
    expect(await keys(host)).toEqual([]);
    await expect(images.remove("c")).rejects.toThrow("no image c:latest");
  });
  test("while somebody imports nothing is collected", async () => {
    const host = virtualHost(), images = new Images(host);
    await images.add("a", await make("amd64"));
    await images.store.importing(async () => {
      await images.remove("a");
      expect((await images.store.contents()).blobs.length).toBe(3);
    });
    await images.add("b", await make("386"));
    await images.remove("b");
    expect(await keys(host)).toEqual([]);
  });
  test("a lease that a killed import left ends", async () => {
    const host = virtualHost(), images = new Images(host);
    await images.add("a", await make("amd64"));
    void images.store.importing(() => new Promise(() => {}));
    await images.remove("a");
    expect((await images.store.contents()).blobs.length).toBe(3);
    await host.wallClock.advance(3_601e9);
    await images.add("b", await make("386"));
    await images.remove("b");
    expect(await keys(host)).toEqual([]);
  });
  /** A host whose store stops before the first call that fits, until `go`. */
  function stopping(host: VirtualHost, call: "set" | "delete", prefix: string): { readonly host: VirtualHost; readonly stopped: Promise<void>; go(): void } {
    const stopped = Promise.withResolvers<void>(), going = Promise.withResolvers<void>(), store = Object.create(host.store) as VirtualHost["store"], original = host.store[call].bind(host.store) as (key: string, bytes?: Uint8Array) => Promise<never>;
    store[call] = async (key: string, bytes?: Uint8Array) => {
      if (key.startsWith(prefix)) {
        stopped.resolve();
        await going.promise;
      }
      return original(key, bytes);
    };
    for (const other of ["get", "read", "size", "set", "delete", "keys"] as const) if (other !== call) store[other] = (host.store[other] as (...args: never[]) => Promise<never>).bind(host.store);
    return { host: { ...host, store }, stopped: stopped.promise, go: () => going.resolve() };
  }
  const whole = async (host: VirtualHost, name: string): Promise<number> => (await (await new Images(host).resolve(name)).layers()).length;
  test("an import of what a collection is about to take away waits until it is over", async () => {
    const host = virtualHost(), one = stopping(host, "delete", "oci/blobs/"), image = await make("amd64");
    await new Images(host).add("a", image);
    const removing = new Images(one.host).remove("a");
    await one.stopped;
    const adding = new Images(host).add("b", image);
    await new Promise((resolve) => setTimeout(resolve, 20));
    one.go();
    await Promise.all([removing, adding]);
    expect(await whole(host, "b")).toBe(1);
  });
  test("what an import has brought stays until it has its name", async () => {
    const host = virtualHost(), one = stopping(host, "set", "oci/names/");
    const adding = new Images(one.host).add("a", await make("amd64"));
    await one.stopped;
    await new Images(host).add("b", await make("386"));
    await new Images(host).remove("b");
    one.go();
    await adding;
    expect(await whole(host, "a")).toBe(1);
  });
  test("a name that is given while the image's last one goes is one of a whole image", async () => {
    const host = virtualHost(), one = stopping(host, "set", "oci/names/");
    await new Images(host).add("a", await make("amd64"));
    const tagging = new Images(one.host).tag("a", "b");
    await one.stopped;
    await new Images(host).remove("a");
    one.go();
    await tagging;
    expect(await whole(host, "b")).toBe(1);
  });
  test("a store that is full: the host's sentence, and nothing stays", async () => {
    const image = await joinPlatforms([await make("amd64"), await make("386")]);
    let refused = 0;
    for (let room = 0; room < 12; room++) {
      const host = virtualHost(), { store } = host, set = store.set.bind(store);
      let left = room;
      store.set = (key, bytes) => (left-- > 0 ? set(key, bytes) : Promise.reject(new HostError("no-space", "The store is full: remove images that are not needed.")));
      const error = await new Images(host).add("a", image).catch((e: unknown) => e);
      if (!error) break;
      refused++;
      expect(error).toMatchObject({ code: "no-space" });
      // With room again, the next import takes away what could not be taken away while there was none.
      store.set = set;
      await new Images(host).add("b", await make("amd64"));
      await new Images(host).remove("b");
      expect(await keys(host)).toEqual([]);
    }
    expect(refused).toBeGreaterThan(6);
  });
  test("damage in the store is found, and says what to do", async () => {
    const host = virtualHost(), images = new Images(host), image = await make("amd64"), layer = [...image.blobs].find(([, bytes]) => bytes.length > 1000)!;
    await images.add("a", image);
    const key = `oci/blobs/sha256/${layer[0].slice(7)}`, damaged = layer[1].slice();
    damaged[700]! ^= 1;
    await host.store.set(key, damaged);
    await expect((await images.resolve("a")).layers()).rejects.toThrow(/^A layer is damaged: its digest is .* Fetch the image again\.$/);
    await host.store.delete(key);
    await expect((await images.resolve("a")).layers()).rejects.toThrow("not in the store");
    await host.store.delete(`oci/blobs/sha256/${image.descriptor.digest.slice(7)}`);
    await expect(images.resolve("a")).rejects.toThrow("manifest");
    expect(await images.list()).toMatchObject([{ name: "a:latest", platforms: [] }]);
  });
});

describe("layers", () => {
  const archive = writeTar(FILES);
  /** An image whose layer is stored compressed. */
  async function compressed(layer: Uint8Array, mediaType: string, diffId?: string): Promise<BuiltImage> {
    const image = await make("amd64"), blobs = new Map(image.blobs), encode = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const manifest = JSON.parse(text(blobs.get(image.descriptor.digest)!)) as { config: { digest: string; size: number }; layers: object[] };
    if (diffId) {
      const config = encode({ ...(JSON.parse(text(blobs.get(manifest.config.digest)!)) as object), rootfs: { type: "layers", diff_ids: [diffId] } });
      manifest.config = { ...manifest.config, digest: await digestOf(config), size: config.length };
      blobs.set(manifest.config.digest, config);
    }
    manifest.layers = [{ mediaType, digest: await digestOf(layer), size: layer.length }];
    blobs.set(await digestOf(layer), layer);
    const bytes = encode(manifest);
    blobs.set(await digestOf(bytes), bytes);
    return { descriptor: { ...image.descriptor, digest: await digestOf(bytes), size: bytes.length }, blobs };
  }
  test("gzip is undone once, and checked", async () => {
    const host = virtualHost(), images = new Images(host);
    await images.add("z", await compressed(gzipSync(archive), "application/vnd.oci.image.layer.v1.tar+gzip"));
    expect((await (await images.resolve("z")).layers())[0]).toEqual(archive);
    const [kept] = await host.store.keys("oci/layers/");
    // Damage of what is kept is repaired from the layer.
    await host.store.set(kept!, archive.subarray(512));
    expect((await (await images.resolve("z")).layers())[0]).toEqual(archive);
    expect(await host.store.size(kept!)).toBe(archive.length);
    await images.remove("z");
    expect(await keys(host)).toEqual([]);
  });
  test.each([
    ["cut off", gzipSync(archive).subarray(0, 100), "damaged gzip stream"], ["of other contents", gzipSync(writeTar([rootFile("x", "y")])), "digest"], ["no archive", gzipSync("no archive".repeat(100)), "tar header"],
    ["xz", Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), "compressed by xz"], ["zstd without the program", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), "make the image with gzip"],
  ])("a layer that is %s is refused and nothing stays", async (name, layer, why) => {
    const host = virtualHost(), diffId = name === "no archive" ? await digestOf(new TextEncoder().encode("no archive".repeat(100))) : undefined;
    await expect(new Images(host).add("z", await compressed(layer, "application/vnd.oci.image.layer.v1.tar+gzip", diffId))).rejects.toThrow(why);
    expect(await keys(host)).toEqual([]);
  });
  const node = nodeHost(), absent = (program: string): boolean => spawnSync(program, ["--version"]).status !== 0;
  test.skipIf(absent("zstd"))("zstd, by the program", async () => {
    const host = { ...virtualHost(), commands: node.commands }, images = new Images(host), zipped = new Uint8Array(execFileSync("zstd", ["-c"], { input: archive })), diffId = await digestOf(archive);
    await images.add("z", await compressed(zipped, "application/vnd.oci.image.layer.v1.tar+zstd"));
    expect((await (await images.resolve("z")).layers())[0]).toEqual(archive);
    await expect(uncompressedLayer(zipped.subarray(0, -20), diffId, host)).rejects.toThrow("damaged zstd");
    await expect(uncompressedLayer(zipped, diffId, host, archive.length - 1)).rejects.toThrow(`more than the ${archive.length - 1} bytes`);
  });
  test.skipIf(absent("gzip"))("gzip of several members, by the program", async () => {
    const zipped = Buffer.concat([gzipSync(archive.subarray(0, 700)), gzipSync(archive.subarray(700))]), diffId = await digestOf(archive);
    expect(await uncompressedLayer(zipped, diffId, node)).toEqual(archive);
    await expect(uncompressedLayer(zipped, diffId, node, 1000)).rejects.toThrow("more than the 1000 bytes");
    await expect(uncompressedLayer(zipped.subarray(0, -10), diffId, node)).rejects.toThrow("damaged gzip");
    await expect(uncompressedLayer(zipped, diffId, virtualHost())).rejects.toThrow("damaged gzip");
  });
});

describe("images that are made when they are first used", () => {
  test("our own programs need nothing", async () => {
    const host = virtualHost(), images = new Images(host);
    const image = await images.resolve("ringzero/own", "linux/386"), members = indexTar((await image.layers())[0]!);
    expect(members.filter((m) => m.path.startsWith("bin/")).map((m) => m.path)).toEqual(["bin/hello", "bin/cat", "bin/env", "bin/fork-bomb", "bin/memory-hog", "bin/clock"]);
    expect(image.defaults.command).toEqual(["hello"]);
    expect((await images.list()).map((i) => [i.name, i.platforms])).toEqual([["ringzero/own:latest", ["linux/amd64", "linux/386"]]]);
  });
  test("busybox without packages: a sentence that says what there is", async () => {
    const host = virtualHost();
    await expect(new Images(host).resolve("busybox")).rejects.toThrow(/^The image busybox cannot be made here, .*ringzero\/own/);
    expect(await keys(host)).toEqual([]);
  });
  test("an image under the name that somebody loaded stays; one that was made here follows its recipe", async () => {
    const host = virtualHost(), images = new Images(host);
    await images.add("ringzero/own", await make("amd64"));
    expect((await images.resolve("ringzero/own")).defaults.command).toEqual(["sh"]);
    await images.add("ringzero/own", await joinPlatforms([await make("amd64")], { [RECIPE_ANNOTATION]: "an older one" }));
    expect((await images.resolve("ringzero/own")).defaults.command).toEqual(["hello"]);
  });
  test("several at once make it once", async () => {
    const images = new Images(virtualHost());
    let made = 0;
    const digests = await Promise.all([1, 2, 3].map(async () => (await images.resolve("ringzero/own", undefined, () => made++)).digest));
    expect(new Set(digests).size).toBe(1);
  });
  test.skipIf(!prepared && process.env["REQUIRE_GUESTS"] !== "1")("busybox for the platform that was to be had, and for the other when it is", async () => {
    const host = virtualHost(), images = new Images(host), copy = async (name: string): Promise<void> => {
      for (const key of await store.keys(`guests/${name}`)) await host.store.set(key, (await store.get(key))!);
    };
    await copy("busybox-amd64");
    expect((await images.resolve("busybox")).platform).toBe("linux/amd64");
    await expect(images.resolve("busybox", "linux/386")).rejects.toThrow("not for linux/386; it is for linux/amd64");
    await copy("busybox-i386");
    expect((await images.resolve("busybox", "linux/386")).platform).toBe("linux/386");
    expect((await images.list())[0]!.platforms).toEqual(["linux/amd64", "linux/386"]);
  });
  test.skipIf(!prepared && process.env["REQUIRE_GUESTS"] !== "1")("busybox for both platforms, with its applets", async () => {
    const host = virtualHost();
    for (const key of await store.keys("guests/busybox")) await host.store.set(key, (await store.get(key))!);
    const images = new Images(host);
    for (const platform of ["linux/amd64", "linux/386"]) {
      const image = await images.resolve("busybox", platform), members = new Map(indexTar((await image.layers())[0]!).map((m) => [m.path, m]));
      expect(image.defaults.command).toEqual(["sh"]);
      expect([members.get("bin/ls")?.link, (members.get("tmp")!.mode & 0o7777).toString(8), members.get("bin/busybox")!.size > 1e6, members.size > 250]).toEqual(["busybox", "1777", true, true]);
    }
    expect(Object.keys(builtInImages)).toContain((await images.list())[0]!.reference);
  });
});
