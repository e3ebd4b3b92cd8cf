import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHART_OWNER, CHART_SHARED, CHART_TABLE, FRAME_IMMUTABLE, Machine, NO_FRAME, OutOfFrames, type Frame, type OwnerId } from "../src/index.ts";
import { virtualHost } from "@ringzero/host/virtual";
import { consistent, FRAME, makeMachine } from "./make.ts";

const tenant = (machine: Machine, name: string): OwnerId => machine.createOwner({ name, kind: "vm" }).id;

describe("frames", () => {
  test("come zeroed, one reference each, and are reused before the memory grows", async () => {
    const machine = await makeMachine();
    const { pool } = machine;
    const a = tenant(machine, "a");
    const frame = pool.allocate(a);
    expect([frame > 0, pool.references(frame), pool.holders(frame), pool.tenants(frame)]).toEqual([true, 1, 1, 1]);
    machine.views.u8.fill(0xee, frame * FRAME, (frame + 1) * FRAME);
    const { committed } = machine.ledger().frames;
    pool.release(a, frame);
    expect(machine.ledger().frames.free).toBe(1);
    expect(pool.allocate(a)).toBe(frame);
    expect(machine.views.u8.subarray(frame * FRAME, (frame + 1) * FRAME).every((b) => b === 0)).toBe(true);
    expect(machine.ledger().frames.committed).toBe(committed);
    expect(consistent(machine)).toEqual([]);
  });
  test("are drawn by who pays for them", async () => {
    const machine = await makeMachine(), { pool } = machine, chart = new Uint16Array(pool.capacity);
    const sharing = machine.createOwner({ name: "sharing", kind: "sharing" }).id, a = tenant(machine, "a"), b = tenant(machine, "b");
    const own = pool.allocate(b), both = pool.allocate(b), offered = pool.allocate(b), left = pool.allocate(sharing);
    pool.reference(a, both);
    pool.reference(sharing, offered);
    pool.chart(chart);
    expect([chart[0], chart[own], chart[both], chart[offered], chart[left]]).toEqual([CHART_TABLE, b, a | CHART_SHARED, b, sharing]);
    for (const id of [a, b]) {
      const { private: alone, shared, saved } = machine.ledger().owners.find((o) => o.id === id)!;
      expect(chart.filter((entry) => !(entry & CHART_TABLE) && (entry & CHART_OWNER) === id).length).toBe(alone + shared - saved);
    }
    pool.release(b, own);
    pool.chart(chart);
    expect(chart[own]).toBe(0);
  });
  test("run out quietly for guests; engines have a reserve", async () => {
    const machine = await makeMachine({ memory: 2 << 20, reserved: 16 });
    const guest = tenant(machine, "guest");
    const engine = machine.createOwner({ name: "engine", kind: "engine", tenant: guest }).id;
    let count = 0;
    while (machine.pool.allocate(guest) !== NO_FRAME) count++;
    expect(count).toBeGreaterThan(200);
    expect(machine.pool.allocate(engine)).not.toBe(NO_FRAME);
    expect(() => machine.engineMemory(guest).allocate(FRAME)).toThrow(OutOfFrames);
    const { inUse, capacity, highWater } = machine.ledger().frames;
    expect(inUse).toBeLessThanOrEqual(capacity);
    machine.pool.removeOwner(engine);
    machine.pool.removeOwner(guest);
    expect(machine.ledger().frames.highWater).toBe(highWater);
    expect(machine.ledger().owners).toEqual([]);
    expect(machine.ledger().frames.inUse).toBe(machine.ledger().frames.tables);
    expect(consistent(machine)).toEqual([]);
  });
  test("neighbours for engines, given back and found again", async () => {
    const machine = await makeMachine();
    const a = tenant(machine, "a");
    const memory = machine.engineMemory(a);
    const [first, second] = [memory.allocate(5 * FRAME + 1), memory.allocate(FRAME)];
    expect(first % FRAME).toBe(0);
    machine.views.u8.fill(1, first, first + 6 * FRAME);
    memory.release(first, 5 * FRAME + 1);
    const again = memory.allocate(6 * FRAME);
    expect(again).toBe(first);
    expect(machine.views.u8.subarray(again, again + 6 * FRAME).every((b) => b === 0)).toBe(true);
    expect(second).not.toBe(again);
    // A run is not put together from frames that are apart.
    const frames = Array.from({ length: 4 }, () => machine.pool.allocate(a));
    machine.pool.release(a, frames[0]!);
    machine.pool.release(a, frames[2]!);
    const run = machine.pool.allocateRun(a, 2);
    expect([frames[0], frames[2]]).not.toContain(run);
    expect(consistent(machine)).toEqual([]);
  });
});

