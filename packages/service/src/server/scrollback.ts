/** The last bytes of a stream. */
export class Scrollback {
  readonly #limit: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** At least the last `limit` bytes are kept. */
  constructor(limit: number) { this.#limit = limit; }

  /** Adds to the end. */
  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    while (this.#bytes - this.#pieces[0]!.length >= this.#limit) this.#bytes -= this.#pieces.shift()!.length;
  }
  /** The last bytes, at most `most`, from the beginning of a line where there is one. */
  tail(most: number): Uint8Array {
    const all = new Uint8Array(this.#bytes);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    const from = Math.max(0, all.length - most), line = from === 0 ? 0 : all.indexOf(10, from) + 1;
    return all.subarray(line === 0 ? from : line);
  }
}
