import { nodeHost } from "@ringzero/host/node";
import { expect, test } from "vitest";
import { Machine, Ring, ringBytes } from "../src/index.ts";
import { consistent } from "./make.ts";
import type { StressData, StressResult } from "./stress-worker.ts";

const host = nodeHost();

test("four workers allocate, lend, copy and release in one machine at once", async () => {
  const machine = await Machine.create(host, { memory: 24 << 20, shared: true });
  const workers = 4;
  const set = machine.createOwner({ name: "rings", kind: "engine" });
  const rings = Array.from({ length: workers }, () => {
    const at = machine.engineMemory(set.id).allocate(ringBytes(4096));
    Ring.create(machine.views, at, 4096);
    return at;
  });
  const results = await Promise.all(rings.map((outgoing, n) => new Promise<StressResult>((resolve, reject) => {
    const data: StressData = { attachment: machine.attachment(), seed: 1000 + n, rounds: 25_000, outgoing, incoming: rings[(n + workers - 1) % workers]! };
    const worker = host.workers.start(new URL("stress-worker.ts", import.meta.url), { name: `worker ${n}`, data });
    worker.onMessage((message) => {
      resolve(message as StressResult);
      void worker.terminate();
    });
    void worker.ended.then((error) => reject(error ?? new Error(`worker ${n} ended without a result`)));
  })));
  expect(results.flatMap((r) => r.problems)).toEqual([]);
  expect(consistent(machine)).toEqual([]);
  const ledger = machine.ledger();
  for (const { owner, held } of results) expect(ledger.owners.find((o) => o.id === owner)!.references).toBe(held);
  // What dead workers held is taken back by another.
  for (const { owner } of results) machine.pool.removeOwner(owner);
  machine.pool.removeOwner(set.id);
  const { inUse, tables, highWater, committed, capacity } = machine.ledger().frames;
  expect([inUse, machine.ledger().owners.length]).toEqual([tables, 0]);
  expect(highWater).toBeGreaterThan(1000);
  expect(committed).toBeLessThanOrEqual(capacity);
  expect(consistent(machine)).toEqual([]);
});

test("a worker that attaches late sees frames that came with growth, and frees them", async () => {
  const machine = await Machine.create(host, { memory: 64 << 20, shared: true });
  const [late, idle] = [Machine.attach(host, machine.attachment()), Machine.attach(host, machine.attachment())];
  const owner = machine.createOwner({ name: "big", kind: "vm" }).id;
  const frames = Array.from({ length: 8000 }, () => machine.pool.allocate(owner));
  machine.views.u8[frames.at(-1)! * 4096] = 7;
  expect(late.pool.referencesBy(owner, frames.at(-1)!)).toBe(1);
  expect(late.ledger().owners[0]!.references).toBe(8000);
  const other = late.createOwner({ name: "late", kind: "vm" }).id;
  late.pool.reference(other, frames.at(-1)!);
  expect(late.views.u8[frames.at(-1)! * 4096]).toBe(7);
  for (const frame of frames) machine.views.u8.fill(0xee, frame * 4096, (frame + 1) * 4096);
  for (const frame of frames) late.pool.release(owner, frame);
  const run = idle.pool.allocateRun(idle.createOwner({ name: "idle", kind: "vm" }).id, 4000);
  expect(machine.views.u8.subarray(run * 4096, (run + 4000) * 4096).every((byte) => byte === 0)).toBe(true);
  expect(machine.pool.allocateRun(owner, 100)).toBeGreaterThan(0);
  expect(late.pool.allocateRun(other, 3000)).toBeGreaterThan(0);
  expect(consistent(machine)).toEqual([]);
});

test("unshared memory stays where it is; another build is refused", async () => {
  const machine = await Machine.create(host, { memory: 2 << 20, shared: false });
  expect(() => Machine.attach(host, machine.attachment())).toThrow("unshared memory");
  const shared = await Machine.create(host, { memory: 2 << 20, shared: true });
  shared.views.i32[0] = 99;
  expect(() => Machine.attach(host, shared.attachment())).toThrow("version 99");
});
