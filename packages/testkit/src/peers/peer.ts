import type { GuestLoop } from './guest-loop.ts';

/** One timed round of a guest loop. */
export interface Round {
  /** Time between the guest's `B` and `E`, by the host's clock, in seconds. */
  readonly seconds: number;
  /** The result that the guest printed, unsigned 32-bit. */
  readonly result: number;
  /** Instructions between the two signals by the engine's own counter, where it has one. */
  readonly counted?: number;
}

/** An engine that runs guest loops. A loop stays loaded between rounds, so that an engine may warm up. */
export interface Peer {
  /** Column title. */
  readonly name: string;
  /** Prepares to run a loop. */
  load(loop: GuestLoop): Promise<LoadedLoop>;
}

/** A guest loop inside an engine, paused. */
export interface LoadedLoop {
  /** Runs one round of so many iterations, then pauses. Rounds after the first use the engine as it is: caches filled, code translated. */
  round(iterations: number): Promise<Round>;
  /** Releases the engine. */
  close(): Promise<void>;
}

/** A peer, or the reason for which it cannot run here. */
export type PeerOrAbsence = Peer | { readonly name: string; readonly absent: string };

/** What one round prints after its `E`. */
const RESULT_LENGTH = 8;

/** Reads the signals that a guest loop writes to its port; `now` is in seconds. */
export class SignalReader {
  #begin = 0;
  #seconds = 0;
  #digits = '';
  #inResult = false;
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now() / 1e3) {
    this.#now = now;
  }

  /** Takes one byte; returns the round that it completes. */
  write(byte: number): Round | undefined {
    const character = String.fromCharCode(byte);
    if (this.#inResult) {
      if (character !== '\n') {
        this.#digits += character;
        return undefined;
      }
      if (this.#digits.length !== RESULT_LENGTH) throw new Error(`A guest loop printed "${this.#digits}" as its result.`);
      const round = { seconds: this.#seconds, result: Number.parseInt(this.#digits, 16) };
      this.#inResult = false;
      this.#digits = '';
      return round;
    }
    if (character === 'B') this.#begin = this.#now();
    else if (character === 'E') {
      this.#seconds = this.#now() - this.#begin;
      this.#inResult = true;
    } else throw new Error(`A guest loop signalled ${byte} where B or E was due.`);
    return undefined;
  }
}
