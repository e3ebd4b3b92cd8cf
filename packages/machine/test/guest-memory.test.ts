import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FRAME_CODE, FRAME_IMMUTABLE, FrameMap, MAP_ENTRY, NO_FRAME, OutOfFrames, type FrameCaches } from "../src/index.ts";
import { consistent, FRAME, makeGuest, makeMachine } from "./make.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe("guest memory", () => {
  test("comes on first touch, zeroed, and over frames", async () => {
    const machine = await makeMachine();
    const { memory, map, owner } = makeGuest(machine, "vm", 16);
    const before = machine.ledger().tenants[0]!.references;
    expect(memory.readNumber(3 * FRAME + 5, 4)).toBe(0);
    expect(memory.write(FRAME - 2, bytes(1, 2, 3, 4))).toBeUndefined();
    const read = new Uint8Array(6);
    memory.read(FRAME - 3, read);
    expect([...read]).toEqual([0, 1, 2, 3, 4, 0]);
    expect(machine.ledger().owners.find((o) => o.id === owner.id)!.references).toBe(map.tableFrames + 3);
    expect(machine.ledger().tenants[0]!.references - before).toBe(3);
    memory.writeBig(2 * FRAME - 4, 0x1122334455667788n);
    expect([memory.readNumber(2 * FRAME - 4, 4), memory.readNumber(2 * FRAME, 2), memory.readBig(2 * FRAME - 4)]).toEqual([0x55667788, 0x3344, 0x1122334455667788n]);
    memory.fill(5 * FRAME - 1, FRAME + 2, 9);
    expect([memory.readNumber(5 * FRAME - 2, 1), memory.readNumber(5 * FRAME - 1, 1), memory.readNumber(6 * FRAME, 1), memory.readNumber(6 * FRAME + 1, 1)]).toEqual([0, 9, 9, 0]);
    expect(consistent(machine)).toEqual([]);
  });
  test("nothing there reads as all ones and is written nowhere", async () => {
    const machine = await makeMachine();
    const { memory } = makeGuest(machine, "vm", 4);
    expect(memory.readNumber(1e12, 4)).toBe(0xffffffff);
    expect(memory.readBig(4 * FRAME)).toBe(0xffff_ffff_ffff_ffffn);
    expect(memory.write(4 * FRAME - 1, bytes(1, 2))).toBe("no-memory");
    expect(memory.readNumber(4 * FRAME - 1, 1)).toBe(1);
    expect(memory.frameFault(9 * FRAME, false)).toBe(false);
  });
  test("read-only memory is filled by its source and refuses writes", async () => {
    const machine = await makeMachine();
    const { memory, map } = makeGuest(machine, "vm", 4);
    map.addReadOnly(2, 1);
    map.source = (guestFrame, frame) => machine.views.u8.fill(guestFrame + 1, frame * FRAME, (frame + 1) * FRAME);
    expect([memory.readNumber(2 * FRAME, 2), memory.readNumber(0, 1)]).toEqual([0x0303, 1]);
    expect(memory.write(2 * FRAME, bytes(1))).toBe("read-only");
    expect(map.entry(2) & MAP_ENTRY.writable).toBe(0);
    expect(memory.frameFault(2 * FRAME + 7, true)).toBe(false);
  });
  test("a machine without frames stops the one that asks", async () => {
    const machine = await makeMachine({ memory: 2 << 20, reserved: 8 });
    const { memory, map } = makeGuest(machine, "vm", 600);
    let n = 0;
    while (map.fault(n, true) === "ready") n++;
    expect(n).toBeGreaterThan(200);
    expect(memory.write(n * FRAME, bytes(1))).toBe("exhausted");
    expect(() => memory.frameFault(n * FRAME, true)).toThrow(OutOfFrames);
    map.discard(0);
    expect(memory.write(n * FRAME, bytes(1))).toBeUndefined();
    expect(consistent(machine)).toEqual([]);
  });
  test("memory taken away and the map itself go back to the pool", async () => {
    const machine = await makeMachine();
    const { map } = makeGuest(machine, "vm", 8);
    map.fault(1, true);
    map.remove(1, 1);
    expect([map.frame(1), map.fault(1, false)]).toEqual([NO_FRAME, "no-memory"]);
    map.fault(2, true);
    map.dispose();
    expect(machine.ledger().tenants[0]!.references).toBe(0);
    expect(() => new FrameMap(machine, machine.ledger().owners[0]!.id, 4).addMemory(4, 1)).toThrow("beyond the map");
  });
});

