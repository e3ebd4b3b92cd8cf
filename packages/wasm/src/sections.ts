import type { ByteBuffer } from "./byte-buffer.ts";
import { putU32 } from "./leb128.ts";
import { VALUE_TYPE_CODE, type ValueType } from "./value-type.ts";

/** Section ids, in the order in which sections stand in a module; custom sections may stand anywhere. Core spec, "Binary Format: Modules". */
export const SECTION = { type: 1, import: 2, function: 3, table: 4, memory: 5, global: 6, export: 7, start: 8, element: 9, code: 10, data: 11, custom: 0 } as const;

/** What can be imported and exported, and its byte. Core spec, "Binary Format: Import Section". */
export const EXTERN_KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;

/** A kind of thing that modules import and export. */
export type ExternKind = keyof typeof EXTERN_KIND;

/** Size of a table in elements, or of a memory in pages of 64 KiB. */
export interface Limits {
  /** At the start. */
  readonly minimum: number;
  /** Shared memories must have one. */
  readonly maximum?: number;
  /** A memory that several workers use (threads proposal). */
  readonly shared?: boolean;
}

/** Type of a global. */
export interface GlobalType {
  /** Type of its value. */
  readonly type: ValueType;
  /** Default: constant. */
  readonly mutable?: boolean;
}

/** Parameter and result types. */
export interface FunctionType {
  /** The first one first. */
  readonly params: readonly ValueType[];
  /** The first one first. */
  readonly results: readonly ValueType[];
}

/** A section: its id, and its contents behind their size. */
export function section(out: ByteBuffer, id: number, contents: (out: ByteBuffer) => void): void {
  out.u8(id);
  out.sized(contents);
}
/** A section that is a vector of entries; left out where there are none. */
export function vectorSection<T>(out: ByteBuffer, id: number, entries: readonly T[], entry: (out: ByteBuffer, value: T) => void): void {
  if (entries.length === 0) return;
  section(out, id, () => {
    out.u32(entries.length);
    for (const value of entries) entry(out, value);
  });
}

/** A function type. Core spec, "Binary Format: Types". */
export function functionType(out: ByteBuffer, { params, results }: FunctionType): void {
  out.u8(0x60);
  for (const types of [params, results]) {
    out.u32(types.length);
    for (const type of types) out.u8(VALUE_TYPE_CODE[type]);
  }
}
/** Limits. Bit 0 of the flags: there is a maximum; bit 1: shared. */
export function limits(out: ByteBuffer, { minimum, maximum, shared }: Limits): void {
  out.u8((maximum === undefined ? 0 : 1) | (shared ? 2 : 0));
  out.u32(minimum);
  if (maximum !== undefined) out.u32(maximum);
}
/** The type of a table of functions. */
export function tableType(out: ByteBuffer, size: Limits): void {
  out.u8(VALUE_TYPE_CODE.funcref);
  limits(out, size);
}
/** The type of a global. */
export function globalType(out: ByteBuffer, { type, mutable }: GlobalType): void {
  out.u8(VALUE_TYPE_CODE[type]);
  out.u8(mutable ? 1 : 0);
}

/** The locals of a body: runs of equal types. Core spec, "Binary Format: Code Section". Returns the bytes they take. */
export function locals(out: ByteBuffer, types: readonly ValueType[]): number {
  const start = out.length;
  let runs = 0;
  for (let i = 0; i < types.length; i++) if (i === 0 || types[i] !== types[i - 1]) runs++;
  out.u32(runs);
  for (let i = 0; i < types.length; ) {
    let end = i + 1;
    while (end < types.length && types[end] === types[i]) end++;
    out.u32(end - i);
    out.u8(VALUE_TYPE_CODE[types[i]!]);
    i = end;
  }
  return out.length - start;
}

const LEB = new Uint8Array(5);
/** Bytes that an unsigned LEB128 takes. */
export function sizeOfU32(value: number): number {
  return putU32(LEB, 0, value);
}
