import { describe, expect, test } from "vitest";
import { MemoryStore, virtualHost, type WorkerMain } from "../src/virtual/index.ts";
import { clockContract } from "./contract/clock.ts";
import { commandsContract } from "./contract/commands.ts";
import { entropyContract } from "./contract/entropy.ts";
import { filesContract } from "./contract/files.ts";
import { socketsContract } from "./contract/sockets.ts";
import { storeContract } from "./contract/store.ts";
import { workerMain } from "./contract/worker-main.ts";
import { workersContract } from "./contract/workers.ts";

const host = virtualHost();
const module = new URL("virtual:worker");
host.workers.define(module, workerMain);
host.commands.define("cat", ({ input }) => ({ status: 0, output: input ?? new Uint8Array(0), errors: new Uint8Array(0) }));
host.commands.define("sh", ({ arguments: [, script] = [], environment, directory }) => {
  if (script === "exit 3") return { status: 3, output: new Uint8Array(0), errors: new Uint8Array(0) };
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  return { status: 0, output: bytes(`${environment!["NAME"]}\n${directory}\n`), errors: bytes("oops\n") };
});

storeContract(() => new MemoryStore());
clockContract(host.wallClock, (nanoseconds) => host.wallClock.advance(nanoseconds));
entropyContract(host.entropy);
socketsContract(host.sockets, "/run/test.socket");
workersContract(host.workers, module, false);
commandsContract(host.commands);
let directories = 0;
filesContract(host.files, () => `/tree/${directories++}`);

describe("the clock", () => {
  test("stands still until it is moved", async () => {
    const { wallClock } = virtualHost();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([wallClock.now(), wallClock.unixMilliseconds()]).toEqual([0, Date.UTC(2000, 0, 1)]);
    await wallClock.advance(1_500_000_000);
    expect([wallClock.now(), wallClock.unixMilliseconds()]).toEqual([1_500_000_000, Date.UTC(2000, 0, 1) + 1500]);
  });
  test("wakes sleepers at their times, those that sleep again as well", async () => {
    const { wallClock } = virtualHost();
    const woken: string[] = [];
    const tick = async (name: string, every: number): Promise<void> => {
      for (;;) {
        await wallClock.sleep(every);
        woken.push(`${name}${wallClock.now()}`);
      }
    };
    void tick("a", 10);
    void tick("b", 15);
    await wallClock.advance(35);
    expect(woken).toEqual(["a10", "b15", "a20", "b30", "a30"]);
    expect(wallClock.sleeping).toBe(true);
  });
});

describe("entropy", () => {
  const draw = (seed: number, lengths: number[]): number[] => {
    const { entropy } = virtualHost({ seed });
    return lengths.flatMap((length) => {
      const bytes = new Uint8Array(length);
      entropy.fill(bytes);
      return [...bytes];
    });
  };
  test("is the same for a seed however it is drawn, and differs between seeds", () => {
    expect(draw(7, [1, 2, 13])).toEqual(draw(7, [16]));
    expect(draw(7, [16])).not.toEqual(draw(8, [16]));
    expect(new Set(draw(0, [64])).size).toBeGreaterThan(20);
  });
});

test("the order of messages is the order in which they were posted, in every run", async () => {
  const run = async (): Promise<string[]> => {
    const { workers } = virtualHost();
    const heard: string[] = [];
    const main: WorkerMain = (port) => {
      for (let i = 0; i < 3; i++) port.post(`${port.name}${i}`);
    };
    workers.define(module, main);
    for (const name of ["x", "y"]) workers.start(module, { name }).onMessage((message) => heard.push(message as string));
    await new Promise((resolve) => setTimeout(resolve, 5));
    return heard;
  };
  const first = await run();
  expect(first).toEqual(["x0", "x1", "x2", "y0", "y1", "y2"]);
  expect(await run()).toEqual(first);
});
test("a worker whose main throws has ended with the error", async () => {
  const { workers } = virtualHost();
  workers.define(module, () => { throw new Error("the worker failed"); });
  expect((await workers.start(module, { name: "f" }).ended)?.message).toBe("the worker failed");
});
test("names can be given addresses", async () => {
  const { sockets } = virtualHost();
  sockets.name("debian.test", ["192.0.2.1", "192.0.2.2"]);
  expect(await sockets.resolve("debian.test")).toEqual(["192.0.2.1", "192.0.2.2"]);
  await sockets.listen({ host: "192.0.2.1", port: 80 });
  expect((await sockets.connect({ host: "debian.test", port: 80 })).remote).toEqual({ host: "192.0.2.1", port: 80 });
});
test("the terminal is typed on and read by the test", () => {
  const { terminal } = virtualHost();
  terminal.type("ls");
  const typed: number[] = [];
  terminal.onInput((bytes) => typed.push(...bytes));
  expect(typed).toEqual([0x6c, 0x73]);
  const euro = new TextEncoder().encode("€");
  terminal.write(euro.subarray(0, 1));
  terminal.write(euro.subarray(1));
  expect(terminal.shown).toBe("€");
  let sizes = "";
  terminal.onResize(() => (sizes += `${terminal.columns}x${terminal.rows}`));
  terminal.resize(132, 43);
  terminal.setRaw(true);
  expect([sizes, terminal.raw]).toEqual(["132x43", true]);
});
