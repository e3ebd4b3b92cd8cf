import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { nodeHost } from "@ringzero/host/node";
import { virtualHost } from "@ringzero/host/virtual";
import { indexTar } from "@ringzero/vfs";
import { afterAll, describe, expect, test } from "vitest";
import { digestOf, imageFromRootFs, Images, joinPlatforms, rootDirectory, rootFile, rootSymlink, writeTar, type ImageRecipe } from "../src/index.ts";

const base = mkdtempSync(join(tmpdir(), "layout-"));
afterAll(() => rmSync(base, { recursive: true }));
let round = 0;
const place = (): string => join(base, String(round++));
const { files } = nodeHost({ storeDirectory: join(base, "store") });
const absent = (program: string): boolean => spawnSync(program, ["--version"]).error !== undefined;

const LONG = "long/".repeat(30);
const RECIPE: ImageRecipe = {
  platform: { os: "linux", architecture: "amd64" }, created: "2024-05-06T07:08:09Z", author: "Ring Zero", history: ["files", "a whiteout"],
  config: { Env: ["PATH=/bin", "A=b=c"], Cmd: ["sh", "-c", "echo"], Entrypoint: ["/bin/tini"], WorkingDir: "/w", User: "7:8", Labels: { k: "v" }, StopSignal: "SIGINT", ExposedPorts: { "80/tcp": {} }, Volumes: { "/data": {} } },
  layers: [
    [rootDirectory("etc"), rootFile("etc/conf", "conf\n", 0o640), rootFile("bin", "x".repeat(70_000), 0o4755), { path: "hard", type: "link", mode: 0o644, target: "etc/conf" }, rootSymlink("soft", "etc/conf"),
      { path: "dev/null", type: "character-device", mode: 0o666, device: { major: 1, minor: 3 } }, { path: `${LONG}name`, type: "file", mode: 0o600, uid: 3_000_000, gid: 100, modified: 1_700_000_000, bytes: Uint8Array.of(1) },
      rootSymlink("far", `${LONG}${LONG}end`), rootFile("caf\xc3\xa9", "utf-8")],
    [rootFile("etc/.wh.conf", "")],
  ],
};
const both = async (): Promise<Awaited<ReturnType<typeof joinPlatforms>>> => joinPlatforms([await imageFromRootFs(RECIPE), await imageFromRootFs({ ...RECIPE, platform: { os: "linux", architecture: "386" } })]);
async function withImage(): Promise<Images> {
  const images = new Images(virtualHost());
  await images.add("demo:v1", await both());
  await images.add("other", await imageFromRootFs({ ...RECIPE, layers: [[rootFile("only", "one")]] }));
  return images;
}

