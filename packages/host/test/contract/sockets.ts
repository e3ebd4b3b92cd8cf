import { describe, expect, test } from "vitest";
import type { InternetAddress, SocketAddress, Sockets, StreamSocket } from "../../src/index.ts";

const LOCAL: InternetAddress = { host: "127.0.0.1", port: 0 };
const bytes = (of: string): Uint8Array => new TextEncoder().encode(of);

async function readAll(socket: StreamSocket): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for (let chunk = await socket.read(); chunk; chunk = await socket.read()) text += decoder.decode(chunk, { stream: true });
  return text;
}
async function pair(sockets: Sockets, address: SocketAddress = LOCAL): Promise<[StreamSocket, StreamSocket, () => void]> {
  const listener = await sockets.listen(address);
  const [client, server] = await Promise.all([sockets.connect(listener.local), listener.accept()]);
  return [client, server!, () => { client.close(); server!.close(); listener.close(); }];
}

/** What every network promises. `path` is a name for a Unix domain socket that nobody uses. */
export function socketsContract(sockets: Sockets, path: string): void {
  describe("sockets", () => {
    test("a stream carries bytes both ways and ends each way on its own", async () => {
      const [client, server, close] = await pair(sockets);
      await client.write(bytes("question"));
      await client.shutdown();
      expect(await readAll(server)).toBe("question");
      await server.write(bytes("an"));
      await server.write(bytes("swer"));
      await server.shutdown();
      expect(await readAll(client)).toBe("answer");
      close();
    });
    test("both ends know both addresses", async () => {
      const [client, server, close] = await pair(sockets);
      expect(server.local).toEqual(client.remote);
      expect(server.remote).toEqual(client.local);
      expect((client.remote as InternetAddress).port).toBeGreaterThan(0);
      close();
    });
    test("a path instead of an address", async () => {
      const [client, server, close] = await pair(sockets, { path });
      expect(client.remote).toEqual({ path });
      await server.write(bytes("local"));
      await server.shutdown();
      expect(await readAll(client)).toBe("local");
      close();
    });
    test("writing waits for the reader, and nothing is lost", async () => {
      const [client, server, close] = await pair(sockets);
      const chunk = new Uint8Array(1 << 20).fill(7);
      let written = 0;
      const writing = (async () => {
        for (let i = 0; i < 16; i++) {
          await client.write(chunk);
          written += chunk.length;
        }
        await client.shutdown();
      })();
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(written).toBeLessThan(16 << 20);
      let received = 0;
      for (let part = await server.read(); part; part = await server.read()) {
        expect(part.length > 0 && part[0] === 7).toBe(true);
        received += part.length;
      }
      await writing;
      expect(received).toBe(16 << 20);
      close();
    });
    test("a write to one who has gone is a reset", async () => {
      const [client, server, close] = await pair(sockets);
      server.close();
      // The first write may still be on its way when the answer comes.
      await expect((async () => {
        for (let i = 0; i < 50; i++) {
          await client.write(bytes("hello?"));
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      })()).rejects.toMatchObject({ name: "HostError", code: "reset" });
      close();
    });
    test("our own close ends a read that waits", async () => {
      const [client, , close] = await pair(sockets);
      const reading = client.read();
      client.close();
      expect(await reading).toBeUndefined();
      close();
    });
    test("several connections come in order, and a closed listener gives no more", async () => {
      const listener = await sockets.listen(LOCAL);
      for (const name of ["a", "b"]) {
        const client = await sockets.connect(listener.local);
        await client.write(bytes(name));
        await client.shutdown();
        const server = (await listener.accept())!;
        expect(await readAll(server)).toBe(name);
        client.close();
        server.close();
      }
      const accepting = listener.accept();
      listener.close();
      expect(await accepting).toBeUndefined();
      await expect(sockets.connect(listener.local)).rejects.toMatchObject({ code: "refused" });
    });
    test("an address in use, and a name that is none", async () => {
      const listener = await sockets.listen(LOCAL);
      await expect(sockets.listen(listener.local)).rejects.toMatchObject({ code: "in-use" });
      listener.close();
      await expect(sockets.resolve("no-such-name.invalid")).rejects.toMatchObject({ code: "not-found" });
      await expect(sockets.connect({ host: "no-such-name.invalid", port: 9 })).rejects.toMatchObject({ code: "not-found" });
    });
    test("names and literals resolve", async () => {
      expect(await sockets.resolve("localhost")).toEqual(expect.arrayContaining([expect.stringMatching(/^(127\.0\.0\.1|::1)$/)]));
      expect(await sockets.resolve("192.0.2.7")).toEqual(["192.0.2.7"]);
    });
    test("datagrams, whole and with their sender", async () => {
      const [a, b] = [await sockets.bind(LOCAL), await sockets.bind(LOCAL)];
      await a.send(bytes("one"), b.local);
      await a.send(bytes("two"), b.local);
      const first = (await b.receive())!;
      expect(new TextDecoder().decode(first.bytes)).toBe("one");
      expect(first.from).toEqual(a.local);
      expect((await b.receive())!.bytes.length).toBe(3);
      // A datagram to nobody is lost, not an error.
      const gone = b.local;
      const waiting = b.receive();
      b.close();
      expect(await waiting).toBeUndefined();
      await a.send(bytes("lost"), gone);
      a.close();
    });
  });
}
