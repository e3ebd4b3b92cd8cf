/** Values that arrive before or after they are asked for, for the ports whose methods wait: `accept`, `read`, `receive`. */
export class AsyncQueue<T> {
  readonly #values: T[] = [];
  readonly #waiting: { readonly resolve: (value: T | undefined) => void; readonly reject: (error: unknown) => void }[] = [];
  #closed = false;
  #error: unknown;

  /** Values that wait to be taken. */
  get size(): number {
    return this.#values.length;
  }
  /** Adds a value; dropped where the queue is closed. */
  put(value: T): void {
    if (this.#closed) return;
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve(value);
    else this.#values.push(value);
  }
  /** The next value. When the queue is closed and empty: undefined, or a rejection where it was closed with an error. */
  take(): Promise<T | undefined> {
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift());
    if (this.#error !== undefined) return Promise.reject(this.#error as Error);
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
  /** No more values. What is there can still be taken. */
  close(error?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = error;
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (error === undefined) resolve(undefined);
      else reject(error);
    }
  }
}
