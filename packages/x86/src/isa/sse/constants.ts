import type { Builder } from "../../ir/builder.ts";
import type { Value } from "../../ir/value.ts";

/** A v128 literal from 16 bytes, 8 words, 4 doublewords or 2 quadwords, lane 0 first. */
export function bytes(m: Builder, lanes: readonly number[]): Value { return m.vector(lanes); }
export function words(m: Builder, lanes: readonly number[]): Value {
  return m.vector(new Uint8Array(Uint16Array.from(lanes).buffer));
}
export function dwords(m: Builder, lanes: readonly number[]): Value {
  return m.vector(new Uint8Array(Uint32Array.from(lanes).buffer));
}
export function qwords(m: Builder, lanes: readonly bigint[]): Value {
  return m.vector(new Uint8Array(BigUint64Array.from(lanes).buffer));
}

export function zero(m: Builder): Value { return m.vector(new Uint8Array(16)); }
export function splat8(m: Builder, lane: number): Value { return m.vector(new Uint8Array(16).fill(lane)); }
export function splat16(m: Builder, lane: number): Value { return words(m, Array<number>(8).fill(lane)); }
export function splat32(m: Builder, lane: number): Value { return dwords(m, Array<number>(4).fill(lane)); }
export function splat64(m: Builder, lane: bigint): Value { return qwords(m, [lane, lane]); }

/** 0, 1, 2 … 15: byte numbers, the identity for i8x16.swizzle. */
export function byteNumbers(m: Builder): Value { return m.vector(range(0, 16)); }

/** `count` consecutive numbers from `start`. */
export function range(start: number, count: number): number[] { return Array.from({ length: count }, (_, i) => start + i); }
