import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { ownGuests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { virtualHost } from "@ringzero/host/virtual";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { imageFromRootFs, Images, ownImage, parseRuntimeSpec, rootFile, runtimeSpec, type ExecutionConfig, type ImageConfig, type RuntimeSpec } from "../src/index.ts";

const base = mkdtempSync(join(tmpdir(), "bundle-"));
afterAll(() => rmSync(base, { recursive: true }));
const imageOf = (config: ExecutionConfig, more: Partial<ImageConfig> = {}): ImageConfig => ({ architecture: "amd64", os: "linux", config, rootfs: { type: "layers", diff_ids: [] }, ...more });
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

test("the image's words, and what is asked for instead", () => {
  const config = imageOf({ Entrypoint: ["a", "b"], Cmd: ["c"], Env: ["PATH=/p", "X=1"], WorkingDir: "/w", User: "5:6", StopSignal: "SIGINT", ExposedPorts: { "80/tcp": {}, "53/udp": {} }, Labels: { mine: "yes", "org.opencontainers.image.os": "mine" }, Volumes: { "/v": {}, "/w": {} } }, { author: "me" });
  const plain = runtimeSpec({ config });
  expect(plain.process).toMatchObject({ args: ["a", "b", "c"], env: ["PATH=/p", "X=1"], cwd: "/w", user: { uid: 5, gid: 6 }, terminal: false });
  expect(plain.annotations).toEqual({ mine: "yes", "org.opencontainers.image.os": "mine", "org.opencontainers.image.architecture": "amd64", "org.opencontainers.image.author": "me", "org.opencontainers.image.stopSignal": "SIGINT", "org.opencontainers.image.exposedPorts": "80/tcp,53/udp" });
  const asked = runtimeSpec({ config, args: ["d"], env: ["X=2", "Y="], cwd: "/", user: { uid: 0, gid: 0 }, terminal: { columns: 100, rows: 30 }, mounts: [{ source: "/s", destination: "/v" }], readonly: true });
  expect(asked.process).toMatchObject({ args: ["a", "b", "d"], env: ["PATH=/p", "X=2", "Y=", "TERM=xterm"], cwd: "/", consoleSize: { width: 100, height: 30 } });
  expect([plain, asked].map((spec) => spec.mounts.filter((mount) => mount.destination === "/v").map((mount) => mount.type))).toEqual([["tmpfs"], ["bind"]]);
  expect([asked.root, runtimeSpec({ config, entrypoint: ["sh"] }).process.args]).toEqual([{ path: "rootfs", readonly: true }, ["sh"]]);
  expect(() => runtimeSpec({ config: imageOf({}) })).toThrow("neither Entrypoint nor Cmd");
  expect(() => runtimeSpec({ config: imageOf({ Cmd: ["x"], User: "web" }) })).toThrow('the user "web"');
});
test("what it makes it reads; what is none it refuses with a sentence", () => {
  const spec = runtimeSpec({ config: imageOf({ Cmd: ["sh"] }), memory: 1 << 20, pids: 5, hostname: "h" });
  expect(parseRuntimeSpec(encode(spec))).toEqual(spec);
  for (const [change, why] of [[{ ociVersion: "2.0.0" }, "ociVersion"], [{ process: { ...spec.process, args: [] } }, "no program"], [{ process: { ...spec.process, cwd: "relative" } }, "absolute"], [{ root: {} }, "root.path"], [{ mounts: [{ destination: "x" }] }, "absolute"], [{ linux: { namespaces: [{ type: "moon" }] } }, "linux.namespaces.0.type"]] as const) {
    expect(() => parseRuntimeSpec(encode({ ...spec, ...change }))).toThrow(why);
  }
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    try {
      parseRuntimeSpec(encode(value));
    } catch (error) {
      expect((error as Error).message).toMatch(/^The bundle's config.json [^\n]*\.$/);
    }
  }));
});

describe.skipIf(spawnSync("umoci", ["--version"]).error)("umoci", () => {
  test("its config.json of the same image says the same", async () => {
    const images = new Images(virtualHost()), layout = join(base, "layout"), { files } = nodeHost({ storeDirectory: base });
    const config: ExecutionConfig = { Entrypoint: ["/e"], Cmd: ["c", "d"], Env: ["PATH=/p", "X=1"], WorkingDir: "/w", User: "5:6", Labels: { k: "v" }, StopSignal: "SIGINT", ExposedPorts: { "80/tcp": {} }, Volumes: { "/data": {} } };
    await images.add("demo:t", await imageFromRootFs({ layers: [[rootFile("f", "x")]], platform: { os: "linux", architecture: "amd64" }, config, author: "me" }));
    await images.saveDirectory(files.openDirectory(layout, { create: true }), ["demo:t"]);
    execFileSync("umoci", ["unpack", "--image", `${layout}:t`, join(base, "umoci")], { stdio: "pipe" });
    const theirs = parseRuntimeSpec(new Uint8Array(readFileSync(join(base, "umoci/config.json")))), ours = runtimeSpec({ config: (await images.resolve("demo:t")).config });
    const same = ({ process: p, annotations, root }: RuntimeSpec): object => ({ args: p.args, cwd: p.cwd, user: { uid: p.user.uid, gid: p.user.gid }, annotations, root: root.path });
    expect(same(ours)).toEqual(same(theirs));
    // It adds TERM and HOME.
    expect(theirs.process.env).toEqual(expect.arrayContaining([...ours.process.env!]));
    expect(ours.mounts.map((mount) => mount.destination)).toEqual(expect.arrayContaining(["/data", "/proc", "/dev", "/sys"]));
    expect(theirs.mounts.find((mount) => mount.destination === "/data")?.type).toBe("tmpfs");
  });
});

