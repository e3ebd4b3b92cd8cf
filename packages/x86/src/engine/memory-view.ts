import type { EngineMemory } from "../decode/code-cache.ts";

/**
 * A view of a linear memory that follows its growth. `WebAssembly.Memory.buffer` is a call into the platform (about 30 ns on V8), so it is asked as seldom as can be: whoever grows
 * the memory has views of it and says which are current; without such, whether an unshared buffer was detached shows in the length of an array over it, and only a shared one is asked for.
 */
export class MemoryView {
  readonly #memory: WebAssembly.Memory;
  readonly #current: { readonly u8: Uint8Array } | undefined;
  readonly #shared: boolean;
  #data: DataView;
  #witness: Uint8Array;

  constructor(memory: Pick<EngineMemory, "memory" | "views">) {
    this.#memory = memory.memory;
    this.#current = memory.views;
    const { buffer } = memory.memory;
    this.#shared = !(buffer instanceof ArrayBuffer);
    this.#data = new DataView(buffer);
    this.#witness = this.#current?.u8 ?? new Uint8Array(buffer, 0, 1);
  }
  /** The view of the memory as it is now. Keep the object, not this. */
  get data(): DataView {
    if (this.#current ? this.#current.u8 === this.#witness : this.#witness.length !== 0 && !this.#shared) return this.#data;
    return this.#renew();
  }
  #renew(): DataView {
    const { buffer } = this.#current?.u8 ?? this.#memory;
    if (this.#data.buffer !== buffer) this.#data = new DataView(buffer);
    this.#witness = this.#current?.u8 ?? new Uint8Array(buffer, 0, 1);
    return this.#data;
  }
}
