/** Gets what a process writes: 1 is standard output, or its terminal, 2 standard error. Where it returns a promise, the bytes count as taken when that resolves, and a fast writer waits for it. */
export type OutputListener = (stream: 1 | 2, bytes: Uint8Array) => void | Promise<void>;

/** What is kept for the first listener at most, in bytes; the oldest goes first. */
const KEPT = 1 << 20;

/** Output of a process between slices: gathered in one chunk for each stream in turn, handed on at once, kept until somebody listens. */
export class OutputBuffer {
  #listeners: readonly OutputListener[] = [];
  #chunks: { readonly stream: 1 | 2; readonly parts: Uint8Array[]; size: number }[] = [];
  #size = 0;
  #heard = false;

  /** Calls `listener` with what is flushed from now on, and the first one with what has been kept. Returns what ends that. */
  listen(listener: OutputListener): () => void {
    this.#listeners = [...this.#listeners, listener];
    if (!this.#heard) {
      this.#heard = true;
      this.flush();
    }
    return () => { this.#listeners = this.#listeners.filter((other) => other !== listener); };
  }
  /** Takes bytes over; the caller does not change them afterwards. */
  put(stream: 1 | 2, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const last = this.#chunks.at(-1);
    if (last?.stream === stream) {
      last.parts.push(bytes);
      last.size += bytes.length;
    } else this.#chunks.push({ stream, parts: [bytes], size: bytes.length });
    this.#size += bytes.length;
    while (!this.#heard && this.#size > KEPT) this.#forget();
  }
  #forget(): void {
    const [first] = this.#chunks, part = first!.parts.shift()!;
    first!.size -= part.length;
    this.#size -= part.length;
    if (first!.parts.length === 0) this.#chunks.shift();
  }
  /** Hands everything on. Returns what resolves when it has been taken; undefined where it has been at once. */
  flush(): Promise<unknown> | undefined {
    if (!this.#heard || this.#chunks.length === 0) return undefined;
    const taking: Promise<void>[] = [];
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#size = 0;
    for (const { stream, parts, size } of chunks) {
      const bytes = parts.length === 1 ? parts[0]! : joined(parts, size);
      for (const listener of this.#listeners) {
        const taken = listener(stream, bytes);
        if (taken) taking.push(taken);
      }
    }
    return taking.length > 0 ? Promise.all(taking) : undefined;
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
