import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { virtualHost, type ManualClock } from "@ringzero/host/virtual";
import { InputLog, TenantTime, type IdleStep, type TenantTimeOptions } from "../src/index.ts";

/**
 * A guest as simple as can be, whose whole history is a list: it computes until it has nothing to do, its timer ticks, and keys make it
 * compute more. What it does follows from its inputs and their instants alone.
 */
class Guest {
  readonly time: TenantTime;
  readonly history: string[] = [];
  work: number;
  readonly #slack: number;

  /** `slack`: its ticks may be late by so much while it is idle. */
  constructor(options: TenantTimeOptions, work: number, slack: number = 0) {
    this.time = new TenantTime(options);
    this.work = work;
    this.#slack = slack;
    const tick = this.time.events.timer("tick", (deadline) => {
      this.#note("tick");
      this.work += 3;
      if (deadline < 5000) tick.armWithSlack(deadline + 700);
    });
    tick.armWithSlack(700);
    const echo = this.time.events.timer("echo", () => this.#note("echo"));
    this.time.port("keys", (bytes) => {
      this.#note(`key ${bytes.join()}`);
      this.work += bytes[0]!;
      // At once, or later: an event armed for this very instant.
      echo.arm(this.time.clock.time + (bytes[0]! % 2) * 50);
    });
  }
  #note(what: string): void {
    this.history.push(`${what} at ${this.time.clock.retired}/${this.time.clock.time}`);
  }
  /** One turn of the run loop; what idle said where there was nothing to run. */
  turn(limit: number): IdleStep | undefined {
    const ran = Math.min(this.time.budget(limit), this.work);
    this.work -= ran;
    this.time.sliceEnd(ran);
    return this.work === 0 ? this.time.idle(this.#slack) : undefined;
  }
  run(limit = 1_000_000, turns = 200): this {
    for (let i = 0; i < turns && this.turn(limit)?.kind !== "stalled"; i++);
    return this;
  }
}
const key = (n: number): Uint8Array => Uint8Array.of(n);

describe("free time", () => {
  test("jumps from event to event, and stalls where there is none", () => {
    const guest = new Guest({ rate: { nanoseconds: 10, instructions: 1 } }, 100).run();
    expect(guest.history.slice(0, 3)).toEqual(["tick at 70/700", "tick at 103/1400", "tick at 106/2100"]);
    expect([guest.time.clock.retired, guest.time.idle().kind]).toEqual([100 + 8 * 3, "stalled"]);
  });
  test("is the same whatever the slices are", () => {
    const run = (limit: number): string[] => new Guest({}, 500).run(limit, 5000).history;
    expect(run(1)).toEqual(run(1_000_000));
    expect(run(7)).toEqual(run(1_000_000));
  });
  test("an input wakes a stalled tenant", () => {
    const guest = new Guest({}, 0).run();
    guest.time.offer("keys", key(4));
    expect(guest.time.pending).toBe(true);
    expect(guest.turn(1000)).toBeUndefined();
    expect(guest.history.at(-2)).toMatch(/^key 4 at/);
  });
});

describe("paced time", () => {
  function paced(work: number): { guest: Guest; wall: ManualClock } {
    const { wallClock } = virtualHost();
    return { guest: new Guest({ idle: "paced", wall: wallClock }, work), wall: wallClock };
  }
  test("waits until the wall has caught up, and no longer", async () => {
    const { guest, wall } = paced(20);
    expect(guest.turn(1000)).toEqual({ kind: "wait", nanoseconds: 700 });
    await wall.advance(300);
    expect(guest.turn(1000)).toEqual({ kind: "wait", nanoseconds: 400 });
    await wall.advance(400);
    expect(guest.turn(1000)).toEqual({ kind: "continue" });
    expect(guest.history).toEqual(["tick at 20/700"]);
  });
  test("a key enters when it is pressed, never past the next event", async () => {
    const { guest, wall } = paced(20);
    guest.turn(1000);
    await wall.advance(450);
    guest.time.offer("keys", key(2));
    guest.turn(1000);
    expect(guest.history[0]).toBe("key 2 at 20/200");
    await wall.advance(100_000);
    guest.run(1000, 1);
    guest.time.offer("keys", key(9));
    guest.turn(1000);
    // The virtual time of the key is that of the event before which it was admitted.
    expect(guest.history.find((line) => line.startsWith("key 9"))).toMatch(/^key 9 at \d+\/\d+$/);
    expect(guest.time.clock.time).toBeLessThanOrEqual(700 * 2 + 100);
  });
  test("ticks that may be late come late to an idle tenant alone, and never after another event", async () => {
    const { wallClock } = virtualHost(), guest = new Guest({ idle: "paced", wall: wallClock }, 65, 200);
    expect([guest.turn(1000), guest.history]).toEqual([{ kind: "wait", nanoseconds: 900 }, []]);
    guest.work = 30;
    expect([guest.turn(1000), guest.history]).toEqual([undefined, ["tick at 70/700"]]);
    guest.work = 0;
    expect(guest.turn(1000)).toEqual({ kind: "wait", nanoseconds: 1600 });
    guest.time.events.timer("exact", () => {}).arm(1450);
    expect(guest.turn(1000)).toEqual({ kind: "wait", nanoseconds: 1450 });
    await wallClock.advance(5000);
    expect([guest.turn(1000), guest.history]).toEqual([{ kind: "continue" }, ["tick at 70/700", "tick at 70/1450"]]);
  });
  test("how far a busy tenant ran ahead or fell behind is forgotten beyond its bounds", async () => {
    for (const [wallTime, ahead, behind, wait] of [[0, 600, 0, 700], [0, 300, 0, 200], [800, 0, 300, 0], [800, 0, 299, 200], [800, 600, undefined, 0]] as const) {
      const { guest, wall } = paced(0);
      guest.time.sliceEnd(50);
      await wall.advance(wallTime);
      guest.time.forgive(ahead, behind);
      expect(guest.time.idle()).toEqual(wait === 0 ? { kind: "continue" } : { kind: "wait", nanoseconds: wait });
    }
  });
  test("a pause does not count", async () => {
    const { guest, wall } = paced(0);
    guest.turn(1);
    await wall.advance(1e9);
    guest.time.resume();
    expect(guest.turn(1)).toEqual({ kind: "wait", nanoseconds: 700 });
  });
  test("needs the wall's clock", () => {
    expect(() => new TenantTime({ idle: "paced" })).toThrow("needs the host's clock");
    expect(() => new TenantTime({ clock: "wall" })).toThrow("needs the host's clock");
  });
});

describe("the wall's time", () => {
  test("is kept up with by corrections, which are logged", async () => {
    const { wallClock } = virtualHost();
    const time = new TenantTime({ clock: "wall", wall: wallClock });
    await wallClock.advance(5e6);
    time.sliceEnd(100);
    expect([time.clock.time, time.clock.corrections]).toEqual([5e6, 5e6 - 1000]);
    await wallClock.advance(1e5);
    time.sliceEnd(100);
    expect(time.clock.time).toBe(5e6 + 1000);
    expect(time.log.inputs).toEqual([{ port: "clock", bytes: new Uint8Array(0), nanoseconds: 5e6 - 1000, retired: 100, time: 1000, fired: 0 }]);
  });
});

describe("replay", () => {
  const presses = fc.array(fc.record({ turn: fc.nat(60), value: fc.integer({ min: 1, max: 40 }), advance: fc.nat(900) }), { maxLength: 25 });
  test("of any paced run with corrections and keys has the same history, in free time and other slices", async () => {
    await fc.assert(fc.asyncProperty(presses, fc.constantFrom(3, 50, 1000), fc.constantFrom(1, 20, 1000), fc.boolean(), fc.constantFrom(0, 300, 2000), async (keys, limit, replayLimit, follows, slack) => {
      const { wallClock } = virtualHost();
      const recorded = new Guest({ idle: "paced", wall: wallClock, ...(follows ? { clock: "wall" as const } : {}) }, 60, slack);
      for (let turn = 0; turn <= 60; turn++) {
        for (const k of keys.filter((p) => p.turn === turn)) {
          await wallClock.advance(k.advance * (follows ? 5000 : 1));
          recorded.time.offer("keys", key(k.value));
        }
        recorded.turn(limit);
      }
      const log = InputLog.parse(recorded.time.log.toText());
      const again = new Guest({ replay: log }, 60, slack);
      for (let i = 0; i < 100_000 && again.history.length < recorded.history.length; i++) again.turn(replayLimit);
      expect(again.history.slice(0, recorded.history.length)).toEqual(recorded.history);
      expect(again.time.log.inputs).toEqual(log.inputs.slice(0, again.time.log.inputs.length));
    }), { numRuns: 150 });
  });
  test("inputs and events of one instant keep their order", () => {
    const recorded = new Guest({}, 10);
    recorded.time.offer("keys", key(2));
    recorded.turn(1000);
    recorded.time.offer("keys", key(2));
    recorded.turn(0);
    const { history } = recorded;
    expect(history.map((line) => line.split(" ")[0])).toEqual(["key", "echo", "key", "echo"]);
    const again = new Guest({ replay: recorded.time.log }, 10);
    again.turn(1000);
    again.turn(1000);
    expect(again.history.slice(0, 4)).toEqual(history);
  });
  test("what is offered meanwhile is dropped", () => {
    const again = new Guest({ replay: new InputLog() }, 10);
    again.time.offer("keys", key(1));
    expect([again.time.pending, again.run().history.some((line) => line.startsWith("key"))]).toEqual([false, false]);
  });
  test("a run that is not the recorded one is told apart, not gone on with", () => {
    const log = new InputLog();
    log.add({ port: "keys", bytes: key(3), nanoseconds: 0, retired: 55, time: 550, fired: 0 });
    expect(() => new Guest({ replay: log }, 30).run()).toThrow("came apart");
    const later = new InputLog();
    later.add({ port: "keys", bytes: key(3), nanoseconds: 0, retired: 20, time: 200, fired: 9 });
    expect(() => new Guest({ replay: later }, 30).run(1000, 5000)).toThrow("came apart");
    const elsewhere = new InputLog();
    elsewhere.add({ port: "mouse", bytes: key(3), nanoseconds: 0, retired: 5, time: 50, fired: 0 });
    expect(() => new Guest({ replay: elsewhere }, 30).run()).toThrow('port "mouse"');
  });
});

describe("snapshots", () => {
  test("a restored tenant goes on as the saved one", () => {
    const first = new Guest({}, 300);
    for (let i = 0; i < 3; i++) first.turn(50);
    const second = new Guest({}, first.work);
    second.time.restore(structuredClone(first.time.save()));
    first.run();
    second.run();
    expect(second.history).toEqual(first.history.slice(-second.history.length));
    expect(second.time.clock.save()).toEqual(first.time.clock.save());
  });
});

describe("the input log", () => {
  test("is text, one line an input, and reads back", () => {
    const log = new InputLog();
    log.add({ port: "net0", bytes: Uint8Array.of(0, 255, 16), nanoseconds: 0, retired: 10, time: 100, fired: 2 });
    log.add({ port: "clock", bytes: new Uint8Array(0), nanoseconds: 77, retired: 10, time: 100, fired: 2 });
    const text = log.toText();
    expect(text.split("\n").length).toBe(4);
    expect(InputLog.parse(text).inputs).toEqual(log.inputs);
  });
  test("has an order", () => {
    const log = new InputLog();
    log.add({ port: "a", bytes: key(1), nanoseconds: 0, retired: 10, time: 100, fired: 1 });
    for (const earlier of [{ retired: 9, time: 100, fired: 1 }, { retired: 10, time: 99, fired: 1 }, { retired: 10, time: 100, fired: 0 }]) {
      expect(() => log.add({ port: "a", bytes: key(1), nanoseconds: 0, ...earlier })).toThrow("logged after");
    }
  });
  test.each([["", "no input log"], ["ringzero input log 1\n{", "Line 2"], ["ringzero input log 1\n{\"retired\":1}\n", "Line 2"], ["ringzero input log 1\n{\"retired\":1,\"time\":1,\"fired\":0,\"port\":\"a\",\"bytes\":\"0\",\"nanoseconds\":0}\n", "Line 2"], ["ringzero input log 1\n{\"retired\":-1,\"time\":1,\"fired\":0,\"port\":\"a\",\"bytes\":\"00\",\"nanoseconds\":0}\n", "Line 2"]])("refuses %j", (text, message) => {
    expect(() => InputLog.parse(text)).toThrow(message);
  });
});

test("ports have names of their own", () => {
  const time = new TenantTime();
  time.port("net0", () => {});
  expect(() => time.port("net0", () => {})).toThrow("already");
  expect(() => time.port("clock", () => {})).toThrow("already");
  expect(() => time.offer("net1", key(1))).toThrow('no input port "net1"');
});