describe("owners", () => {
  test("have names of any characters, kinds, tenants", async () => {
    const machine = await makeMachine();
    const vm = machine.createOwner({ name: "Übung №1 🖥", kind: "vm" });
    const engine = machine.createOwner({ name: "x".repeat(60), kind: "engine", tenant: vm.id });
    expect(machine.pool.owners()).toEqual([vm, engine]);
    expect(machine.pool.owner(vm.id)).toEqual({ id: vm.id, name: "Übung №1 🖥", kind: "vm", tenant: vm.id });
    expect(machine.pool.owner(engine.id)!.name).toBe("x".repeat(44));
    expect(machine.pool.owner(77)).toBeUndefined();
    expect(machine.pool.owner(-1)).toBeUndefined();
  });
  test("a number is used again, the old references are gone", async () => {
    const machine = await makeMachine();
    const a = tenant(machine, "a");
    const b = tenant(machine, "b");
    const frame = machine.pool.allocate(a);
    machine.pool.reference(b, frame);
    machine.pool.removeOwner(a);
    expect(machine.pool.references(frame)).toBe(1);
    expect(machine.pool.flags.get(frame)).toBe(0);
    const again = tenant(machine, "c");
    expect(again).toBe(a);
    expect(machine.pool.referencesBy(again, frame)).toBe(0);
    expect(consistent(machine)).toEqual([]);
  });
  test("a tenant goes last, and nobody belongs to one that is gone", async () => {
    const machine = await makeMachine();
    const vm = tenant(machine, "vm");
    const part = machine.createOwner({ name: "part", kind: "engine", tenant: vm }).id;
    expect(() => machine.pool.removeOwner(vm)).toThrow("still has owners");
    expect(() => machine.createOwner({ name: "x", kind: "engine", tenant: part })).toThrow("no tenant");
    machine.pool.removeOwner(part);
    machine.pool.removeOwner(vm);
    machine.pool.removeOwner(vm);
    expect(() => machine.createOwner({ name: "x", kind: "engine", tenant: vm })).toThrow("no tenant");
    expect(() => machine.pool.allocate(vm)).toThrow("no owner");
  });
  test("more than the machine has records for", async () => {
    const machine = await makeMachine({ memory: 64 << 20 });
    expect(() => { for (let i = 0; i < 3000; i++) tenant(machine, `t${i}`); }).toThrow("2047 owners");
    expect(consistent(await makeMachine())).toEqual([]);
  });
});

describe("sharing", () => {
  test("a frame that two tenants hold is immutable, until one is left", async () => {
    const machine = await makeMachine();
    const [a, b] = [tenant(machine, "a"), tenant(machine, "b")];
    const frame = machine.pool.allocate(a);
    machine.pool.reference(b, frame);
    machine.pool.reference(b, frame);
    expect([machine.pool.references(frame), machine.pool.holders(frame), machine.pool.tenants(frame)]).toEqual([3, 2, 2]);
    expect(machine.pool.flags.get(frame) & FRAME_IMMUTABLE).toBe(FRAME_IMMUTABLE);
    machine.pool.release(b, frame);
    expect(machine.pool.flags.get(frame) & FRAME_IMMUTABLE).toBe(FRAME_IMMUTABLE);
    machine.pool.release(b, frame);
    expect(machine.pool.flags.get(frame)).toBe(0);
  });
  test("owners of one tenant share and may write: that is the tenant's business", async () => {
    const machine = await makeMachine();
    const kernel = tenant(machine, "kernel");
    const container = machine.createOwner({ name: "container", kind: "container", tenant: kernel }).id;
    const frame = machine.pool.allocate(kernel);
    machine.pool.reference(container, frame);
    expect([machine.pool.holders(frame), machine.pool.tenants(frame), machine.pool.flags.get(frame)]).toEqual([2, 1, 0]);
    const { owners, tenants, saved } = machine.ledger();
    expect(owners.map((o) => [o.private, o.shared, o.saved])).toEqual([[0, 1, 0], [0, 1, 1]]);
    expect(tenants.map((t) => [t.private, t.shared, t.saved])).toEqual([[1, 0, 0]]);
    expect(saved).toBe(1);
  });
  test("mistakes of a memory map are errors, and change nothing", async () => {
    const machine = await makeMachine();
    const [a, b] = [tenant(machine, "a"), tenant(machine, "b")];
    const frame = machine.pool.allocate(a);
    expect(() => machine.pool.release(b, frame)).toThrow("does not hold");
    machine.pool.release(a, frame);
    expect(() => machine.pool.reference(b, frame)).toThrow("nobody holds");
    expect(consistent(machine)).toEqual([]);
  });
});

