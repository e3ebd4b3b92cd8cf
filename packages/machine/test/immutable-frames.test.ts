import { nodeHost } from "@ringzero/host/node";
import { describe, expect, test } from "vitest";
import { ImmutableFrames, Machine } from "../src/index.ts";
import { consistent, FRAME, makeGuest, makeMachine } from "./make.ts";

describe("frames shared by content", () => {
  test("equal ones become one, and a write takes its own again", async () => {
    const machine = await makeMachine();
    const table = ImmutableFrames.create(machine, 64);
    const [a, b] = [makeGuest(machine, "a", 8), makeGuest(machine, "b", 8)];
    for (const { memory } of [a, b]) {
      memory.fill(0, FRAME, 0x11);
      memory.fill(FRAME, FRAME, 0x22);
    }
    b.memory.writeNumber(FRAME + 100, 1, 0x23);
    const { inUse } = machine.ledger().frames;
    expect([0, 1, 2].map((n) => table.offer(a.map, n))).toEqual(["entered", "entered", "unchanged"]);
    expect([0, 1].map((n) => table.offer(b.map, n))).toEqual(["shared", "entered"]);
    expect(table.offer(b.map, 0)).toBe("unchanged");
    expect(a.map.frame(0)).toBe(b.map.frame(0));
    const ledger = machine.ledger();
    // A leaf of the table's own reference table may have come.
    expect(ledger.frames.inUse - ledger.frames.tables).toBe(inUse - machine.ledger().frames.tables - 1);
    expect([ledger.saved, ledger.tenants.find((t) => t.id === b.owner.id)!.saved]).toEqual([1, 1]);
    // Held by one tenant and the table it is that tenant's own.
    expect(ledger.tenants.find((t) => t.id === a.owner.id)!.shared).toBe(1);
    a.memory.writeNumber(0, 4, 5);
    expect([a.memory.readNumber(0, 4), b.memory.readNumber(0, 4)]).toEqual([5, 0x11111111]);
    expect(machine.ledger().saved).toBe(0);
    expect(consistent(machine)).toEqual([]);
  });
  test("frames that nobody uses any more are given up", async () => {
    const machine = await makeMachine();
    const table = ImmutableFrames.create(machine, 64);
    const { map, memory } = makeGuest(machine, "a", 8);
    memory.fill(0, 3 * FRAME, 1);
    memory.writeNumber(FRAME, 1, 2);
    for (const n of [0, 1, 2]) table.offer(map, n);
    expect(table.sweep()).toBe(0);
    map.discard(1);
    map.discard(0);
    expect(table.sweep()).toBe(1);
    map.discard(2);
    expect([table.sweep(), table.sweep()]).toEqual([1, 0]);
    memory.fill(0, FRAME, 1);
    expect(table.offer(map, 0)).toBe("entered");
    expect(consistent(machine)).toEqual([]);
  });
  test("a full table leaves frames alone, and they can be written as before", async () => {
    const machine = await makeMachine();
    const table = ImmutableFrames.create(machine, 4);
    const { map, memory } = makeGuest(machine, "a", 32);
    for (let n = 0; n < 20; n++) memory.writeNumber(n * FRAME, 4, n + 1);
    const offers = Array.from({ length: 20 }, (_, n) => table.offer(map, n));
    expect(offers.filter((offer) => offer === "entered").length).toBe(4);
    expect(offers.filter((offer) => offer === "alone").length).toBe(16);
    const frame = map.frame(19);
    memory.writeNumber(19 * FRAME, 4, 99);
    expect([map.frame(19), memory.readNumber(19 * FRAME, 4)]).toEqual([frame, 99]);
  });
  test("is nothing to a dirty log: the guest wrote nothing", async () => {
    const machine = await makeMachine();
    const table = ImmutableFrames.create(machine, 64);
    const { map, memory } = makeGuest(machine, "a", 4);
    memory.fill(0, 2 * FRAME, 7);
    map.startLog();
    expect([table.offer(map, 0), table.offer(map, 1), map.frame(0) === map.frame(1), map.takeLog()]).toEqual(["entered", "shared", true, []]);
    memory.writeNumber(FRAME, 1, 8);
    expect(map.takeLog()).toEqual([1]);
  });
});

// Few contents, so that most frames are shared; and so many that the last user of a frame leaves while another one is about to find it.
test.each([[64, 12, 20], [4, 60, 0]])("four tenants with %d frames and %d contents on four workers offer, write and sweep at once", async (frames, contents, saved) => {
  const host = nodeHost();
  const machine = await Machine.create(host, { memory: 16 << 20, shared: true });
  const table = ImmutableFrames.create(machine, 32);
  const results = await Promise.all([0, 1, 2, 3].map((n) => new Promise<{ offers: { [offer: string]: number }; problems: string[] }>((resolve, reject) => {
    const worker = host.workers.start(new URL("sharing-worker.ts", import.meta.url), { name: `tenant ${n}`, data: { attachment: machine.attachment(), table: table.attachment(), seed: n + 1, rounds: 8000, frames, contents } });
    worker.onMessage((message) => {
      resolve(message as { offers: { [offer: string]: number }; problems: string[] });
      void worker.terminate();
    });
    void worker.ended.then((error) => reject(error ?? new Error("the worker ended")));
  })));
  expect(results.flatMap((r) => r.problems)).toEqual([]);
  for (const { offers } of results) expect(offers["shared"]).toBeGreaterThan(50);
  expect(consistent(machine)).toEqual([]);
  // Twelve contents, most of them with all four; what one tenant has twice counts as its references.
  expect(machine.ledger().saved).toBeGreaterThanOrEqual(saved);
  for (const tenant of machine.ledger().owners.filter((o) => o.kind === "engine")) machine.pool.removeOwner(tenant.id);
  for (const tenant of machine.ledger().owners.filter((o) => o.kind === "vm")) machine.pool.removeOwner(tenant.id);
  table.sweep();
  const [own] = machine.ledger().owners;
  expect([machine.ledger().owners.length, own!.references]).toEqual([1, 1]);
  expect(consistent(machine)).toEqual([]);
});
