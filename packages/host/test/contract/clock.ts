import { describe, expect, test } from "vitest";
import type { WallClock } from "../../src/index.ts";

/** What every wall clock promises. `pass` lets so much time go by. */
export function clockContract(clock: WallClock, pass: (nanoseconds: number) => Promise<void>): void {
  describe("wall clock", () => {
    test("never runs backwards, and counts nanoseconds", async () => {
      let last = clock.now();
      for (let i = 0; i < 1000; i++) {
        const now = clock.now();
        expect(now).toBeGreaterThanOrEqual(last);
        last = now;
      }
      const before = clock.now();
      await pass(20e6);
      expect(clock.now() - before).toBeGreaterThanOrEqual(20e6);
      expect(clock.now() - before).toBeLessThan(2e9);
    });
    test("sleeps as long as asked at least", async () => {
      const before = clock.now();
      let woken = -1;
      const sleeping = clock.sleep(5e6).then(() => { woken = clock.now(); });
      await pass(50e6);
      await sleeping;
      expect(woken - before).toBeGreaterThanOrEqual(5e6);
    });
    test("a sleep can be given up", async () => {
      const controller = new AbortController();
      const sleeping = clock.sleep(3600e9, controller.signal);
      controller.abort(new Error("enough"));
      await expect(sleeping).rejects.toThrow("enough");
      await expect(clock.sleep(1, controller.signal)).rejects.toThrow("enough");
    });
    test("knows the date", async () => {
      const before = clock.unixMilliseconds();
      expect(before).toBeGreaterThanOrEqual(Date.UTC(2000, 0, 1));
      await pass(10e6);
      expect(clock.unixMilliseconds() - before).toBeGreaterThanOrEqual(8);
    });
  });
}
