import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventQueue, MAX_SLICE, VirtualClock } from "../src/index.ts";

describe("virtual clock", () => {
  test("instructions times the rate, plus idle time, plus corrections", () => {
    const clock = new VirtualClock({ nanoseconds: 10, instructions: 1 });
    clock.retire(5);
    clock.idleUntil(1000);
    clock.idleUntil(10);
    clock.correct(7);
    clock.retire(1);
    expect([clock.time, clock.retired, clock.idle, clock.corrections]).toEqual([1017, 6, 950, 7]);
  });
  const rates = fc.record({ nanoseconds: fc.integer({ min: 1, max: 2 ** 22 }), instructions: fc.integer({ min: 1, max: 2 ** 22 }) });
  test("is exact for any rate and any slices: nothing is lost to rounding", () => {
    fc.assert(fc.property(rates, fc.array(fc.nat(MAX_SLICE), { maxLength: 30 }), (rate, slices) => {
      const clock = new VirtualClock(rate);
      let total = 0n;
      for (const slice of slices) {
        const exact = ((total + BigInt(slice)) * BigInt(rate.nanoseconds)) / BigInt(rate.instructions);
        if (exact > BigInt(Number.MAX_SAFE_INTEGER)) {
          expect(() => clock.retire(slice)).toThrow("104 days");
          return;
        }
        clock.retire(slice);
        total += BigInt(slice);
        expect([BigInt(clock.time), BigInt(clock.retired)]).toEqual([exact, total]);
      }
    }));
  });
  test("knows the first instruction before which an event is due", () => {
    fc.assert(fc.property(rates, fc.nat(MAX_SLICE), fc.nat(2 ** 40), (rate, earlier, delay) => {
      const clock = new VirtualClock(rate);
      clock.retire(earlier);
      const deadline = clock.time + delay;
      const n = clock.instructionsUntil(deadline);
      if (n < MAX_SLICE) expect(clock.timeAfter(n)).toBeGreaterThanOrEqual(deadline);
      if (n > 0) expect(clock.timeAfter(n - 1)).toBeLessThan(deadline);
      const half = Math.floor(n / 2);
      clock.retire(half);
      if (n < MAX_SLICE) expect(clock.instructionsUntil(deadline)).toBe(n - half);
    }));
  });
  test("a saved clock goes on as if nothing had been", () => {
    const clock = new VirtualClock({ nanoseconds: 1, instructions: 3 });
    clock.retire(4);
    const copy = new VirtualClock({ nanoseconds: 1, instructions: 3 });
    copy.restore(structuredClone(clock.save()));
    for (const c of [clock, copy]) c.retire(2);
    expect([copy.time, copy.save()]).toEqual([2, clock.save()]);
  });
  test("refuses what would break it", () => {
    expect(() => new VirtualClock({ nanoseconds: 0.5, instructions: 1 })).toThrow("fraction of two integers");
    expect(() => new VirtualClock().correct(-1)).toThrow("never runs backwards");
  });
});

