import type { CallName, EventOf } from "../protocol/calls.ts";
import type { ServerMessage } from "../protocol/messages.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Connection } from "../protocol/connection.ts";
import { InputChannel } from "./input-channel.ts";

/** A call under way, as whoever answers it sees it. */
export class CallContext<N extends CallName = CallName> {
  /** Its number on the connection. */
  readonly id: number;
  readonly #connection: Connection;
  readonly #inputs = new Map<number, InputChannel>();
  readonly #abort = new AbortController();

  constructor(id: number, connection: Connection) {
    this.id = id;
    this.#connection = connection;
  }

  /** Aborted when nobody waits for the result any more: cancelled, or the client is gone. */
  get signal(): AbortSignal { return this.#abort.signal; }
  /** Says something on the way. */
  event(event: EventOf<N>): void { this.#say({ kind: "event", id: this.id, event }); }
  /** Sends bytes of a stream. */
  send(channel: number, bytes: Uint8Array): void { if (!this.signal.aborted) this.#connection.sendBytes(this.id, channel, bytes); }
  /** Says that no more bytes come on a channel. */
  end(channel: number): void { this.#say({ kind: "end", id: this.id, channel }); }
  /** Bytes that the client has not taken yet: of all its calls, for they share a connection. */
  get pending(): number { return this.signal.aborted ? 0 : this.#connection.pending; }
  /** Resolves when it has taken all, or is gone. */
  async drained(): Promise<void> { if (!this.signal.aborted) await this.#connection.drained(); }

  /** A stream from the client. */
  input(channel: number): InputChannel {
    let input = this.#inputs.get(channel);
    if (!input) this.#inputs.set(channel, (input = new InputChannel((bytes) => this.#say({ kind: "grant", id: this.id, channel, bytes }))));
    return input;
  }
  /** A file from the client, of a size that it told before. */
  async file(channel: number, size: number): Promise<Uint8Array> {
    const input = this.input(channel), file = new Uint8Array(size);
    let at = 0;
    for (let bytes = await input.next(); bytes; bytes = await input.next()) {
      if (at + bytes.length > size) throw new ServiceError("invalid", `A file is longer than the ${size} bytes that it was to have.`);
      file.set(bytes, at);
      at += bytes.length;
      input.taken(bytes.length);
    }
    if (at < size) throw new ServiceError("invalid", `Only ${at} of a file's ${size} bytes came.`);
    return file;
  }
  /** Ends all that the client may still send, and whoever waits for it. */
  abort(): void {
    this.#abort.abort();
    for (const input of this.#inputs.values()) input.end();
  }
  #say(message: ServerMessage): void { if (!this.signal.aborted) this.#connection.sendJson(message); }
}
