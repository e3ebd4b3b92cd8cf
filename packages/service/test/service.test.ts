import fc from "fast-check";
import { nodeHost } from "@ringzero/host/node";
import { virtualHost } from "@ringzero/host/virtual";
import type { Host, StreamSocket } from "@ringzero/host";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROTOCOL, ServiceClient, WINDOW } from "../src/index.ts";
import { bytesFrames, FrameReader, jsonFrame } from "../src/protocol/frame.ts";
import type { ClientMessage } from "../src/protocol/messages.ts";
import { Service } from "../src/server/index.ts";

const modules = { vm: new URL(import.meta.resolve("@ringzero/hypervisor/node-worker")), kernel: new URL(import.meta.resolve("@ringzero/container/node-worker")), compare: new URL("../src/node/compare-worker.ts", import.meta.url) };
const host: Host = { ...nodeHost(), sockets: virtualHost().sockets }, address = { path: "/run/machine" };
const hello: ClientMessage = { kind: "hello", protocol: PROTOCOL, version: "test", pid: 1 };
let service: Service;
beforeAll(async () => {
  service = await Service.create(host, { version: "0.0.0", pid: 1, memory: 64 << 20, grace: Number.POSITIVE_INFINITY, modules });
  void service.serve(await host.sockets.listen(address));
});
afterAll(async () => { await service.shutdown("The test is over."); });
async function client(): Promise<ServiceClient> { return new ServiceClient(await host.sockets.connect(address), { version: "test", pid: 1 }); }
/** Whether somebody else is served as ever. */
async function served(): Promise<boolean> {
  const other = await client(), { version } = await other.ask("machine.info", {});
  other.close();
  return version === "0.0.0";
}
/** What a machine says last to one who sends these bytes. */
async function lastWords(...frames: readonly Uint8Array[]): Promise<unknown> {
  const socket: StreamSocket = await host.sockets.connect(address), reader = new FrameReader();
  for (const frame of frames) await socket.write(frame).catch(() => {});
  await socket.shutdown();
  let last: unknown;
  for (let chunk = await socket.read().catch(() => undefined); chunk; chunk = await socket.read().catch(() => undefined)) for (const frame of reader.push(chunk)) if (frame.kind === "json") last = frame.value;
  socket.close();
  return last;
}
const call = (id: number, name: string, args: unknown = {}): Uint8Array => jsonFrame({ kind: "call", id, call: name, args });

