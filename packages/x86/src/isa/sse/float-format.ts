import type { Builder } from "../../ir/builder.ts";
import { F32, F64, I32, I64, type Slot } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { splat32, splat64 } from "./constants.ts";

/** One of the two floating-point formats and the WebAssembly types that carry it. */
export interface Format {
  readonly float: "f32" | "f64";
  readonly int: "i32" | "i64";
  readonly bits: 32 | 64;
  /** Lanes as floating point and as integers. */
  readonly floats: "f32x4" | "f64x2";
  readonly ints: "i32x4" | "i64x2";
  readonly lanes: 4 | 2;
  readonly slot: Slot;
  readonly floatSlot: Slot;
  readonly mantissaBits: number;
  /** Bit patterns. */
  readonly infinity: bigint;
  readonly minNormal: bigint;
  readonly quietBit: bigint;
  readonly sign: bigint;
  /** The default NaN: negative, quiet, empty payload ("QNaN floating-point indefinite"). */
  readonly indefinite: bigint;
}

function format(bits: 32 | 64, mantissaBits: number): Format {
  const infinity = ((1n << BigInt(bits - 1 - mantissaBits)) - 1n) << BigInt(mantissaBits), sign = 1n << BigInt(bits - 1), quietBit = 1n << BigInt(mantissaBits - 1);
  return {
    float: bits === 32 ? "f32" : "f64", int: bits === 32 ? "i32" : "i64", bits, floats: bits === 32 ? "f32x4" : "f64x2", ints: bits === 32 ? "i32x4" : "i64x2",
    lanes: bits === 32 ? 4 : 2, slot: bits === 32 ? I32 : I64, floatSlot: bits === 32 ? F32 : F64, mantissaBits, infinity, minNormal: 1n << BigInt(mantissaBits),
    quietBit, sign, indefinite: sign | infinity | quietBit,
  };
}
export const SINGLE: Format = format(32, 23);
export const DOUBLE: Format = format(64, 52);

/** An integer constant that holds a bit pattern of the format. */
export function pattern(m: Builder, f: Format, bits: bigint): Value { return m.constant(BigInt.asIntN(f.bits, bits), f.bits, f.int); }
/** A floating-point constant by bit pattern. */
export function literal(m: Builder, f: Format, bits: bigint): Value { return toFloat(f, pattern(m, f, bits)); }
export function toFloat(f: Format, bits: Value): Value { return bits.op(`${f.float}.reinterpret_${f.int}`); }
export function toBits(f: Format, value: Value): Value { return value.op(`${f.int}.reinterpret_${f.float}`); }

/** Integer lane of a vector and a vector with a lane replaced. */
export function getLane(f: Format, v: Value, lane: number): Value { return v.lane(`${f.ints}.extract_lane`, lane); }
export function setLane(f: Format, v: Value, lane: number, bits: Value): Value { return v.withLane(`${f.ints}.replace_lane`, lane, bits); }

// Facts about a bit pattern, 0 or 1.
export function isNan(m: Builder, f: Format, bits: Value): Value { return magnitude(m, f, bits).gtU(pattern(m, f, f.infinity)); }
export function isDenormal(m: Builder, f: Format, bits: Value): Value { return magnitude(m, f, bits).sub(1).ltU(pattern(m, f, f.minNormal - 1n)); }
export function isSignalling(m: Builder, f: Format, bits: Value): Value { return isNan(m, f, bits).and(bits.and(pattern(m, f, f.quietBit)).eqz()); }
export function magnitude(m: Builder, f: Format, bits: Value): Value { return bits.and(pattern(m, f, f.sign - 1n)); }

/**
 * Tests on one value (0 or 1 in an i32) or on all lanes of a vector (a mask), written once for both.
 */
export interface Shape {
  readonly format: Format;
  readonly packed: boolean;
}
export function compare(s: Shape, name: "eq" | "ne" | "lt" | "le" | "gt" | "ge", a: Value, b: Value): Value { return a.op(`${s.packed ? s.format.floats : s.format.float}.${name}`, b); }
export function arithmetic(s: Shape, name: string, a: Value, ...rest: Value[]): Value { return a.op(`${s.packed ? s.format.floats : s.format.float}.${name}`, ...rest); }
export function both(s: Shape, a: Value, b: Value): Value { return s.packed ? a.op("v128.and", b) : a.and(b); }
export function either(s: Shape, a: Value, b: Value): Value { return s.packed ? a.op("v128.or", b) : a.or(b); }
/** 1 where every lane passed. */
export function all(s: Shape, mask: Value): Value { return s.packed ? mask.op(`${s.format.ints}.all_true`) : mask; }
export function number(m: Builder, s: Shape, bits: bigint): Value {
  if (!s.packed) return literal(m, s.format, bits);
  return s.format.bits === 32 ? splat32(m, Number(bits)) : splat64(m, bits);
}

/** Neither denormal nor NaN. */
export function isOrdinary(m: Builder, s: Shape, v: Value): Value {
  return either(s, compare(s, "ge", arithmetic(s, "abs", v), number(m, s, s.format.minNormal)), compare(s, "eq", v, number(m, s, 0n)));
}
/** Neither infinite nor NaN. */
export function isFinite(m: Builder, s: Shape, v: Value): Value {
  return compare(s, "lt", arithmetic(s, "abs", v), number(m, s, s.format.infinity));
}
/** At least twice the least normal number, in magnitude: surely no underflow, whatever rounding did. */
export function isClearOfUnderflow(m: Builder, s: Shape, v: Value): Value {
  return compare(s, "ge", arithmetic(s, "abs", v), number(m, s, 2n * s.format.minNormal));
}
