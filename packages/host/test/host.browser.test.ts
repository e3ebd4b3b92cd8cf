import { describe, expect, test } from "vitest";
import { browserHost, IndexedDbStore, OpfsStore } from "../src/browser/index.ts";
import { clockContract } from "./contract/clock.ts";
import { entropyContract } from "./contract/entropy.ts";
import { storeContract } from "./contract/store.ts";
import { workersContract } from "./contract/workers.ts";

const host = await browserHost();
let stores = 0;
const name = (): string => `test-${Date.now()}-${stores++}`;

describe("origin private file system", () => storeContract(() => new OpfsStore(name())));
describe("IndexedDB", () => storeContract(() => new IndexedDbStore(name())));
clockContract(host.wallClock, (nanoseconds) => new Promise((resolve) => setTimeout(resolve, nanoseconds / 1e6 + 2)));
entropyContract(host.entropy);
workersContract(host.workers, new URL("contract/browser-worker.ts", import.meta.url), true);

test("what this platform is", () => {
  expect(host.platform).toBe("browser");
  expect(host.sharedMemory).toBe(true);
  expect(host.store).toBeInstanceOf(OpfsStore);
});
test.each([["opfs", OpfsStore], ["indexed-db", IndexedDbStore]] as const)("the %s store outlives its object", async (_, Kind) => {
  const place = name();
  await new Kind(place).set("kept", Uint8Array.of(1, 2));
  expect([...(await new Kind(place).get("kept"))!]).toEqual([1, 2]);
});
test("no sockets, no programs and no directories, and the error says what to do", async () => {
  await expect(host.sockets.connect({ host: "127.0.0.1", port: 1 })).rejects.toMatchObject({ code: "unsupported", message: expect.stringContaining("command line") });
  await expect(host.commands.run({ program: "ls" })).rejects.toMatchObject({ code: "unsupported" });
  expect(() => host.files.openDirectory("/")).toThrow(expect.objectContaining({ code: "unsupported", message: expect.stringContaining("command line") }));
});
test("a worker has the same host, with the same store", async () => {
  const place = name();
  const worker = host.workers.start(new URL("contract/browser-store-worker.ts", import.meta.url), { name: "store", data: place });
  const answer = await new Promise((resolve) => worker.onMessage(resolve));
  expect(answer).toEqual({ platform: "browser", sharedMemory: true, keys: ["from/worker"], entropy: 16, slept: true });
  expect([...(await new OpfsStore(place).get("from/worker"))!]).toEqual([9]);
  await worker.terminate();
});
