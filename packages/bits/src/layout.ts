import type { Abi } from "./abi.ts";

/**
 * Where structures lie. The machine's memory views are one: their `data` is replaced when the memory grows, and a view that keeps the
 * source goes on working.
 */
export interface DataSource {
  /** All of the memory; offsets count from its start. */
  readonly data: DataView;
}

/**
 * A type laid out by one {@link Abi}: how many bytes, and how they are read and written, at a byte offset of a source. V is what a view of it
 * is (a number, or something that reads and writes in place), P its plain value, W what may be written.
 */
export interface Layout<V, P, W = P> {
  /** For messages, such as `u32` or `virtq_desc`. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** The offset is a multiple of it inside a structure: 1, 2, 4, 8 or 16. */
  readonly align: number;
  /** The view of what lies there. */
  view(source: DataSource, offset: number): V;
  /** A copy of what lies there, as plain values. */
  read(source: DataSource, offset: number): P;
  /** Writes plain values there. */
  write(source: DataSource, offset: number, value: W): void;
}

/** The type of a field: a number, an array, bytes, a structure. */
export interface FieldType<V, P, W = P> {
  /** For messages, such as `u32` or `virtq_desc`. */
  readonly name: string;
  /** How an ABI lays it out. */
  layout(abi: Abi): Layout<V, P, W>;
}

/** A source over bytes or a DataView. */
export function sourceOf(memory: DataSource | ArrayBufferView): DataSource {
  if ("data" in memory) return memory;
  return { data: memory instanceof DataView ? memory : new DataView(memory.buffer, memory.byteOffset, memory.byteLength) };
}