const runc = (args: readonly string[], options: { cwd?: string } = {}): ReturnType<typeof spawnSync> => spawnSync("runc", ["--root", join(base, "state"), ...args], { encoding: "utf8", timeout: 20_000, ...options });
describe.skipIf(spawnSync("runc", ["--version"]).error)("runc", () => {
  test("we read its own default", () => {
    const bundle = join(base, "default");
    mkdirSync(bundle);
    runc(["spec"], { cwd: bundle });
    expect(parseRuntimeSpec(new Uint8Array(readFileSync(join(bundle, "config.json")))).process.args).toEqual(["sh"]);
  });
  // Where this machine lets runc make containers at all: in many sandboxes it may not.
  const bundle = join(base, "runs"), canRun = ((): boolean => {
    for (const folder of ["bin", "proc", "dev", "sys", "data"]) mkdirSync(join(bundle, "rootfs", folder), { recursive: true });
    for (const name of ["hello", "env"] as const) writeFileSync(join(bundle, "rootfs/bin", name), ownGuests[`${name}-amd64`].assemble(), { mode: 0o755 });
    chmodSync(join(bundle, "rootfs/bin/hello"), 0o755);
    runc(["spec"], { cwd: bundle });
    const spec = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8")) as { process: { terminal: boolean; args: string[] } };
    Object.assign(spec.process, { terminal: false, args: ["/bin/hello"] });
    writeFileSync(join(bundle, "config.json"), JSON.stringify(spec));
    return runc(["run", "-b", bundle, `probe-${process.pid}`]).status === 0;
  })();
  test.skipIf(!canRun)("runs what we make", async () => {
    const [, config] = [...(await ownImage("amd64")).blobs.values()].map((bytes) => new TextDecoder("latin1").decode(bytes)).find((text) => text.includes('"rootfs"'))!.match(/^(.*)$/s)!;
    const spec = runtimeSpec({ config: JSON.parse(config!) as ImageConfig, args: ["env", "word"], env: ["X=1"], hostname: "here", mounts: [{ source: base, destination: "/data", readonly: true }] });
    writeFileSync(join(bundle, "config.json"), JSON.stringify(spec));
    const { status, stdout } = runc(["run", "-b", bundle, `ours-${process.pid}`]);
    expect([status, stdout]).toEqual([0, expect.stringContaining("X=1")]);
    expect(stdout).toContain("word");
  });
  const { store } = nodeHost({ storeDirectory: fileURLToPath(new URL("../../../.cache/store", import.meta.url)) });
  test.skipIf(!canRun || spawnSync("umoci", ["--version"]).error)("runs the image busybox, unpacked by umoci, with our config.json", async (context) => {
    const host = virtualHost(), images = new Images(host), layout = join(base, "busybox"), unpacked = join(base, "unpacked"), { files } = nodeHost({ storeDirectory: base });
    for (const key of await store.keys("guests/busybox")) await host.store.set(key, (await store.get(key))!);
    if ((await host.store.keys()).length < 2) {
      if (process.env["REQUIRE_GUESTS"] === "1") throw new Error("busybox has not been prepared: npm run guests");
      return context.skip();
    }
    const image = await images.resolve("busybox", "linux/amd64");
    await images.saveDirectory(files.openDirectory(layout, { create: true }), ["busybox"], "linux/amd64");
    execFileSync("umoci", ["unpack", "--image", `${layout}:latest`, unpacked], { stdio: "pipe" });
    const script = "id; hostname; pwd; env | sort; ls /; ls -ld /tmp /root; ls /bin | wc -l; echo $((6 * 7)) > /tmp/f; cat /tmp/f; exit 3";
    writeFileSync(join(unpacked, "config.json"), JSON.stringify(runtimeSpec({ config: image.config, args: ["sh", "-c", script], hostname: "box", env: ["A=1"] })));
    const { status, stdout } = runc(["run", "-b", unpacked, `busybox-${process.pid}`]), lines = String(stdout).split("\n");
    expect([status, lines.slice(0, 3), lines.slice(3, 6)]).toEqual([3, ["uid=0(root) gid=0(root)", "box", "/"], ["A=1", "HOME=/root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]]);
    expect(String(stdout)).toMatch(/drwx------ .* \/root\ndrwxrwxrwt .* \/tmp\n2\d\d\n42\n$/);
  });
});
