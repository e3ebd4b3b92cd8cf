import type { Abi } from "./abi.ts";
import type { DataSource, FieldType, Layout } from "./layout.ts";

/** A type whose value is one number: fields of it are written by assignment. */
export interface Scalar<T extends number | bigint> extends FieldType<T, T> {
  /** Marks numbers for the types of views. */
  readonly scalar: true;
}

/** A number of one size under both ABIs. 64-bit ones are aligned to 4 by the i386's. */
function scalar<T extends number | bigint>(name: string, size: number, read: (data: DataView, at: number) => T, write: (data: DataView, at: number, value: T) => void): Scalar<T> {
  const laidOut = (align: number): Layout<T, T> => {
    const get = (source: DataSource, at: number): T => read(source.data, at);
    return { name, size, align, view: get, read: get, write: (source, at, value) => write(source.data, at, value) };
  };
  const layouts = { x86_64: laidOut(size), i386: laidOut(Math.min(size, 4)) };
  return { name, scalar: true, layout: (abi) => layouts[abi] };
}

/** Unsigned, little-endian. Values outside the range are taken modulo 2 to the number of bits, as by a store instruction. */
export const u8: Scalar<number> = scalar("u8", 1, (d, at) => d.getUint8(at), (d, at, v) => d.setUint8(at, v));
/** See {@link u8}. */
export const u16: Scalar<number> = scalar("u16", 2, (d, at) => d.getUint16(at, true), (d, at, v) => d.setUint16(at, v, true));
/** See {@link u8}. */
export const u32: Scalar<number> = scalar("u32", 4, (d, at) => d.getUint32(at, true), (d, at, v) => d.setUint32(at, v, true));
/** See {@link u8}. */
export const u64: Scalar<bigint> = scalar("u64", 8, (d, at) => d.getBigUint64(at, true), (d, at, v) => d.setBigUint64(at, v, true));
/** Signed, little-endian. */
export const i8: Scalar<number> = scalar("i8", 1, (d, at) => d.getInt8(at), (d, at, v) => d.setInt8(at, v));
/** See {@link i8}. */
export const i16: Scalar<number> = scalar("i16", 2, (d, at) => d.getInt16(at, true), (d, at, v) => d.setInt16(at, v, true));
/** See {@link i8}. */
export const i32: Scalar<number> = scalar("i32", 4, (d, at) => d.getInt32(at, true), (d, at, v) => d.setInt32(at, v, true));
/** See {@link i8}. */
export const i64: Scalar<bigint> = scalar("i64", 8, (d, at) => d.getBigInt64(at, true), (d, at, v) => d.setBigInt64(at, v, true));
/** Unsigned, big-endian, as the Internet's headers are. */
export const u16be: Scalar<number> = scalar("u16be", 2, (d, at) => d.getUint16(at), (d, at, v) => d.setUint16(at, v));
/** See {@link u16be}. */
export const u32be: Scalar<number> = scalar("u32be", 4, (d, at) => d.getUint32(at), (d, at, v) => d.setUint32(at, v));
/** See {@link u16be}. */
export const u64be: Scalar<bigint> = scalar("u64be", 8, (d, at) => d.getBigUint64(at), (d, at, v) => d.setBigUint64(at, v));

/** A number of 4 bytes under one ABI and 8 under the other; a bigint under both, so that code needs no cases. */
function word(name: string, signed: boolean): Scalar<bigint> {
  const [narrow, wide] = signed ? [i32, i64] : [u32, u64];
  const get = (source: DataSource, at: number): bigint => BigInt(source.data[signed ? "getInt32" : "getUint32"](at, true));
  const layouts: { readonly [abi in Abi]: Layout<bigint, bigint> } = {
    x86_64: { ...wide.layout("x86_64"), name },
    i386: { ...narrow.layout("i386"), name, view: get, read: get, write: (source, at, value) => source.data.setUint32(at, Number(BigInt.asUintN(32, value)), true) },
  };
  return { name, scalar: true, layout: (abi) => layouts[abi] };
}

/** C's `long`: 4 bytes by the i386's ABI, 8 by AMD64's. */
export const long: Scalar<bigint> = word("long", true);
/** C's `unsigned long` and Linux's `size_t`. */
export const ulong: Scalar<bigint> = word("ulong", false);
/** An address of the program. */
export const pointer: Scalar<bigint> = word("pointer", false);