describe("an archive is what it was made of", () => {
  test.each(["plain", "gzip"])("%s", async (how) => {
    const images = await withImage(), archive = await images.save(["demo:v1", "other"]), copy = new Images(virtualHost());
    expect(await copy.load(how === "gzip" ? gzipSync(archive) : archive)).toEqual(["docker.io/library/demo:v1", "docker.io/library/other:latest"]);
    expect(await copy.list()).toEqual(await images.list());
    for (const platform of ["linux/amd64", "linux/386"]) {
      const [a, b] = [await images.resolve("demo:v1", platform), await copy.resolve("demo:v1", platform)];
      expect([b.digest, b.config, await b.layers()]).toEqual([a.digest, a.config, await a.layers()]);
    }
  });
  test("of one platform only", async () => {
    const images = await withImage(), copy = new Images(virtualHost());
    await copy.load(await images.save(["demo:v1"], "linux/386"));
    expect((await copy.list())[0]!.platforms).toEqual(["linux/386"]);
    await expect(images.save(["demo:v1"], "linux/arm")).rejects.toThrow("not for linux/arm");
  });
  test("a directory, and one image more beside what it has", async () => {
    const images = await withImage(), path = place(), directory = files.openDirectory(path, { create: true }), copy = new Images(virtualHost());
    await images.saveDirectory(directory, ["demo:v1"]);
    await images.saveDirectory(directory, ["other"]);
    await images.saveDirectory(directory, ["demo:v1"], "linux/386");
    expect(readdirSync(path).sort()).toEqual(["blobs", "index.json", "oci-layout"]);
    expect((await copy.load(directory)).sort()).toEqual(["docker.io/library/demo:v1", "docker.io/library/other:latest"]);
    expect((await copy.list()).map((image) => image.platforms)).toEqual([["linux/386"], ["linux/amd64"]]);
    directory.close();
  });
  test("names: a tag alone is one of the name that is given; without a name it is asked for", async () => {
    const image = await imageFromRootFs(RECIPE), rename = (annotations?: object): Uint8Array => writeTar([
      rootFile("oci-layout", '{"imageLayoutVersion":"1.0.0"}'), rootFile("index.json", JSON.stringify({ schemaVersion: 2, manifests: [{ ...image.descriptor, ...(annotations ? { annotations } : {}) }] })),
      ...[...image.blobs].map(([digest, bytes]) => rootFile(`blobs/sha256/${digest.slice(7)}`, bytes)),
    ]);
    const load = (annotations: object | undefined, name?: string): Promise<string[]> => new Images(virtualHost()).load(rename(annotations), name);
    const REF = "org.opencontainers.image.ref.name";
    expect([await load({ [REF]: "1.2" }, "me/app"), await load({ [REF]: "busybox" }), await load({ [REF]: "ghcr.io/a/b:c" }, "x"), await load(undefined, "x:y"), await load({ [REF]: "t", "io.containerd.image.name": "docker.io/a/b:t" }, "x"), await load({ [REF]: "u", "io.containerd.image.name": "docker.io/a/b:t" }, "x")])
      .toEqual([["docker.io/me/app:1.2"], ["docker.io/library/busybox:latest"], ["ghcr.io/a/b:c"], ["docker.io/library/x:y"], ["docker.io/a/b:t"], ["docker.io/a/b:u"]]);
    await expect(load(undefined)).rejects.toThrow("The image has no name: say what it is to be called.");
    await expect(load({ [REF]: "no name at all" })).rejects.toThrow("is no image reference");
  });
});

