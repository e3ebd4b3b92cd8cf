/** Whoever listens to events of one kind, in the order in which they came. */
export class Listeners<T> {
  #all: readonly ((value: T) => void)[] = [];

  /** How many listen. */
  get count(): number {
    return this.#all.length;
  }
  /** Adds one. Returns what takes it away. */
  add(listener: (value: T) => void): () => void {
    const entry = (value: T): void => listener(value);
    this.#all = [...this.#all, entry];
    return () => {
      this.#all = this.#all.filter((other) => other !== entry);
    };
  }
  /** Tells all. */
  emit(value: T): void {
    for (const listener of this.#all) listener(value);
  }
}

/** Like {@link Listeners}, but what comes while nobody listens waits for the first who does. */
export class PatientListeners<T> {
  readonly #listeners = new Listeners<T>();
  #waiting: T[] = [];

  /** Adds one. Returns what takes it away. */
  add(listener: (value: T) => void): () => void {
    const remove = this.#listeners.add(listener);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const value of waiting) this.#listeners.emit(value);
    return remove;
  }
  /** Tells all, or keeps it. */
  emit(value: T): void {
    if (this.#listeners.count > 0) this.#listeners.emit(value);
    else this.#waiting.push(value);
  }
}
