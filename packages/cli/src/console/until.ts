/** So many characters back does an expression see. */
const SEEN = 1 << 19;

/** Looks for an expression in text that comes in pieces. */
export class Until {
  readonly #expression: RegExp;
  readonly #decoder = new TextDecoder();
  #text = "";
  /** Whether it has been seen. */
  seen = false;

  constructor(expression: RegExp) { this.#expression = expression; }

  /** More of a stream came. Whether the expression has been seen by now. */
  bytes(bytes: Uint8Array): boolean {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    if (this.#text.length > 2 * SEEN) this.#text = this.#text.slice(-SEEN);
    return this.whole(this.#text);
  }
  /** The whole text is this. Whether the expression has been seen by now. */
  whole(text: string): boolean { return (this.seen ||= this.#expression.test(text)); }
}
