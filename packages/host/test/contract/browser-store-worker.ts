import { browserHost, workerPort } from "../../src/browser/index.ts";

// Uses every port that a worker has, and tells what it found.
const port = await workerPort();
const host = await browserHost({ storeName: port.data as string });
await host.store.set("from/worker", Uint8Array.of(9));
const bytes = new Uint8Array(16);
host.entropy.fill(bytes);
const before = host.wallClock.now();
await host.wallClock.sleep(2e6);
port.post({ platform: host.platform, sharedMemory: host.sharedMemory, keys: await host.store.keys(), entropy: bytes.length, slept: host.wallClock.now() - before >= 2e6 });
