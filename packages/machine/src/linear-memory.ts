import { FRAME_BYTES } from "./frame.ts";

const WASM_PAGE_BYTES = 65_536;
/** Growth in steps: a step costs tens of microseconds, whatever its size. */
const GROWTH_BYTES = 16 << 20;

/** Typed views of the whole linear memory. Keep the object, never one of its fields: growth replaces the fields. */
export interface MemoryViews {
  /** By bytes. */
  readonly u8: Uint8Array;
  /** By 16-bit words, unsigned. */
  readonly u16: Uint16Array;
  /** By 32-bit words, signed: what Atomics wait on. */
  readonly i32: Int32Array;
  /** By 32-bit words, unsigned. */
  readonly u32: Uint32Array;
  /** By 64-bit floats. */
  readonly f64: Float64Array;
  /** By 64-bit words, signed. */
  readonly i64: BigInt64Array;
  /** By 64-bit words, unsigned. */
  readonly u64: BigUint64Array;
  /** Unaligned, little-endian where asked for. */
  readonly data: DataView;
  /** Counts the replacements. A holder of a field compares it to know that the field is stale. */
  readonly version: number;
}

class Views implements MemoryViews {
  u8!: Uint8Array;
  u16!: Uint16Array;
  i32!: Int32Array;
  u32!: Uint32Array;
  f64!: Float64Array;
  i64!: BigInt64Array;
  u64!: BigUint64Array;
  data!: DataView;
  version = -1;

  constructor(buffer: ArrayBufferLike) {
    this.replace(buffer);
  }
  replace(buffer: ArrayBufferLike): void {
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i64 = new BigInt64Array(buffer);
    this.u64 = new BigUint64Array(buffer);
    this.data = new DataView(buffer);
    this.version++;
  }
}

/** How a {@link LinearMemory} is made. */
export interface LinearMemoryOptions {
  /** Bytes present from the start. */
  readonly initial: number;
  /** Bytes it may grow to. */
  readonly maximum: number;
  /** Whether other workers may use it. */
  readonly shared: boolean;
}

/**
 * The one WebAssembly memory of a machine. It grows in steps and never shrinks: the platform takes nothing back.
 *
 * Growth detaches the buffer of an unshared memory and leaves that of a shared one short, so all JavaScript reads it through
 * {@link LinearMemory.views}. Another worker's growth becomes visible by {@link LinearMemory.ensure}.
 */
export class LinearMemory {
  /** What generated modules import. Only this class grows it. */
  readonly memory: WebAssembly.Memory;
  /** Whether other workers can attach to it. */
  readonly shared: boolean;
  /** Bytes the memory may grow to. */
  readonly maximum: number;
  readonly #views: Views;
  readonly #listeners: (() => void)[] = [];

  private constructor(memory: WebAssembly.Memory, maximum: number) {
    this.memory = memory;
    this.maximum = maximum;
    this.shared = !(memory.buffer instanceof ArrayBuffer);
    this.#views = new Views(memory.buffer);
  }

  /** Makes a memory. Throws an Error where the platform refuses to reserve it. */
  static create(options: LinearMemoryOptions): LinearMemory {
    const pages = (bytes: number): number => Math.ceil(bytes / WASM_PAGE_BYTES);
    try {
      const memory = new WebAssembly.Memory({ initial: pages(options.initial), maximum: pages(options.maximum), shared: options.shared });
      return new LinearMemory(memory, pages(options.maximum) * WASM_PAGE_BYTES);
    } catch (cause) {
      const megabytes = Math.ceil(options.maximum / (1 << 20));
      throw new Error(`The platform refused a memory of ${megabytes} MiB. Ask for a smaller machine, or close other pages or processes that hold memory.`, { cause });
    }
  }

  /** The memory that another worker made, by its `memory` field. */
  static attach(memory: WebAssembly.Memory, maximum: number): LinearMemory {
    return new LinearMemory(memory, maximum);
  }

  /** The current views. The object stays the same for the life of the memory. */
  get views(): MemoryViews {
    return this.#views;
  }
  /** Bytes that the views cover now. */
  get byteLength(): number {
    return this.#views.u8.length;
  }

  /** Calls `listener` after each replacement of the views. Returns what ends that. */
  onGrow(listener: () => void): () => void {
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners.indexOf(listener);
      if (at >= 0) this.#listeners.splice(at, 1);
    };
  }

  /** Brings in what other workers have grown. */
  refresh(): void {
    if (this.shared) this.memory.grow(0);
    this.#refresh();
  }
  /** Makes the bytes below `end` present and visible through the views. False where the platform or the maximum forbids it. */
  ensure(end: number): boolean {
    if (end <= this.#views.u8.length) return true;
    if (end > this.maximum) return false;
    this.refresh();
    while (end > this.#views.u8.length) {
      const length = this.#views.u8.length;
      const wanted = Math.min(Math.max(end, length + GROWTH_BYTES), this.maximum);
      if (!this.#grow(wanted - length) && !this.#grow(end - length)) {
        this.#refresh();
        return end <= this.#views.u8.length;
      }
    }
    return true;
  }
  #grow(bytes: number): boolean {
    try {
      this.memory.grow(Math.ceil(bytes / WASM_PAGE_BYTES));
    } catch {
      return false;
    }
    this.#refresh();
    return true;
  }
  #refresh(): void {
    const buffer = this.memory.buffer;
    if (buffer === this.#views.u8.buffer) return;
    this.#views.replace(buffer);
    for (const listener of this.#listeners) listener();
  }
}

/** Frames that `bytes` fill, the last one perhaps in part. */
export function framesOf(bytes: number): number {
  return Math.ceil(bytes / FRAME_BYTES);
}
