/**
 * A view of a linear memory that follows its growth. `WebAssembly.Memory.buffer` is a call into the platform (about 30 ns on V8); whether an unshared buffer
 * was detached shows in the length of an array over it, which is one load.
 */
export class MemoryView {
  readonly #memory: WebAssembly.Memory;
  readonly #shared: boolean;
  #data: DataView;
  #witness: Uint8Array;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#shared = !(memory.buffer instanceof ArrayBuffer);
    this.#data = new DataView(memory.buffer);
    this.#witness = new Uint8Array(memory.buffer, 0, 1);
  }
  /** The view of the memory as it is now. Keep the object, not this. */
  get data(): DataView {
    // A shared buffer is never detached: it stays as long as it was.
    if (this.#witness.length !== 0 && !this.#shared) return this.#data;
    return this.#renew();
  }
  #renew(): DataView {
    const { buffer } = this.#memory;
    if (this.#data.buffer !== buffer) {
      this.#data = new DataView(buffer);
      this.#witness = new Uint8Array(buffer, 0, 1);
    }
    return this.#data;
  }
}