describe("clones", () => {
  test("share every unmodified frame, and a write copies one", async () => {
    const machine = await makeMachine();
    const [a, b] = [makeGuest(machine, "a", 8), makeGuest(machine, "b", 8)];
    for (let n = 0; n < 4; n++) a.memory.writeNumber(n * FRAME, 4, n + 1);
    expect(a.map.shareWith(b.map)).toBe(true);
    expect([0, 1, 2, 3].map((n) => b.memory.readNumber(n * FRAME, 4))).toEqual([1, 2, 3, 4]);
    expect(machine.ledger().saved).toBe(4);
    expect(machine.pool.flags.get(a.map.frame(1)) & FRAME_IMMUTABLE).toBe(FRAME_IMMUTABLE);
    const [mine, shared] = [a.map.frame(2), a.map.frame(1)];
    b.memory.writeNumber(FRAME, 4, 99);
    expect([a.memory.readNumber(FRAME, 4), b.memory.readNumber(FRAME, 4)]).toEqual([2, 99]);
    expect(b.map.frame(1)).not.toBe(shared);
    // The last holder writes in place.
    a.memory.writeNumber(FRAME, 4, 55);
    expect(a.map.frame(1)).toBe(shared);
    expect(a.map.frame(2)).toBe(mine);
    expect(machine.ledger().saved).toBe(3);
    expect(consistent(machine)).toEqual([]);
  });
  test("the door refuses an immutable frame whoever comes", async () => {
    const machine = await makeMachine();
    const [a, b] = [makeGuest(machine, "a", 2), makeGuest(machine, "b", 2)];
    a.memory.writeNumber(0, 4, 7);
    a.map.shareWith(b.map);
    for (const { memory, map } of [a, b]) {
      expect(() => memory.writer.write(map.frame(0) * FRAME, bytes(1))).toThrow("2 tenants hold");
      expect(() => memory.writer.fill(map.frame(0) * FRAME + 8, 4, 1)).toThrow("2 tenants hold");
    }
    expect(a.memory.readNumber(0, 4)).toBe(7);
  });
  test("any writes by any of three clones: each sees its own", async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ who: fc.nat(2), at: fc.nat(8 * FRAME - 5), value: fc.nat(0xffffffff), clone: fc.boolean() }), { maxLength: 40 }), async (writes) => {
      const machine = await makeMachine();
      const guests = ["a", "b", "c"].map((name) => makeGuest(machine, name, 8));
      const models = guests.map(() => new Uint8Array(8 * FRAME));
      for (const { who, at, value, clone } of writes) {
        if (clone) {
          const to = (who + 1) % 3;
          expect(guests[who]!.map.shareWith(guests[to]!.map)).toBe(true);
          models[to] = models[who]!.slice();
        } else {
          guests[who]!.memory.writeNumber(at, 4, value);
          new DataView(models[who]!.buffer).setUint32(at, value, true);
        }
      }
      guests.forEach(({ memory }, n) => {
        const read = new Uint8Array(8 * FRAME);
        memory.read(0, read);
        expect(Buffer.compare(read, models[n]!)).toBe(0);
      });
      expect(consistent(machine)).toEqual([]);
    }), { numRuns: 40 });
  });
});

describe("dirty log", () => {
  test("each round has the frames written since the last, by whatever door", async () => {
    const machine = await makeMachine();
    const [a, b] = [makeGuest(machine, "a", 8), makeGuest(machine, "b", 8)];
    for (let n = 0; n < 5; n++) a.memory.writeNumber(n * FRAME, 4, n + 1);
    a.map.startLog();
    expect(a.map.takeLog()).toEqual([]);
    a.memory.writeNumber(3 * FRAME, 4, 9);
    a.memory.writeNumber(FRAME - 1, 2, 9);
    a.memory.writeNumber(3 * FRAME, 4, 10);
    a.memory.readNumber(2 * FRAME, 4);
    expect(a.map.takeLog()).toEqual([0, 1, 3]);
    expect(a.map.takeLog()).toEqual([]);
    a.memory.writeNumber(3 * FRAME, 4, 11);
    expect(a.map.takeLog()).toEqual([3]);
    // First touch, a copy on write, a balloon, and what is exchanged.
    a.memory.readNumber(6 * FRAME, 4);
    expect(a.map.takeLog()).toEqual([]);
    a.memory.writeNumber(6 * FRAME, 4, 1);
    a.memory.writeNumber(7 * FRAME, 4, 1);
    a.map.shareWith(b.map);
    a.memory.writeNumber(2 * FRAME, 4, 1);
    a.map.discard(4);
    expect(a.map.takeLog()).toEqual([2, 4, 6, 7]);
    a.map.stopLog();
    a.memory.writeNumber(0, 4, 1);
    expect(a.map.takeLog()).toEqual([]);
  });
  test("a write takes the protection off until the next round", async () => {
    const machine = await makeMachine();
    const { map } = makeGuest(machine, "a", 2);
    map.fault(0, true);
    const dropped: number[] = [];
    map.onChange = (guestFrame) => dropped.push(guestFrame);
    map.startLog();
    expect([map.entry(0) & MAP_ENTRY.writable, dropped]).toEqual([0, [0]]);
    map.fault(0, true);
    expect(map.entry(0) & MAP_ENTRY.writable).toBe(MAP_ENTRY.writable);
    map.takeLog();
    expect([map.entry(0) & MAP_ENTRY.writable, dropped]).toEqual([0, [0, 0]]);
  });
});

