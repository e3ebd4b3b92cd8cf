import type { WallClock } from "../wall-clock.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A wall clock that stands still until it is moved. */
export class ManualClock implements WallClock {
  #now = 0;
  readonly #epoch: number;
  #sleepers: Sleeper[] = [];

  /** `epoch` is the date at the start, in milliseconds since 1970. */
  constructor(epoch: number) {
    this.#epoch = epoch;
  }
  now(): number {
    return this.#now;
  }
  unixMilliseconds(): number {
    return this.#epoch + Math.floor(this.#now / 1_000_000);
  }
  sleep(nanoseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      if (nanoseconds <= 0) return resolve();
      const sleeper: Sleeper = { at: this.#now + nanoseconds, wake: () => { signal?.removeEventListener("abort", cancel); resolve(); } };
      const cancel = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", cancel, { once: true });
      this.#sleepers.push(sleeper);
    });
  }
  /** Whether anybody sleeps. */
  get sleeping(): boolean {
    return this.#sleepers.length > 0;
  }
  /**
   * Moves the clock forward and wakes sleepers, by their time and then in the order in which they lay down. What a woken one does, such as
   * sleeping again, happens before the clock moves on.
   */
  async advance(nanoseconds: number): Promise<void> {
    const end = this.#now + nanoseconds;
    await settled();
    for (;;) {
      const next = this.#sleepers.reduce<Sleeper | undefined>((first, other) => (other.at <= end && (!first || other.at < first.at) ? other : first), undefined);
      if (!next) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#now = next.at;
      next.wake();
      await settled();
    }
    this.#now = end;
  }
}

/** Resolves once the promise reactions that are due have run, and those that they make due, to a depth of a thousand. */
async function settled(): Promise<void> {
  for (let i = 0; i < 1000; i++) await undefined;
}