test.each([
  ["no hello", [call(1, "vm.list")], "says hello first"], ["hello twice", [jsonFrame(hello), jsonFrame(hello)], "hello once"], ["no message", [jsonFrame([])], "is not what the protocol has"],
  ["a message of an unknown kind", [jsonFrame({ kind: "dance" })], "is not what the protocol has"], ["an unknown call", [jsonFrame(hello), call(1, "vm.dance")], "no call \"vm.dance\""],
  ["a method that every object has", [jsonFrame(hello), call(1, "constructor")], "no call \"constructor\""],
  ["numbers that fall", [jsonFrame(hello), call(5, "vm.list"), call(4, "vm.list")], "numbers of calls rise"], ["bytes of no call", [jsonFrame(hello), ...bytesFrames(9, 0, new Uint8Array(1))], "no call 9"],
  ["an end of no call", [jsonFrame(hello), jsonFrame({ kind: "end", id: 3, channel: 0 })], "no call 3"],
  ["more than was granted", [jsonFrame(hello), call(1, "vm.create", { memory: 2 ** 27, files: { kernel: 9 } }), ...bytesFrames(1, 99, new Uint8Array(WINDOW + 1))], "more bytes of a stream"],
  ["HTTP", [new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")], "Is this a ringzero client?"],
])("%s: a sentence and the end of that connection, and of nothing else", async (_, frames, sentence) => {
  const last = (await lastWords(...frames)) as { readonly kind: string; readonly message: string };
  expect(last.kind).toBe("goodbye");
  expect(last.message.toLowerCase()).toContain(sentence.toLowerCase());
  expect(last.message).not.toMatch(/\n|undefined/);
  expect(await served()).toBe(true);
});

test("wrong arguments: that call's own error, while its files are on their way, and the connection goes on", async () => {
  const socket: StreamSocket = await host.sockets.connect(address), reader = new FrameReader(), heard: { readonly kind: string; readonly id?: number; readonly code?: string; readonly message?: string }[] = [];
  for (const frame of [jsonFrame(hello), call(1, "vm.create", { name: "../x", memory: 2 ** 27, files: { kernel: 9 } }), ...bytesFrames(1, 16, new Uint8Array(9)), call(2, "vm.pause", { name: 7 }), call(3, "vm.list")]) await socket.write(frame);
  while (!heard.some((m) => m.id === 3)) for (const frame of reader.push((await socket.read())!)) if (frame.kind === "json") heard.push(frame.value as (typeof heard)[number]);
  socket.close();
  expect(heard.map(({ kind, id, code }) => [kind, id, code])).toEqual([["hello", undefined, undefined], ["error", 1, "invalid"], ["error", 2, "invalid"], ["result", 3, undefined]]);
  expect(heard[1]!.message).toContain("a name has 1 to 63");
  expect(heard[2]!.message).toContain('at "name"');
  expect(await served()).toBe(true);
});

test("whatever is sent, the machine stays", async () => {
  const names = fc.constantFrom("vm.list", "vm.attach", "vm.create", "container.attach", "container.exec", "container.logs", "image.load", "machine.info", "x");
  const message = fc.oneof(
    fc.constant(jsonFrame(hello)), fc.record({ kind: fc.constantFrom("hello", "call", "end", "cancel", "result"), id: fc.integer({ min: -1, max: 4 }), channel: fc.integer({ min: -1, max: 20 }), call: names, args: fc.jsonValue() }).map((m) => jsonFrame(m)),
    fc.record({ id: fc.integer({ min: 0, max: 4 }), channel: fc.nat(255), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) }).map(({ id, channel, bytes }) => bytesFrames(id, channel, bytes)[0]!),
    fc.uint8Array({ maxLength: 30 }),
  );
  await fc.assert(fc.asyncProperty(fc.array(message, { maxLength: 12 }), fc.boolean(), async (frames, greeted) => {
    await lastWords(...(greeted ? [jsonFrame(hello)] : []), ...frames);
    expect(await served()).toBe(true);
  }), { numRuns: 150 });
}, 60_000);

test("another protocol: a clear refusal, but the machine can be ended", async () => {
  const words = (await lastWords(jsonFrame({ ...hello, protocol: 99 }), call(1, "vm.list"))) as { readonly code: string; readonly message: string };
  expect([words.code, words.message]).toEqual(["version", `The machine speaks protocol ${PROTOCOL} and this command protocol 99. End the machine with "ringzero shutdown" and try again.`]);
});
test("a client without a machine: every call ends with a sentence", async () => {
  const listener = await host.sockets.listen({ path: "/run/other" }), alone = new ServiceClient(await host.sockets.connect({ path: "/run/other" }), { version: "test", pid: 1 }), other = (await listener.accept())!;
  const waiting = alone.ask("vm.list", {});
  other.close();
  await expect(waiting).rejects.toThrow("ended unexpectedly");
  await expect(alone.ask("vm.list", {})).rejects.toThrow("ended unexpectedly");
  // One that speaks something else.
  const odd = new ServiceClient(await host.sockets.connect({ path: "/run/other" }), { version: "test", pid: 1 }), server = (await listener.accept())!;
  await server.write(new TextEncoder().encode("220 mail.example ESMTP\r\n"));
  await expect(odd.hello).rejects.toThrow("does not speak its protocol");
  listener.close();
});
test("files of another size than was told are refused", async () => {
  const one = await client(), short = one.call("image.load", { size: 10 });
  await short.write(20, new Uint8Array(3));
  short.end(20);
  await expect(short.result).rejects.toThrow("Only 3 of a file's 10 bytes came.");
  const long = one.call("image.load", { size: 2 });
  await long.write(20, new Uint8Array(3));
  await expect(long.result).rejects.toThrow("longer than the 2 bytes");
  one.close();
});
test("the machine ends when nobody is there", async () => {
  const short = await Service.create(host, { version: "0.0.0", pid: 1, memory: 16 << 20, grace: 50e6, modules });
  void short.serve(await host.sockets.listen({ path: "/run/short" }));
  const one = new ServiceClient(await host.sockets.connect({ path: "/run/short" }), { version: "test", pid: 1 });
  await one.hello;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await one.ask("machine.info", {})).version).toBe("0.0.0");
  one.close();
  await short.ended;
});
