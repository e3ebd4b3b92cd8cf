import type { Connection } from "../protocol/connection.ts";
import { WINDOW } from "../protocol/messages.ts";

/** What comes of a call on its way. */
export interface CallListeners<Event> {
  /** What the machine says. */
  readonly onEvent?: (event: Event) => void;
  /** Bytes of a stream; what is returned is waited for before more is read from the machine. */
  readonly onBytes?: (channel: number, bytes: Uint8Array) => void | Promise<void>;
  /** No more bytes come on a channel. */
  readonly onEnd?: (channel: number) => void;
}

/** A call under way, as the client sees it. */
export class ClientCall<Result, Event> {
  /** Resolves with the result; rejects with a ServiceError. */
  readonly result: Promise<Result>;
  /** Its number on the connection. */
  readonly id: number;
  /** Who hears what comes of it. */
  readonly listeners: CallListeners<Event>;
  readonly #connection: Connection;
  readonly #room = new Map<number, number>();
  #granted: (() => void)[] = [];
  #over = false;
  #resolve!: (result: Result) => void;
  #reject!: (error: Error) => void;

  /** `connection` is where it was made. @internal */
  constructor(id: number, connection: Connection, listeners: CallListeners<Event>) {
    this.id = id;
    this.#connection = connection;
    this.listeners = listeners;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever waits hears of it; a call that nobody waits for may fail.
    this.result.catch(() => {});
  }

  /** Sends bytes on a channel. Resolves when the machine has room for more; bytes after the call's end are dropped. */
  async write(channel: number, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#over;) {
      const room = this.#room.get(channel) ?? WINDOW;
      if (room === 0) {
        await new Promise<void>((resolve) => this.#granted.push(resolve));
        continue;
      }
      const piece = bytes.subarray(at, at + room);
      this.#room.set(channel, room - piece.length);
      this.#connection.sendBytes(this.id, channel, piece);
      at += piece.length;
    }
    await this.#connection.drained();
  }
  /** Says that no more bytes come on a channel. */
  end(channel: number): void { if (!this.#over) this.#connection.sendJson({ kind: "end", id: this.id, channel }); }
  /** Does not wait for the result any more. */
  cancel(): void { if (!this.#over) this.#connection.sendJson({ kind: "cancel", id: this.id }); }

  /** The machine has room for more. */
  grant(channel: number, bytes: number): void {
    this.#room.set(channel, (this.#room.get(channel) ?? WINDOW) + bytes);
    this.#wake();
  }
  /** It is over. */
  settle(outcome: { readonly result: Result } | { readonly error: Error }): void {
    this.#over = true;
    if ("error" in outcome) this.#reject(outcome.error);
    else this.#resolve(outcome.result);
    this.#wake();
  }
  #wake(): void { for (const resume of this.#granted.splice(0)) resume(); }
}
