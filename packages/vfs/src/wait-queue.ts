/** Who waits for something, as the queue sees it. */
export interface Waiter {
  /** What it waited for may have come: it looks again. */
  wake(): void;
}

/**
 * Those who wait for one thing. It holds no state of its own: a blocked call is a record in its task, and entering it again after a restore
 * registers its task here again.
 */
export class WaitQueue {
  readonly #waiters = new Set<Waiter>();

  /** Registers a waiter; once more changes nothing. */
  add(waiter: Waiter): void { this.#waiters.add(waiter); }
  /** Takes a waiter away, whether or not it is registered. */
  remove(waiter: Waiter): void { this.#waiters.delete(waiter); }
  /** Wakes all, in the order in which they came. They leave the queue themselves, by waiting no more. */
  wake(): void {
    if (this.#waiters.size === 0) return;
    if (this.#waiters.size === 1) {
      // The one alone, without a copy of all.
      const [only] = this.#waiters;
      only!.wake();
    } else for (const waiter of [...this.#waiters]) waiter.wake();
  }
  /** How many wait. */
  get size(): number { return this.#waiters.size; }
}