describe("event queue", () => {
  test("fires by time, and in the order of arming within one", () => {
    const queue = new EventQueue();
    const fired: string[] = [];
    const timers = ["a", "b", "c", "d"].map((name) => queue.timer(name, (deadline) => fired.push(`${name}@${deadline}`)));
    for (const [timer, time] of [[0, 20], [1, 10], [2, 20], [3, 10], [0, 20]] as const) timers[timer]!.arm(time);
    expect([queue.size, queue.next, queue.runDue(9)]).toEqual([4, 10, 0]);
    expect(queue.runDue(20)).toBe(4);
    // Armed again, "a" stands behind "c".
    expect(fired).toEqual(["b@10", "d@10", "c@20", "a@20"]);
    expect([queue.size, queue.next, queue.fired]).toEqual([0, Infinity, 4]);
  });
  test("what a timer arms for a time that has come fires in the same go", () => {
    const queue = new EventQueue();
    const fired: number[] = [];
    const periodic = queue.timer("tick", (deadline) => { fired.push(deadline); periodic.arm(deadline + 10); });
    periodic.arm(10);
    expect(queue.runDue(35)).toBe(3);
    expect([fired, periodic.deadline]).toEqual([[10, 20, 30], 40]);
  });
  test("a timer can be cancelled, closed and made again", () => {
    const queue = new EventQueue();
    const timer = queue.timer("t", () => { throw new Error("fired"); });
    timer.arm(5);
    timer.cancel();
    timer.cancel();
    expect([queue.runDue(100), timer.deadline]).toEqual([0, undefined]);
    expect(() => queue.timer("t", () => {})).toThrow('"t" already');
    timer.arm(5);
    timer.close();
    expect([queue.size, queue.timer("t", () => {}).deadline]).toEqual([0, undefined]);
    expect(() => timer.arm(0.5)).toThrow("whole number");
  });
  test("agrees with a sorted list, whatever is armed, moved and cancelled", () => {
    fc.assert(fc.property(fc.array(fc.record({ timer: fc.nat(9), time: fc.option(fc.nat(20)), run: fc.option(fc.nat(25)) }), { maxLength: 100 }), (acts) => {
      const queue = new EventQueue();
      const fired: number[] = [], expected: number[] = [];
      const timers = Array.from({ length: 10 }, (_, n) => queue.timer(String(n), () => fired.push(n)));
      let model: { n: number; time: number }[] = [];
      for (const { timer, time, run } of acts) {
        model = model.filter((m) => m.n !== timer);
        if (time === null) timers[timer]!.cancel();
        else {
          timers[timer]!.arm(time);
          model.push({ n: timer, time });
        }
        if (run !== null) {
          queue.runDue(run);
          const due = model.filter((m) => m.time <= run).map((m, i) => ({ ...m, i })).sort((a, b) => a.time - b.time || a.i - b.i);
          expected.push(...due.map((m) => m.n));
          model = model.filter((m) => m.time > run);
        }
        expect(queue.next).toBe(Math.min(...model.map((m) => m.time)));
        expect(queue.save().armed.map((a) => a.name)).toEqual(model.map((m, i) => ({ ...m, i })).sort((a, b) => a.time - b.time || a.i - b.i).map((m) => String(m.n)));
      }
      expect(fired).toEqual(expected);
    }));
  });
  test("timers with slack may be late, others not; a saved queue knows which", () => {
    const queue = new EventQueue(), [strict, late] = ["strict", "late"].map((name) => queue.timer(name, () => {}));
    late!.armWithSlack(100);
    expect([queue.next, queue.nextWithin(0), queue.nextWithin(50)]).toEqual([100, 100, 150]);
    strict!.arm(120);
    expect([queue.nextWithin(10), queue.nextWithin(50)]).toEqual([110, 120]);
    const saved = structuredClone(queue.save());
    late!.arm(100);
    expect(queue.nextWithin(50)).toBe(100);
    queue.restore(saved);
    expect([queue.save(), queue.nextWithin(10), queue.runDue(110), queue.nextWithin(50)]).toEqual([saved, 110, 1, 120]);
    strict!.cancel();
    expect(queue.nextWithin(50)).toBe(Number.POSITIVE_INFINITY);
    expect(() => late!.armWithSlack(0.5)).toThrow("whole number");
  });
  test("a saved queue has its order, and its count", () => {
    const make = (): { queue: EventQueue; fired: string[] } => {
      const [queue, fired] = [new EventQueue(), [] as string[]];
      for (const name of ["x", "y", "z"]) queue.timer(name, () => fired.push(name));
      return { queue, fired };
    };
    const [first, second] = [make(), make()];
    first.queue.restore({ version: 1, fired: 5, armed: [{ name: "z", deadline: 3 }, { name: "x", deadline: 3 }] });
    const state = structuredClone(first.queue.save());
    second.queue.timer("w", () => {}).arm(1);
    second.queue.restore(state);
    second.queue.runDue(10);
    expect([second.fired, second.queue.fired]).toEqual([["z", "x"], 7]);
    expect(() => second.queue.restore({ version: 1, fired: 0, armed: [{ name: "nobody", deadline: 1 }] })).toThrow('"nobody"');
  });
});