describe("what others write", () => {
  /** As Docker wrote it before it had OCI layouts: a folder for each layer. */
  const docker = (more: Parameters<typeof writeTar>[0] = [], change: object = {}): Uint8Array => {
    const layer = writeTar([rootFile("f", "x")]), config = JSON.stringify({ architecture: "386", os: "linux", config: { Cmd: ["/f"], Env: null, Volumes: null }, rootfs: { type: "layers", diff_ids: [digest, digest] } });
    return writeTar([rootFile("c.json", config), rootDirectory("a"), rootFile("a/layer.tar", layer), rootDirectory("b"), rootSymlink("b/layer.tar", "../a/layer.tar"), rootFile("manifest.json", JSON.stringify([{ Config: "c.json", RepoTags: ["old:1", "old:2"], Layers: ["a/layer.tar", "b/layer.tar"], ...change }])), ...more]);
  };
  let digest = "";
  test("an old archive of Docker, with a link for a layer that is there twice", async () => {
    digest = await digestOf(writeTar([rootFile("f", "x")]));
    const images = new Images(virtualHost());
    expect(await images.load(docker())).toEqual(["docker.io/library/old:1", "docker.io/library/old:2"]);
    const image = await images.resolve("old:2", "linux/386");
    expect([image.defaults.command, (await image.layers()).map((layer) => indexTar(layer)[0]!.path)]).toEqual([["/f"], ["f", "f"]]);
    expect(await new Images(virtualHost()).load(docker([], { RepoTags: null }), "new")).toEqual(["docker.io/library/new:latest"]);
  });
  test.each([
    ["a layer that is not in it", { Layers: ["a/layer.tar", "none"] }, /^The archive has no file "none"/], ["a path out of it", { Config: "../../../etc/passwd" }, /^The archive has no file/],
    ["one layer too few", { Layers: ["a/layer.tar"] }, /^The image's configuration says 2 layers, its manifest 1/], ["layers in no list", { Layers: "a" }, /^The file manifest.json does not follow .* at "0.Layers"/],
  ])("%s", async (_, change, why) => {
    const host = virtualHost();
    await expect(new Images(host).load(docker([], change))).rejects.toThrow(why);
    expect(await host.store.keys()).toEqual([]);
  });
  test("a link to itself", async () => {
    await expect(new Images(virtualHost()).load(writeTar([rootSymlink("manifest.json", "manifest.json")]))).rejects.toThrow("There is no image here");
  });
});

describe.skipIf(absent("umoci"))("umoci", () => {
  const umoci = (...args: string[]): string => execFileSync("umoci", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  test("unpacks our layout to the files that we put in, and says what we said of them", async () => {
    const images = await withImage(), path = place(), directory = files.openDirectory(path, { create: true });
    await images.saveDirectory(directory, ["demo:v1"], "linux/amd64");
    const bundle = place();
    umoci("unpack", "--image", `${path}:v1`, ...(process.getuid?.() === 0 ? [] : ["--rootless"]), bundle);
    const rootfs = join(bundle, "rootfs");
    expect(readdirSync(rootfs).sort()).toEqual(["bin", "caf\u00e9", "dev", "etc", "far", "hard", "long", "soft"]);
    expect([readdirSync(join(rootfs, "etc")), readFileSync(join(rootfs, "hard"), "utf8"), readFileSync(join(rootfs, `${LONG}name`)).length]).toEqual([[], "conf\n", 1]);
    const runtime = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8")) as { process: { args: string[]; env: string[]; cwd: string; user: { uid: number; gid: number } } };
    expect(runtime.process).toMatchObject({ args: ["/bin/tini", "sh", "-c", "echo"], cwd: "/w", user: { uid: 7, gid: 8 } });
    expect(runtime.process.env).toEqual(expect.arrayContaining(["PATH=/bin", "A=b=c"]));
    const stat = JSON.parse(umoci("stat", "--image", `${path}:v1`, "--json")) as { history: { layer: { digest: string; size: number } | null; diff_id: string }[] }, image = await images.resolve("demo:v1", "linux/amd64");
    expect(stat.history.map((step) => [step.layer!.digest, step.diff_id])).toEqual(image.diffIds.map((id) => [id, id]));
  });
  test("what it repacks (gzip, a layer more) we load, with its digests", async () => {
    const images = await withImage(), path = place(), bundle = place();
    await images.saveDirectory(files.openDirectory(path, { create: true }), ["demo:v1"], "linux/amd64");
    umoci("unpack", "--image", `${path}:v1`, ...(process.getuid?.() === 0 ? [] : ["--rootless"]), bundle);
    writeFileSync(join(bundle, "rootfs/added"), "by umoci");
    rmSync(join(bundle, "rootfs/caf\u00e9"));
    umoci("repack", "--image", `${path}:v2`, bundle);
    umoci("config", "--image", `${path}:v2`, "--config.cmd", "other", "--config.workingdir", "/elsewhere");
    const copy = new Images(virtualHost());
    expect((await copy.load(files.openDirectory(path), "demo")).sort()).toEqual(["docker.io/library/demo:v1", "docker.io/library/demo:v2"]);
    const image = await copy.resolve("demo:v2"), layers = await image.layers();
    expect([image.defaults.command, image.defaults.cwd, layers.length]).toEqual([["other"], "/elsewhere", 3]);
    expect(indexTar(layers[2]!).map((member) => member.path).filter((name) => name !== "")).toEqual(expect.arrayContaining(["added", ".wh.caf\xc3\xa9"]));
    const entries = (JSON.parse(readFileSync(join(path, "index.json"), "utf8")) as { manifests: { digest: string; annotations: { [key: string]: string } }[] }).manifests;
    expect(image.digest).toBe(entries.find((entry) => entry.annotations["org.opencontainers.image.ref.name"] === "v2")!.digest);
  });
});

describe.skipIf(absent("skopeo"))("skopeo", () => {
  const skopeo = (...args: string[]): string => execFileSync("skopeo", ["--tmpdir", base, "--insecure-policy", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  test("reads our archives, as OCI's and as Docker's", async () => {
    const images = await withImage(), file = `${place()}.tar`, image = await images.resolve("demo:v1");
    writeFileSync(file, await images.save(["demo:v1"]));
    const config = JSON.parse(skopeo("inspect", "--override-arch", "amd64", "--config", `oci-archive:${file}:v1`)) as object;
    expect(config).toMatchObject(image.config as object);
    const inspected = JSON.parse(skopeo("inspect", "--override-arch", "386", `docker-archive:${file}:demo:v1`)) as { Layers: string[]; Env: string[] };
    expect([inspected.Layers, inspected.Env]).toEqual([image.diffIds, RECIPE.config!.Env]);
    const raw = skopeo("inspect", "--raw", `oci-archive:${file}:v1`);
    expect(`${await digestOf(new TextEncoder().encode(raw))}`).toBe((await images.list())[0]!.digest);
  });
  test.each([["oci", ["--preserve-digests"]], ["oci", ["--dest-compress"]], ["oci-archive", ["--preserve-digests"]], ["oci-archive", []], ["docker-archive", []]] as const)("what it writes as %s %j we read, with the same configuration and files", async (kind, options) => {
    const images = await withImage(), from = place(), to = place(), image = await images.resolve("demo:v1");
    await images.saveDirectory(files.openDirectory(from, { create: true }), ["demo:v1"]);
    skopeo("copy", "--override-arch", "amd64", ...options, `oci:${from}:v1`, kind === "docker-archive" ? `${kind}:${to}:demo:v1` : `${kind}:${to}:v1`);
    const copy = new Images(virtualHost());
    await copy.load(kind === "oci" ? files.openDirectory(to) : new Uint8Array(readFileSync(to)), "demo");
    const back = await copy.resolve("demo:v1");
    expect(back.config).toMatchObject({ config: image.config.config, rootfs: image.config.rootfs, architecture: "amd64" });
    expect(await back.layers()).toEqual(await image.layers());
    if (options[0] === "--preserve-digests") expect(back.digest).toBe(image.digest);
  });
  test("an index with all its platforms, and back", async () => {
    const images = await withImage(), from = place(), to = place();
    await images.saveDirectory(files.openDirectory(from, { create: true }), ["demo:v1"]);
    skopeo("copy", "--all", "--preserve-digests", `oci:${from}:v1`, `oci:${to}:v1`);
    const copy = new Images(virtualHost());
    await copy.load(files.openDirectory(to), "demo");
    expect((await copy.list())[0]).toMatchObject({ platforms: ["linux/amd64", "linux/386"], digest: (await images.list())[0]!.digest });
  });
});

describe("a layout in a directory that somebody else can write", () => {
  test("links in it are not followed", async () => {
    const path = place(), secret = place();
    const images = await withImage();
    await images.saveDirectory(files.openDirectory(path, { create: true }), ["other"]);
    cpSync(join(path, "index.json"), secret);
    rmSync(join(path, "index.json"));
    execFileSync("ln", ["-s", secret, join(path, "index.json")]);
    await expect(new Images(virtualHost()).load(files.openDirectory(path))).rejects.toMatchObject({ code: "symbolic-link" });
    const hostile = place();
    mkdirSync(hostile);
    execFileSync("ln", ["-s", base, join(hostile, "blobs")]);
    await expect(images.saveDirectory(files.openDirectory(hostile), ["other"])).rejects.toMatchObject({ code: "not-a-directory" });
  });
});
