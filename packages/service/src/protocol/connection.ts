import type { StreamSocket } from "@ringzero/host";
import { bytesFrames, FrameReader, jsonFrame, type Frame } from "./frame.ts";

/** One end of a connection: frames in, frames out in order, and how much waits to go out. */
export class Connection {
  readonly #socket: StreamSocket;
  readonly #queue: Uint8Array[] = [];
  #pending = 0;
  #pumping = false;
  #closed = false;
  #drained: (() => void)[] = [];

  constructor(socket: StreamSocket) { this.#socket = socket; }

  /** Bytes that wait to be sent. */
  get pending(): number { return this.#pending; }
  /** Sends a message. */
  sendJson(value: unknown): void { this.#send(jsonFrame(value)); }
  /** Sends bytes of a stream. */
  sendBytes(call: number, channel: number, bytes: Uint8Array): void { for (const frame of bytesFrames(call, channel, bytes)) this.#send(frame); }
  /** Resolves when nothing waits to be sent, or nothing can be sent any more. */
  async drained(): Promise<void> { if (this.#pending > 0 && !this.#closed) await new Promise<void>((resolve) => this.#drained.push(resolve)); }

  #send(frame: Uint8Array): void {
    if (this.#closed) return;
    this.#queue.push(frame);
    this.#pending += frame.length;
    if (!this.#pumping) void this.#pump();
  }
  async #pump(): Promise<void> {
    this.#pumping = true;
    while (this.#queue.length > 0 && !this.#closed) {
      const frame = this.#queue.shift()!;
      try {
        await this.#socket.write(frame);
      } catch {
        // Nobody receives any more: whoever reads this connection learns of its end.
        this.#stop();
        return;
      }
      this.#pending -= frame.length;
    }
    this.#pumping = false;
    for (const resume of this.#drained.splice(0)) resume();
  }
  #stop(): void {
    this.#closed = true;
    this.#queue.length = 0;
    this.#pending = 0;
    for (const resume of this.#drained.splice(0)) resume();
  }

  /** The other end's frames until it has sent all or is gone. Throws a ProtocolError where it sends none. */
  async *frames(): AsyncGenerator<Frame, void, undefined> {
    const reader = new FrameReader();
    for (;;) {
      let chunk: Uint8Array | undefined;
      try {
        chunk = await this.#socket.read();
      } catch {
        return;
      }
      if (!chunk) return;
      yield* reader.push(chunk);
    }
  }
  /** Sends what waits, for as long as `patience` at most, then ends the connection: one that does not read what it is sent is not waited for. */
  async finish(patience: Promise<unknown>): Promise<void> {
    await Promise.race([this.drained(), patience]);
    this.close();
  }
  /** Ends the connection at once. */
  close(): void {
    this.#stop();
    this.#socket.close();
  }
}
