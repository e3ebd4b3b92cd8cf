import { AsyncQueue } from "../async-queue.ts";
import { HostError } from "../host-error.ts";
import type { Datagram, DatagramSocket, InternetAddress, Listener, SocketAddress, Sockets, StreamSocket } from "../sockets.ts";
import { streamPair } from "./memory-stream.ts";

const LOOPBACK = "127.0.0.1";
const FIRST_FREE_PORT = 49_152;

/** A network within this process: every name is this computer unless {@link MemorySockets.name} says otherwise. */
export class MemorySockets implements Sockets {
  readonly #listeners = new Map<string, AsyncQueue<StreamSocket>>();
  readonly #datagrams = new Map<string, AsyncQueue<Datagram>>();
  readonly #names = new Map<string, readonly string[]>([["localhost", [LOOPBACK]]]);
  #nextPort = FIRST_FREE_PORT;

  /** Gives a name addresses. */
  name(name: string, addresses: readonly string[]): void {
    this.#names.set(name, addresses);
  }

  async connect(address: SocketAddress): Promise<StreamSocket> {
    const to = this.#literal(address);
    const queue = this.#listeners.get(keyOf(to));
    if (!queue) throw new HostError("refused", `Nobody listens at ${keyOf(to)}.`);
    const from = "path" in to ? undefined : { host: LOOPBACK, port: this.#nextPort++ };
    const [here, there] = streamPair(from, to);
    queue.put(there);
    return here;
  }
  async listen(address: SocketAddress): Promise<Listener> {
    const local = this.#literal(address);
    const connections = claim(this.#listeners, local);
    return {
      local,
      accept: () => connections.take(),
      close: () => {
        this.#listeners.delete(keyOf(local));
        connections.close();
      },
    };
  }
  async bind(address: InternetAddress): Promise<DatagramSocket> {
    const local = this.#literal(address) as InternetAddress;
    const received = claim(this.#datagrams, local);
    return {
      local,
      send: async (bytes, to) => {
        this.#datagrams.get(keyOf(this.#literal(to)))?.put({ bytes: bytes.slice(), from: local });
      },
      receive: () => received.take(),
      close: () => {
        this.#datagrams.delete(keyOf(local));
        received.close();
      },
    };
  }
  async resolve(name: string): Promise<string[]> {
    const addresses = this.#names.get(name);
    if (addresses) return [...addresses];
    if (/^[\d.]+$|:/.test(name)) return [name];
    throw new HostError("not-found", `The name "${name}" has no address.`);
  }

  /** The address with its name resolved and its port chosen. */
  #literal(address: SocketAddress): SocketAddress {
    if ("path" in address) return address;
    const host = this.#names.get(address.host)?.[0] ?? address.host;
    if (!/^[\d.]+$|:/.test(host)) throw new HostError("not-found", `The name "${address.host}" has no address.`);
    return { host, port: address.port === 0 ? this.#nextPort++ : address.port };
  }
}

function keyOf(address: SocketAddress): string {
  return "path" in address ? address.path : `${address.host}:${address.port}`;
}
function claim<T>(table: Map<string, AsyncQueue<T>>, address: SocketAddress): AsyncQueue<T> {
  const key = keyOf(address);
  if (table.has(key)) throw new HostError("in-use", `Something listens at ${key} already. Choose another one, or end what listens there.`);
  const queue = new AsyncQueue<T>();
  table.set(key, queue);
  return queue;
}