describe("sizes", () => {
  test.each([1000, 4 << 30, Number.NaN])("a machine of %d bytes is refused", async (memory) => {
    await expect(makeMachine({ memory })).rejects.toThrow("between 1 MiB and 3584 MiB");
  });
  test("shared memory where there is none", async () => {
    await expect(Machine.create(virtualHost({ sharedMemory: false }), { memory: 2 << 20, shared: true })).rejects.toThrow("cross-origin isolation");
    expect((await Machine.create(virtualHost({ sharedMemory: false }), { memory: 2 << 20 })).linear.shared).toBe(false);
  });
  test("the largest machine: tables and the highest frame", async () => {
    const machine = await makeMachine({ memory: 3584 * 2 ** 20, shared: true, reserved: 0 });
    const a = tenant(machine, "a");
    expect(machine.pool.allocate(a)).toBeGreaterThan(0);
    const { capacity, tables } = machine.ledger().frames;
    expect(capacity).toBe(3584 * 256);
    // 9 bytes and a bit for each frame, and the records of owners.
    expect(tables).toBeLessThan(capacity / 400);
  });
});

/** The pool against the obvious model: a list of who references what. */
type Act = { readonly kind: "allocate" | "run" | "reference" | "release" | "remove" | "create" | "lend" | "giveBack"; readonly owner: number; readonly which: number };
const acts = fc.array(fc.record({ kind: fc.constantFrom<Act["kind"][]>("allocate", "allocate", "run", "reference", "reference", "release", "release", "remove", "create", "lend", "lend", "giveBack"), owner: fc.nat(20), which: fc.nat(1000) }), { maxLength: 120 });

test("any sequence of operations agrees with a list of references", async () => {
  await fc.assert(fc.asyncProperty(acts, async (sequence) => {
    const machine = await makeMachine({ memory: 2 << 20, reserved: 4 });
    const { pool } = machine;
    const owners: { id: OwnerId; tenant: OwnerId }[] = [];
    let held: { owner: OwnerId; frame: Frame }[] = [];
    const create = (): void => {
      const parent = owners.length % 3 === 2 ? owners.find((o) => o.id === o.tenant)?.id : undefined;
      const { id, tenant: of } = machine.createOwner({ name: `o${owners.length}`, kind: "kernel", ...(parent === undefined ? {} : { tenant: parent }) });
      owners.push({ id, tenant: of });
    };
    create();
    for (const { kind, owner: n, which } of sequence) {
      const owner = owners[n % owners.length]!;
      if (kind === "create" && owners.length < 12) create();
      else if (kind === "allocate" || kind === "run") {
        const count = kind === "run" ? 1 + (which % 5) : 1;
        const first = pool.allocateRun(owner.id, count);
        if (first === NO_FRAME) continue;
        for (let i = 0; i < count; i++) {
          expect(held.some((h) => h.frame === first + i)).toBe(false);
          held.push({ owner: owner.id, frame: first + i });
        }
      } else if (kind === "reference" && held.length > 0) {
        const { frame } = held[which % held.length]!;
        if (pool.reference(owner.id, frame)) held.push({ owner: owner.id, frame });
      } else if (kind === "release" && held.length > 0) {
        const [gone] = held.splice(which % held.length, 1);
        pool.release(gone!.owner, gone!.frame);
      } else if (kind === "lend" && held.length > 0) {
        // Some frames, the owner's own and others', one of them twice.
        const frames = [0, 3, 1, 0, 7].map((n) => held[(which + n) % held.length]!.frame);
        if (pool.referenceAll(owner.id, Int32Array.from([...frames, -1]), frames.length)) for (const frame of frames) held.push({ owner: owner.id, frame });
      } else if (kind === "giveBack") {
        const mine = held.filter((h) => h.owner === owner.id).slice(which % 3, (which % 3) + 5), before = machine.ledger().frames.inUse;
        held = held.filter((h) => !mine.includes(h));
        const freed = pool.releaseAll(owner.id, Int32Array.from(mine.map((h) => h.frame)), mine.length);
        expect([freed, machine.ledger().frames.inUse]).toEqual([new Set(mine.map((h) => h.frame).filter((f) => !held.some((h) => h.frame === f))).size, before - freed]);
      } else if (kind === "remove" && owners.length > 1) {
        if (owners.some((o) => o.tenant === owner.id && o.id !== owner.id)) continue;
        pool.removeOwner(owner.id);
        owners.splice(owners.indexOf(owner), 1);
        held = held.filter((h) => h.owner !== owner.id);
      }
    }
    for (const { id } of owners) {
      const mine = held.filter((h) => h.owner === id);
      expect(machine.ledger().owners.find((o) => o.id === id)!.references).toBe(mine.length);
      for (const { frame } of mine) expect(pool.referencesBy(id, frame)).toBe(mine.filter((h) => h.frame === frame).length);
    }
    expect(consistent(machine)).toEqual([]);
  }), { numRuns: 60 });
});
