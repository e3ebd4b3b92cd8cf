import { AsyncQueue } from "../async-queue.ts";
import { HostError } from "../host-error.ts";
import type { SocketAddress, StreamSocket } from "../sockets.ts";

/** Bytes that may wait in one direction before `write` waits. */
const WINDOW = 65_536;

/** One direction of a connection. */
class Direction {
  readonly #chunks = new AsyncQueue<Uint8Array>();
  #waiting = 0;
  #room: (() => void)[] = [];
  /** Set when nobody will read any more. */
  broken = false;

  async write(bytes: Uint8Array): Promise<void> {
    if (this.broken) throw reset();
    if (bytes.length === 0) return;
    this.#chunks.put(bytes.slice());
    this.#waiting += bytes.length;
    while (this.#waiting > WINDOW) {
      await new Promise<void>((resolve) => this.#room.push(resolve));
      if (this.broken) throw reset();
    }
  }
  async read(): Promise<Uint8Array | undefined> {
    const chunk = await this.#chunks.take();
    this.#waiting -= chunk?.length ?? 0;
    if (this.#waiting <= WINDOW) this.#release();
    return chunk;
  }
  end(): void {
    this.#chunks.close();
  }
  break(): void {
    this.broken = true;
    this.#chunks.close();
    this.#release();
  }
  #release(): void {
    for (const resolve of this.#room.splice(0)) resolve();
  }
}

function reset(): HostError {
  return new HostError("reset", "The other end of the connection is closed, so nothing can be sent to it any more.");
}

/** The two ends of a connection within this process. */
export function streamPair(a: SocketAddress | undefined, b: SocketAddress | undefined): [StreamSocket, StreamSocket] {
  const [there, back] = [new Direction(), new Direction()];
  const end = (local: SocketAddress | undefined, remote: SocketAddress | undefined, incoming: Direction, outgoing: Direction): StreamSocket => ({
    local,
    remote,
    read: () => incoming.read(),
    write: (bytes) => outgoing.write(bytes),
    async shutdown() {
      outgoing.end();
    },
    close() {
      outgoing.end();
      incoming.break();
    },
  });
  return [end(a, b, back, there), end(b, a, there, back)];
}
