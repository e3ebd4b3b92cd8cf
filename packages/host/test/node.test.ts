import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import { afterAll, describe, expect, test } from "vitest";
import { FileStore, nodeHost } from "../src/node/index.ts";
import { NodeTerminal } from "../src/node/terminal.ts";
import { clockContract } from "./contract/clock.ts";
import { commandsContract } from "./contract/commands.ts";
import { entropyContract } from "./contract/entropy.ts";
import { filesContract } from "./contract/files.ts";
import { socketsContract } from "./contract/sockets.ts";
import { storeContract } from "./contract/store.ts";
import { workersContract } from "./contract/workers.ts";

const root = mkdtempSync(join(tmpdir(), "ringzero-host-"));
afterAll(() => rmSync(root, { recursive: true }));
let stores = 0;
const directory = (): string => join(root, `store-${stores++}`, "made", "when needed");

const host = nodeHost({ storeDirectory: directory() });
storeContract(() => new FileStore(directory()));
clockContract(host.wallClock, (nanoseconds) => new Promise((resolve) => setTimeout(resolve, nanoseconds / 1e6 + 2)));
entropyContract(host.entropy);
socketsContract(host.sockets, join(root, "socket"));
workersContract(host.workers, new URL("contract/node-worker.ts", import.meta.url), true);
commandsContract(host.commands);
filesContract(host.files, directory);

test("what this platform is", () => {
  expect([host.platform, host.sharedMemory]).toEqual(["node", true]);
});

describe("the file store", () => {
  test("outlives its object, leaves no temporary file, and is not confused by other files", async () => {
    const place = directory();
    await new FileStore(place).set("layers/a:b", Uint8Array.of(1));
    writeFileSync(join(place, "Not A Key"), "");
    const again = new FileStore(place);
    expect(await again.keys()).toEqual(["layers/a:b"]);
    expect([...(await again.get("layers/a:b"))!]).toEqual([1]);
    expect(readdirSync(place).sort()).toEqual(["Not A Key", "layers%2fa%3ab"]);
  });
  test("a place that cannot be written says so", async () => {
    await expect(new FileStore("/dev/null/nowhere").set("a", Uint8Array.of(1))).rejects.toMatchObject({ name: "HostError", message: expect.stringContaining("/dev/null/nowhere") });
  });
});

describe("a directory of the operating system", () => {
  test("links that others put there lead nowhere, nor does a directory that they moved", () => {
    const place = directory(), outside = directory();
    mkdirSync(join(place, "a"), { recursive: true });
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, "secret"), "secret");
    const d = host.files.openDirectory(place);
    symlinkSync(outside, join(place, "absolute"));
    symlinkSync(`../../../../../../../..${outside}`, join(place, "a/relative"));
    for (const path of ["absolute/secret", "a/relative/secret"]) {
      expect(() => d.open(path, "read")).toThrow(expect.objectContaining({ code: "not-a-directory" }));
      expect(() => d.remove(path)).toThrow(expect.objectContaining({ code: "not-a-directory" }));
    }
    // The directory stays the one that was opened, wherever its name leads now.
    renameSync(place, `${place}-moved`);
    symlinkSync(outside, place);
    expect(d.list("").sort()).toEqual(["a", "absolute"]);
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
    d.close();
  });
  test("the path that the user gives may lead through links", () => {
    const place = directory();
    mkdirSync(join(place, "a"), { recursive: true });
    symlinkSync("a", join(place, "link"));
    const d = host.files.openDirectory(join(place, "link"));
    d.makeDirectory("made");
    d.close();
    expect(existsSync(join(place, "a/made"))).toBe(true);
  });
  test("what is neither file nor directory is shown and not opened", () => {
    const place = directory();
    mkdirSync(place, { recursive: true });
    execFileSync("mkfifo", [join(place, "fifo")]);
    const d = host.files.openDirectory(place);
    expect(d.status("fifo")?.type).toBe("fifo");
    for (const access of ["read", "write"] as const) expect(() => d.open("fifo", access)).toThrow(expect.objectContaining({ code: "failed" }));
    d.close();
  });
  test("a time before 1970", () => {
    const place = directory(), d = host.files.openDirectory(place, { create: true });
    d.open("f", "create").close();
    execFileSync("touch", ["-d", "@-1.25", join(place, "f")]);
    expect(d.status("f")!.modified).toEqual({ seconds: -2, nanoseconds: 750_000_000 });
    d.close();
  });
  test("leaves no descriptor open", () => {
    const place = directory(), d = host.files.openDirectory(place, { create: true }), open = (): number => readdirSync("/proc/self/fd").length;
    d.makeDirectory("a");
    d.makeDirectory("a/b");
    const before = open();
    d.open("a/b/f", "create").close();
    d.change("a/b/f", { mode: 0o600 });
    d.list("a/b");
    for (const path of ["a/b/none/x", "a/b/f/x", "a/b/f/x/y"]) expect(() => d.open(path, "read")).toThrow();
    expect(() => d.open("a/b", "read")).toThrow();
    expect(open()).toBe(before);
    d.close();
    expect(open()).toBe(before - 1);
  });
});

test("a command can be killed", async () => {
  const controller = new AbortController();
  const running = host.commands.run({ program: "sleep", arguments: ["60"], signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 50);
  await expect(running).rejects.toThrow("enough");
});

test("a worker in the middle of a loop can be ended", async () => {
  const worker = host.workers.start(new URL("data:text/javascript,for(;;);"), { name: "busy" });
  await worker.terminate();
  expect(await worker.ended).toBeUndefined();
});
test("a worker module that is not there", async () => {
  const worker = host.workers.start(new URL("no-such-module.ts", import.meta.url), { name: "nobody" });
  expect((await worker.ended)?.message).toContain("no-such-module");
});

describe("the terminal", () => {
  function make(): { terminal: NodeTerminal; input: PassThrough; output: PassThrough; modes: boolean[] } {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const modes: boolean[] = [];
    Object.assign(input, { setRawMode: (raw: boolean) => modes.push(raw) });
    Object.assign(output, { columns: 100, rows: 30 });
    return { terminal: new NodeTerminal(input as unknown as ReadStream, output as unknown as WriteStream), input, output, modes };
  }
  test("reads only while somebody listens", async () => {
    const { terminal, input } = make();
    expect(input.isPaused() || input.readableFlowing === null).toBe(true);
    const typed: number[] = [];
    const stop = terminal.onInput((bytes) => typed.push(...bytes));
    input.write("ab");
    await new Promise((resolve) => setImmediate(resolve));
    stop();
    stop();
    input.write("c");
    await new Promise((resolve) => setImmediate(resolve));
    expect(typed).toEqual([97, 98]);
    expect(input.isPaused()).toBe(true);
  });
  test("size, raw mode, output", () => {
    const { terminal, output, modes } = make();
    let resized = 0;
    const stop = terminal.onResize(() => resized++);
    expect([terminal.columns, terminal.rows]).toEqual([100, 30]);
    Object.assign(output, { columns: 60 });
    output.emit("resize");
    stop();
    output.emit("resize");
    expect([resized, terminal.columns]).toEqual([1, 60]);
    terminal.setRaw(true);
    terminal.setRaw(false);
    expect(modes).toEqual([true, false]);
    terminal.write(new TextEncoder().encode("\u001b[1mhi"));
    expect(String(output.read())).toBe("\u001b[1mhi");
  });
});
