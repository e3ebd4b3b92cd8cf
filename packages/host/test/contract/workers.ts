import { describe, expect, test } from "vitest";
import type { MessagePortLike, Workers } from "../../src/index.ts";

/** The next messages, one after the other. */
function reader(port: MessagePortLike): () => Promise<unknown> {
  const messages: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  port.onMessage((message) => {
    const next = waiting.shift();
    if (next) next(message);
    else messages.push(message);
  });
  return () => (messages.length > 0 ? Promise.resolve(messages.shift()) : new Promise((resolve) => waiting.push(resolve)));
}

/** What workers promise; `module` runs workerMain. Where `real` is false there is one thread, and an error in a listener is its own affair. */
export function workersContract(workers: Workers, module: URL, real: boolean): void {
  describe("workers", () => {
    test("a worker has a name, data and messages in both directions, in order", async () => {
      const worker = workers.start(module, { name: "test one", data: { numbers: [1, 2] } });
      const next = reader(worker);
      expect(worker.name).toBe("test one");
      expect(await next()).toEqual({ name: "test one", data: { numbers: [1, 2] } });
      for (const value of ["a", new Uint8Array([1, 2]), undefined]) worker.post({ kind: "echo", value });
      expect(await next()).toBe("a");
      expect([...(await next()) as Uint8Array]).toEqual([1, 2]);
      expect(await next()).toBeUndefined();
      await worker.terminate();
      expect(await worker.ended).toBeUndefined();
    });
    test("what came before the first listener waits", async () => {
      const worker = workers.start(module, { name: "patient" });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await reader(worker)()).toEqual({ name: "patient", data: undefined });
      await worker.terminate();
    });
    test("what is transferred moves", async () => {
      const worker = workers.start(module, { name: "mover" });
      const next = reader(worker);
      await next();
      const buffer = new ArrayBuffer(8);
      worker.post({ kind: "echo", value: buffer }, [buffer]);
      expect(buffer.byteLength).toBe(0);
      expect(((await next()) as ArrayBuffer).byteLength).toBe(8);
      await worker.terminate();
    });
    test("memory can be shared", async () => {
      const worker = workers.start(module, { name: "sharer" });
      const next = reader(worker);
      await next();
      const shared = new SharedArrayBuffer(4);
      worker.post({ kind: "add", value: shared });
      expect(await next()).toBe("added");
      expect(new Int32Array(shared)[0]).toBe(5);
      await worker.terminate();
    });
    test("a worker that closes ends, after what it posted", async () => {
      const worker = workers.start(module, { name: "closer" });
      const next = reader(worker);
      await next();
      worker.post({ kind: "close" });
      expect(await next()).toBe("last words");
      expect(await worker.ended).toBeUndefined();
    });
    if (real) test("a worker that fails ends with its error", async () => {
      const worker = workers.start(module, { name: "failer" });
      await reader(worker)();
      worker.post({ kind: "fail" });
      expect((await worker.ended)?.message).toContain("the worker failed");
    });
    test("there is a processor", () => {
      expect(workers.processors).toBeGreaterThanOrEqual(1);
    });
  });
}
