import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodeHost } from "@ringzero/host/node";
import { Machine, Ring, ringBytes } from "../src/index.ts";
import { makeMachine } from "./make.ts";

async function makeRing(capacity: number): Promise<Ring> {
  const machine = await makeMachine();
  const owner = machine.createOwner({ name: "ring", kind: "engine" });
  return Ring.create(machine.views, machine.engineMemory(owner.id).allocate(ringBytes(capacity)), capacity);
}
const message = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

describe("a ring", () => {
  test("gives messages in order, empty ones too, and refuses when it is full", async () => {
    const ring = await makeRing(64);
    expect([ring.empty, ring.receive()]).toEqual([true, undefined]);
    let sent = 0;
    while (ring.send(message(sent % 9, sent))) sent++;
    expect(sent).toBeGreaterThan(3);
    for (let i = 0; i < sent; i++) expect(ring.receive()).toEqual(message(i % 9, i));
    expect(ring.empty).toBe(true);
  });
  test("takes the longest message wherever the counters stand, and none longer", async () => {
    const ring = await makeRing(64);
    for (let i = 0; i < 50; i++) {
      expect(ring.send(message(i % 13, 1))).toBe(true);
      ring.receive();
      expect(ring.send(message(ring.longest, i))).toBe(true);
      expect(ring.receive()).toEqual(message(ring.longest, i));
    }
    expect(() => ring.send(message(ring.longest + 1, 0))).toThrow("does not fit");
  });
  test("agrees with a list over any sequence, across the wrap of its counters", async () => {
    const machine = await makeMachine();
    const owner = machine.createOwner({ name: "ring", kind: "engine" });
    fc.assert(fc.property(fc.array(fc.option(fc.uint8Array({ maxLength: 56 })), { maxLength: 200 }), fc.integer(), (acts, start) => {
      const memory = machine.engineMemory(owner.id);
      const at = memory.allocate(ringBytes(128));
      const ring = Ring.create(machine.views, at, 128);
      // Counters that have run for long: any multiple of 4.
      for (const word of [16, 32]) machine.views.i32[(at >>> 2) + word] = start & ~3;
      const list: Uint8Array[] = [];
      for (const act of acts) {
        if (act === null) expect(ring.receive()).toEqual(list.shift());
        else if (ring.send(act)) list.push(act);
        else expect(list.length).toBeGreaterThan(0);
        expect(ring.empty).toBe(list.length === 0);
      }
      for (const rest of list) expect(ring.receive()).toEqual(rest);
      memory.release(at, ringBytes(128));
    }));
  });
  test.each([0, 63, 100, 2 ** 31])("of %d bytes is refused", async (capacity) => {
    const machine = await makeMachine();
    expect(() => Ring.create(machine.views, 0, capacity)).toThrow("power of two");
  });
  test("without shared memory does not wait", async () => {
    const ring = await makeRing(64);
    expect(ring.wait(60_000)).toBe(false);
  });
});

test("between workers: everything arrives, once and in order, and a receiver can sleep", async () => {
  const host = nodeHost();
  const machine = await Machine.create(host, { memory: 4 << 20, shared: true });
  const owner = machine.createOwner({ name: "ring", kind: "engine" });
  const addresses = [0, 1].map(() => {
    const at = machine.engineMemory(owner.id).allocate(ringBytes(1024));
    Ring.create(machine.views, at, 1024);
    return at;
  });
  const count = 20_000;
  const worker = host.workers.start(new URL("ring-worker.ts", import.meta.url), { name: "echo", data: { attachment: machine.attachment(), there: addresses[0], back: addresses[1], count } });
  const failed = worker.ended.then((error) => { if (error) throw error; });
  const [there, back] = addresses.map((at) => Ring.attach(machine.views, at)) as [Ring, Ring];
  let sent = 0, received = 0;
  while (received < count) {
    while (sent < count && there.send(new Uint8Array(Int32Array.of(sent, ~sent).buffer).subarray(0, 4 + (sent % 5)))) sent++;
    for (let answer = back.receive(); answer; answer = back.receive()) {
      const expected = new Uint8Array(Int32Array.of(received, ~received).buffer).subarray(0, 4 + (received % 5));
      if (Buffer.compare(answer, expected) !== 0) throw new Error(`message ${received} came back as ${answer}`);
      received++;
    }
    if (sent % 1000 === 0) await Promise.race([new Promise((resolve) => setImmediate(resolve)), failed]);
    back.wait(1);
  }
  expect(received).toBe(count);
  await worker.terminate();
});