/** A processor's caches that write down what they are told. */
class Caches implements FrameCaches {
  readonly told: string[] = [];
  readonly code = new Set<number>();
  written(address: number, size: number): void { this.told.push(`written ${address & 0xfff}+${size}`); this.code.delete(address >>> 12); }
  frameGone(frame: number): void { this.told.push("gone"); this.code.delete(frame); }
  holdsCode(frame: number): boolean { return this.code.has(frame); }
  dropTranslations(): void { this.told.push("drop"); }
  dropWriteTranslations(): void { this.told.push("drop writes"); }
}

describe("what processors are told", () => {
  test("writes to code, of every door", async () => {
    const machine = await makeMachine();
    const { memory, map } = makeGuest(machine, "a", 4);
    const [one, two] = [new Caches(), new Caches()];
    memory.attach(one);
    const leave = memory.attach(two);
    memory.writeNumber(0x10, 4, 1);
    expect(one.told).toEqual([]);
    const frame = map.frame(0);
    one.code.add(frame);
    memory.codeMarked(frame);
    expect([machine.pool.flags.get(frame), one.told, two.told]).toEqual([FRAME_CODE, ["drop writes"], ["drop writes"]]);
    memory.writeNumber(0x20, 2, 1);
    expect([one.told.at(-1), two.told.at(-1)]).toEqual(["written 32+2", "written 32+2"]);
    // Nothing is left, so the next write is an ordinary one.
    expect(machine.pool.flags.get(frame)).toBe(0);
    memory.writeNumber(0x20, 2, 2);
    expect(one.told.length).toBe(2);
    leave();
    memory.codeMarked(frame);
    expect([one.told.length, two.told.length]).toEqual([3, 2]);
  });
  test("the flag stays while another cache or another tenant needs it", async () => {
    const machine = await makeMachine();
    const [a, b] = [makeGuest(machine, "a", 2), makeGuest(machine, "b", 2)];
    const [one, two] = [new Caches(), new Caches()];
    a.memory.attach(one);
    a.memory.attach(two);
    a.memory.writeNumber(0, 4, 1);
    const frame = a.map.frame(0);
    one.code.add(frame);
    two.code.add(frame);
    a.memory.codeMarked(frame);
    one.code.delete(frame);
    a.memory.codeGone(frame);
    expect(machine.pool.flags.get(frame) & FRAME_CODE).toBe(FRAME_CODE);
    a.map.shareWith(b.map);
    two.code.delete(frame);
    a.memory.codeGone(frame);
    expect(machine.pool.flags.get(frame) & FRAME_CODE).toBe(FRAME_CODE);
    b.map.discard(0);
    a.memory.codeGone(frame);
    expect(machine.pool.flags.get(frame)).toBe(0);
  });
  test("a frame that goes, is exchanged or loses a right", async () => {
    const machine = await makeMachine();
    const [a, b] = [makeGuest(machine, "a", 4), makeGuest(machine, "b", 4)];
    const caches = new Caches();
    a.memory.attach(caches);
    a.memory.writeNumber(0, 4, 1);
    a.memory.writeNumber(FRAME, 4, 1);
    caches.code.add(a.map.frame(0));
    a.memory.codeMarked(a.map.frame(0));
    caches.told.length = 0;
    a.map.shareWith(b.map);
    expect(caches.told).toEqual(["drop", "drop"]);
    a.memory.writeNumber(0, 4, 2);
    expect(caches.told.slice(2)).toEqual(["drop", "gone"]);
    a.map.discard(1);
    expect(caches.told.slice(4)).toEqual(["drop"]);
    expect(caches.code.size).toBe(0);
  });
});
