import type { Socket } from "node:net";
import type { SocketAddress, StreamSocket } from "../sockets.ts";
import { hostError } from "./node-error.ts";

/** A socket of node:net, read on demand: what is not asked for stays in the kernel, which slows the sender down. */
export class NodeStreamSocket implements StreamSocket {
  readonly local: SocketAddress | undefined;
  readonly remote: SocketAddress | undefined;
  readonly #socket: Socket;
  #error: Error | undefined;
  #closed = false;

  /** `path` is where a Unix domain socket leads, whose ends Node does not name. */
  constructor(socket: Socket, path?: string) {
    this.#socket = socket;
    this.local = address(socket.localAddress, socket.localPort) ?? (path === undefined ? undefined : { path });
    this.remote = address(socket.remoteAddress, socket.remotePort) ?? (path === undefined ? undefined : { path });
    socket.on("error", (error) => { this.#error ??= error; });
  }
  read(): Promise<Uint8Array | undefined> {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      const attempt = (): void => {
        const chunk = socket.read() as Buffer | null;
        if (chunk !== null) return done(() => resolve(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)));
        if (this.#error && !this.#closed) return done(() => reject(hostError(this.#error, "The connection broke.")));
        if (socket.readableEnded || socket.destroyed) done(() => resolve(undefined));
      };
      const events = ["readable", "end", "error", "close"] as const;
      const done = (settle: () => void): void => {
        for (const event of events) socket.off(event, attempt);
        settle();
      };
      for (const event of events) socket.on(event, attempt);
      attempt();
    });
  }
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (error: unknown): void => reject(hostError(error, "Nobody receives at the other end of the connection any more."));
      if (this.#closed || this.#error) return refuse(this.#error ?? Object.assign(new Error("closed"), { code: "EPIPE" }));
      this.#socket.write(bytes, (error) => (error ? refuse(error) : resolve()));
    });
  }
  shutdown(): Promise<void> {
    return new Promise((resolve) => { this.#socket.end(resolve); });
  }
  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }
}

function address(host: string | undefined, port: number | undefined): SocketAddress | undefined {
  return host === undefined || port === undefined ? undefined : { host, port };
}
