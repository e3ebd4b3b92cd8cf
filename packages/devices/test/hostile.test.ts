import fc from "fast-check";
import { expect, test } from "vitest";
import { PcDevices } from "./pc-devices.ts";

// What a guest may do to the board: any access of any size, at any time, with input coming in. Nothing throws, nothing grows, and a copy of the state goes on as the original does.
const size = fc.constantFrom(1, 2, 4);
const value = fc.oneof(fc.nat(255), fc.integer({ min: 0, max: 0xffff_ffff }));
const port = fc.oneof(...[[0x20, 2], [0x40, 4], [0x60, 5], [0x70, 2], [0x92, 1], [0xa0, 2], [0x3c0, 32], [0x3f8, 8], [0x4d0, 2], [0x600, 12], [0xcf8, 8]].map(([base, length]) => fc.integer({ min: base!, max: base! + length! - 1 })), fc.nat(0xffff));
const register = fc.oneof(fc.nat(0x20), fc.nat(0x3f).map((n) => 0x1000 + n * 16), fc.nat(0x1fff));
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("out" as const), address: port, size, value }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("in" as const), address: port, size }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("store" as const), address: register, size, value }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("load" as const), address: register, size }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("time" as const), nanoseconds: fc.oneof(fc.nat(2000), fc.nat(100_000_000)) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("serial" as const), bytes: fc.uint8Array({ maxLength: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("keys" as const), bytes: fc.uint8Array({ maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("acknowledge" as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

function act(pc: PcDevices, a: Action): number {
  switch (a.kind) {
    case "out": pc.ports.write(a.address, a.size, a.value % 256 ** a.size); return 0;
    case "in": return pc.ports.read(a.address, a.size);
    case "store": pc.memory.write(a.address, a.size, a.value % 256 ** a.size); return 0;
    case "load": return pc.memory.read(a.address, a.size);
    // A periodic timer of a few nanoseconds may be set: no more time passes than events can fill.
    case "time": pc.clock.advance(pc.clock.events.next - pc.clock.now() < 1000 ? Math.min(a.nanoseconds, 20_000) : Math.min(a.nanoseconds, 5_000_000)); return 0;
    case "serial": pc.receive(a.bytes); return 0;
    case "keys": pc.press([...a.bytes]); return 0;
    default: return pc.lapic.acknowledge();
  }
}

test("any accesses: answers fit their size, nothing throws, nothing grows", () => {
  fc.assert(fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
    const pc = new PcDevices(), empty = pc.save().length;
    for (const a of actions) {
      const answer = act(pc, a), limit = a.kind === "in" || a.kind === "load" ? 256 ** a.size : 256;
      expect(answer >= 0 && answer < limit && Number.isInteger(answer), `${JSON.stringify(a)} answered ${answer}`).toBe(true);
    }
    expect(pc.save().length).toBeLessThan(empty + 6000);
    expect(pc.clock.events.size).toBeLessThan(8);
  }), { numRuns: 300 });
});

test("a restored board goes on as the original does", () => {
  fc.assert(fc.property(fc.array(action, { maxLength: 150 }), fc.array(action, { maxLength: 150 }), (before, after) => {
    const original = new PcDevices(), twin = new PcDevices();
    for (const a of before) act(original, a);
    twin.copy(original);
    original.events.length = 0;
    const answers = (pc: PcDevices): unknown[] => [...after.map((a) => act(pc, a)), ...pc.events, pc.save()];
    expect(answers(twin)).toEqual(answers(original));
  }), { numRuns: 300 });
});
