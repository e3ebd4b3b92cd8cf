import { describe, expect, test } from "vitest";
import { Tallies, TALLIES, TOPICS, TraceBus, traceTopic, type TraceEvent } from "../src/index.ts";
import { makeMachine } from "./make.ts";

interface Exit extends TraceEvent {
  readonly port: number;
}
const exits = traceTopic<Exit>("exits");
const event = (cause: string): Exit => ({ tenant: 1, retired: 10, time: 100, cause, cost: 3, port: 0x3f8 });

describe("the trace bus", () => {
  test("tells those who listen, in their order, while they do", () => {
    const channel = new TraceBus().channel(exits);
    const heard: string[] = [];
    const stopFirst = channel.listen((e) => heard.push(`first ${e.cause} ${e.port}`));
    const stopSecond = channel.listen((e) => { heard.push(`second ${e.cause}`); stopSecond(); });
    channel.emit(event("io"));
    channel.emit(event("hlt"));
    stopFirst();
    expect(heard).toEqual(["first io 1016", "second io", "first hlt 1016"]);
    expect(channel.heard).toBe(false);
  });
  test("one who leaves while an event is told still hears that one", () => {
    const channel = new TraceBus().channel(exits);
    const heard: string[] = [];
    let stop = (): void => {};
    channel.listen(() => stop());
    stop = channel.listen((e) => heard.push(e.cause));
    channel.emit(event("a"));
    channel.emit(event("b"));
    expect(heard).toEqual(["a"]);
  });
  test("a channel is the same for whoever asks", () => {
    const bus = new TraceBus();
    expect(bus.channel(exits)).toBe(bus.channel(traceTopic<Exit>("exits")));
    expect(bus.channel(TOPICS.exits)).toBe(bus.channel(exits) as unknown);
    expect(bus.names()).toEqual(["exits"]);
  });
  test("every topic has the name it is found by", () => {
    for (const [key, topic] of Object.entries(TOPICS)) expect(topic.name).toBe(key);
  });
  test("where nobody listens no event is made", () => {
    const channel = new TraceBus().channel(exits);
    let made = 0;
    const emitter = (): void => { if (channel.heard) channel.emit((made++, event("io"))); };
    for (let i = 0; i < 1000; i++) emitter();
    expect(made).toBe(0);
    const stop = channel.listen(() => {});
    emitter();
    stop();
    emitter();
    expect(made).toBe(1);
  });
});

test("tallies are an owner's own, and go with it", async () => {
  const machine = await makeMachine();
  const [a, b] = ["a", "b"].map((name) => machine.createOwner({ name, kind: "vm" }).id) as [number, number];
  machine.tallies(a).add("exits", 3);
  machine.tallies(a).add("exits", 4);
  machine.tallies(b).set("instructions", 2 ** 52);
  // Another object, as another worker has it, reads the same.
  expect(machine.tallies(a).all()).toEqual({ ...Object.fromEntries(TALLIES.map((name) => [name, 0])), exits: 7 });
  expect([machine.tallies(b).get("instructions"), machine.tallies(b)]).toEqual([2 ** 52, expect.any(Tallies)]);
  machine.pool.removeOwner(a);
  expect(machine.tallies(machine.createOwner({ name: "again", kind: "vm" }).id).get("exits")).toBe(0);
});
