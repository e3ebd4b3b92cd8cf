import { nodeHost } from "@ringzero/host/node";
import { describe, expect, test } from "vitest";
import { Exchange, exchangeBytes, Machine, type ExchangeOptions } from "../src/index.ts";
import { Chatter } from "./chatter.ts";
import { makeMachine } from "./make.ts";

const OPTIONS: ExchangeOptions = { members: 3, quantum: 5000, ringCapacity: 1024 };
const QUANTA = 300;

function place(machine: Machine, options: ExchangeOptions): Exchange {
  const owner = machine.createOwner({ name: "exchange", kind: "engine" });
  return Exchange.create(machine.views, machine.engineMemory(owner.id).allocate(exchangeBytes(options)), options);
}
/** All tenants on this worker, those that may go on chosen by `choose`; slices of different lengths. */
async function onOneWorker(choose: (n: number) => number, limits: readonly number[]): Promise<string[]> {
  const exchange = place(await makeMachine(), OPTIONS);
  const tenants = limits.map((_, member) => new Chatter(exchange.join(member), OPTIONS.members));
  const done = tenants.map(() => 0);
  const arrived = tenants.map(() => false);
  for (let step = 0; done.some((n) => n < QUANTA); step++) {
    const n = choose(step) % tenants.length;
    const tenant = tenants[n]!;
    if (done[n] === QUANTA) continue;
    if (!arrived[n]) {
      tenant.toBoundary(limits[n]!);
      arrived[n] = true;
    } else if (tenant.end.ready) {
      tenant.cross();
      arrived[n] = false;
      if (++done[n]! === QUANTA) tenant.end.leave();
    }
  }
  return tenants.map((tenant) => tenant.summary());
}

describe("messages between tenants in free time", () => {
  test("are the same whichever tenant is faster, in whatever slices, on one worker or several", async () => {
    const first = await onOneWorker((step) => step, [1_000_000, 1_000_000, 1_000_000]);
    expect(first[0]!.split("\n").length).toBeGreaterThan(10);
    expect(new Set(first).size).toBe(3);
    let state = 1;
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8;
    expect(await onOneWorker(random, [1, 1000, 77])).toEqual(first);
    expect(await onOneWorker((step) => step >> 4, [500, 3, 90])).toEqual(first);

    const host = nodeHost();
    const machine = await Machine.create(host, { memory: 8 << 20, shared: true });
    const exchange = place(machine, OPTIONS);
    const workers = [1_000_000, 900, 10].map((limit, member) => host.workers.start(new URL("exchange-worker.ts", import.meta.url), {
      name: `tenant ${member}`, data: { attachment: machine.attachment(), address: exchange.address, member, members: OPTIONS.members, quanta: QUANTA, limit },
    }));
    const messages = workers.map((worker) => {
      const heard: ((message: unknown) => void)[] = [];
      const [joined, summary] = [0, 1].map(() => new Promise<unknown>((resolve) => heard.push(resolve)));
      worker.onMessage((message) => heard.shift()!(message));
      const failed = worker.ended.then((error) => { throw error ?? new Error("the worker ended"); });
      failed.catch(() => {});
      return { joined: Promise.race([joined, failed]), summary: Promise.race([summary, failed]) };
    });
    await Promise.all(messages.map(({ joined }) => joined));
    for (const worker of workers) worker.post("go");
    expect(await Promise.all(messages.map(({ summary }) => summary))).toEqual(first);
    await Promise.all(workers.map((worker) => worker.terminate()));
  });
  test("what is sent before a boundary is delivered at it, by sender and then in order", async () => {
    const exchange = place(await makeMachine(), OPTIONS);
    const [a, b, c] = [exchange.join(0), exchange.join(1), exchange.join(2)];
    const heard: string[] = [];
    const admit = (from: number, bytes: Uint8Array): number => heard.push(`${from}${String.fromCharCode(...bytes)}`);
    const text = (of: string): Uint8Array => new TextEncoder().encode(of);
    c.send(1, text("x"));
    a.send(1, text("y"));
    a.send(1, text(""));
    b.send(1, text("self"));
    for (const end of [a, c]) end.arrive();
    expect([b.ready, a.ready, b.boundary]).toEqual([false, false, 5000]);
    expect(() => b.deliver(admit)).toThrow("before the others");
    b.arrive();
    b.arrive();
    a.deliver(admit);
    // "a" is in the next quantum already.
    a.send(1, text("later"));
    b.deliver(admit);
    expect(heard).toEqual(["0y", "0", "1self", "2x"]);
    c.deliver(admit);
    for (const end of [a, b, c]) end.arrive();
    b.deliver(admit);
    expect(heard.at(-1)).toBe("0later");
  });
  test("a tenant that leaves is waited for no more, and what it sent arrives", async () => {
    const exchange = place(await makeMachine(), OPTIONS);
    const [a, b] = [exchange.join(0), exchange.join(1)];
    b.send(0, Uint8Array.of(7));
    a.arrive();
    expect([a.ready, a.wait(1000)]).toEqual([false, false]);
    b.leave();
    expect(a.ready).toBe(true);
    const heard: number[] = [];
    a.deliver((_, bytes) => heard.push(...bytes));
    a.arrive();
    a.deliver((_, bytes) => heard.push(...bytes));
    expect(heard).toEqual([7]);
    expect(() => exchange.join(1)).toThrow("there already, or was");
  });
  test("the limit of a quantum is the sender's own affair", async () => {
    const exchange = place(await makeMachine(), OPTIONS);
    const [a, b] = [exchange.join(0), exchange.join(1)];
    for (let quantum = 0; quantum < 40; quantum++) {
      let sent = 0;
      while (a.send(1, new Uint8Array((quantum * 7) % 50).fill(sent))) sent++;
      expect(sent).toBe(Math.floor(256 / (((quantum * 7) % 50) + 12)));
      // The receiver delivers as late as it may.
      for (const end of [a, b]) end.arrive();
      a.deliver(() => {});
      let received = 0;
      b.deliver((_, bytes) => { if (bytes.every((byte) => byte === received)) received++; });
      expect(received).toBe(sent);
    }
    expect(() => a.send(1, new Uint8Array(a.longest + 1))).toThrow("too long");
    expect(a.send(1, new Uint8Array(a.longest))).toBe(true);
    expect(a.send(1, new Uint8Array(0))).toBe(false);
    a.arrive();
    expect(() => a.send(1, new Uint8Array(0))).toThrow("after it has arrived");
  });
});

test("in paced time what has arrived is taken, and nobody waits", async () => {
  const exchange = place(await makeMachine(), OPTIONS);
  const [a, b] = [exchange.join(0), exchange.join(1)];
  const heard: number[] = [];
  for (let n = 0; n < 100; n++) {
    expect(a.send(1, Uint8Array.of(n))).toBe(true);
    if (n % 3 === 0) {
      b.receive((_, bytes) => heard.push(...bytes));
      a.receive(() => {});
    }
  }
  expect(heard).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

test.each<[Partial<ExchangeOptions>, string]>([[{ members: 1 }, "2 to 64 members"], [{ quantum: 0 }, "whole number of nanoseconds"], [{ ringCapacity: 128 }, "256 bytes at least"], [{ ringCapacity: 1000 }, "power of two"]])("refuses %j", async (options, message) => {
  const machine = await makeMachine();
  expect(() => place(machine, { ...OPTIONS, ...options })).toThrow(message);
  expect(() => place(machine, OPTIONS).join(3)).toThrow("members 0 to 2");
});
