/** Bytes of a container's output that are kept; the oldest go first. */
const KEPT = 8 << 20;

/** A piece of output. */
export interface LogPiece {
  readonly stream: 1 | 2;
  readonly bytes: Uint8Array;
  /** When it came, in milliseconds since 1970. */
  readonly time: number;
}

/** What a container's first program has written, for `logs`. */
export class ContainerLog {
  #pieces: LogPiece[] = [];
  #bytes = 0;
  #listeners: readonly ((piece: LogPiece) => void)[] = [];

  /** Adds to the end. */
  add(piece: LogPiece): void {
    this.#pieces.push(piece);
    this.#bytes += piece.bytes.length;
    while (this.#bytes > KEPT && this.#pieces.length > 1) this.#bytes -= this.#pieces.shift()!.bytes.length;
    for (const listener of this.#listeners) listener(piece);
  }
  /** Calls `listener` with what is added. Returns what ends that. */
  onAdd(listener: (piece: LogPiece) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => { this.#listeners = this.#listeners.filter((other) => other !== listener); };
  }
  /** What there is; the last `lines` lines of it where they are given. */
  pieces(lines?: number): readonly LogPiece[] {
    if (lines === undefined) return this.#pieces;
    const last: LogPiece[] = [];
    // A line's end at the very end closes the last line and begins no other.
    let left = lines, end = true;
    for (const piece of this.#pieces.toReversed()) {
      if (left === 0) break;
      let from = piece.bytes.length;
      while (from > 0 && left > 0) {
        if (piece.bytes[from - 1] === 10 && !end && --left === 0) break;
        end = false;
        from--;
      }
      last.unshift({ ...piece, bytes: piece.bytes.subarray(from) });
    }
    return last.filter(({ bytes }) => bytes.length > 0);
  }
}

/** Puts the time before each line, as `docker logs -t`: RFC 3339. One for each stream. */
export class Timestamps {
  #midLine = false;

  /** The piece with times. */
  stamp({ bytes, time }: LogPiece): Uint8Array {
    const out: number[] = [], prefix = new TextEncoder().encode(`${new Date(time).toISOString()} `);
    for (const byte of bytes) {
      if (!this.#midLine) out.push(...prefix);
      out.push(byte);
      this.#midLine = byte !== 10;
    }
    return Uint8Array.from(out);
  }
}
