import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
