import { expect, test } from "vitest";
import { Bus, type BusDevice } from "../src/index.ts";

function recorder(log: string[], name: string): BusDevice {
  return {
    read(offset, size) { log.push(`${name} r${size} ${offset}`); return size === 1 ? offset + 1 : 0x1234; },
    write(offset, size, value) { log.push(`${name} w${size} ${offset}=${value.toString(16)}`); },
  };
}

test("a device sees offsets, and an access that leaves its range comes in bytes", () => {
  const log: string[] = [], bus = new Bus("port");
  bus.claim("a", 0x60, 3, recorder(log, "a"));
  bus.claim("b", 0x63, 1, recorder(log, "b"));
  expect(bus.read(0x61, 2)).toBe(0x1234);
  expect(bus.read(0x61, 4)).toBe(0xff01_0302);
  bus.write(0x62, 4, 0xaabb_ccdd);
  expect(log).toEqual(["a r2 1", "a r1 1", "a r1 2", "b r1 0", "a w1 2=dd", "b w1 0=cc"]);
});

test("nobody's addresses read as ones and are reported", () => {
  const bus = new Bus("port"), seen: [number, number, boolean][] = [];
  bus.onUnclaimed = (...access) => seen.push(access);
  expect([bus.read(5, 1), bus.read(6, 2), bus.read(8, 4)]).toEqual([0xff, 0xffff, 0xffff_ffff]);
  bus.write(5, 1, 0);
  expect(seen).toEqual([[5, 1, false], [6, 2, false], [8, 4, false], [5, 1, true]]);
});

test("ranges do not overlap, and a released one is free", () => {
  const bus = new Bus("port"), device = recorder([], "x");
  const range = bus.claim("first", 0x3f8, 8, device);
  expect(() => bus.claim("second", 0x3ff, 2, device)).toThrow('"second" and "first" both claim port addresses from 0x3ff');
  expect(() => bus.claim("none", 0, 0, device)).toThrow("at least one");
  bus.read(0x3f8, 1);
  bus.release(range);
  expect(bus.read(0x3f8, 1)).toBe(0xff);
  bus.claim("second", 0x3ff, 2, device);
  expect(bus.ranges().map((r) => r.name)).toEqual(["second"]);
});
