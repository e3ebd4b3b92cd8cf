import { WINDOW } from "../protocol/messages.ts";
import { ProtocolError } from "../protocol/protocol-error.ts";

/** A stream from the client: what was used up is granted anew, so that no more than a window waits here. */
export class InputChannel {
  readonly #waiting: Uint8Array[] = [];
  readonly #grant: (bytes: number) => void;
  #allowed = WINDOW;
  #ended = false;
  #wake: (() => void) | undefined;

  /** `grant` tells the client that it may send so many more bytes. */
  constructor(grant: (bytes: number) => void) { this.#grant = grant; }

  /** What came. Throws a ProtocolError where the client sends more than it may, or after the end. */
  put(bytes: Uint8Array): void {
    if (this.#ended) throw new ProtocolError("Bytes of a stream came after its end.");
    this.#allowed -= bytes.length;
    if (this.#allowed < 0) throw new ProtocolError("More bytes of a stream came than the machine allowed.");
    this.#waiting.push(bytes);
    this.#wake?.();
  }
  /** No more comes. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }
  /** The next bytes; undefined when no more come. One call at a time. */
  async next(): Promise<Uint8Array | undefined> {
    while (this.#waiting.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#waiting.shift();
  }
  /** So many bytes have been used up: as many may come in their place. */
  taken(bytes: number): void {
    if (bytes === 0 || this.#ended) return;
    this.#allowed += bytes;
    this.#grant(bytes);
  }
}
