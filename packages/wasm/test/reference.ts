import { OPCODES } from "../src/opcodes.table.ts";
import { convert, FLOAT, FLOAT_TEST, INTEGER, INTEGER_TEST, saturate, SIGN, truncate } from "./lane-operations.ts";
import { floats, fromFloats, fromIntegers, integers, shapeOf, type Shape } from "./lanes.ts";

const I32 = shapeOf("i32");
const number = (value: number | bigint, bits = 32): Uint8Array => fromIntegers([BigInt(value)], bits);
const truth = (value: boolean): Uint8Array => number(value ? 1 : 0);

/** Lane number that the tests use for instructions with a lane immediate. */
export const LANE = 1;
/** Lanes that the tests use for i8x16.shuffle. */
export const SHUFFLE: Uint8Array = Uint8Array.from({ length: 16 }, (_, i) => (i * 7 + 3) % 32);

/**
 * What a pure instruction makes of operands given as bytes, in plain JavaScript. undefined where this file does not know it: control,
 * variables, memory. Throws {@link Trap}.
 */
export function evaluate(name: string, operands: readonly Uint8Array[]): Uint8Array | undefined {
  const [prefix, op] = name.split(".") as [string, string | undefined];
  if (prefix === "v128" && op !== undefined) return bitwise(op, operands);
  if (op === undefined || !/^[if]\d+(x\d+)?$/.test(prefix)) return undefined;
  const shape = shapeOf(prefix);
  return lanewise(op, shape, operands) ?? conversion(op, shape, operands) ?? (shape.count > 1 ? vectorOnly(op, shape, operands) : undefined);
}

function lanewise(op: string, shape: Shape, operands: readonly Uint8Array[]): Uint8Array | undefined {
  const { bits, count } = shape;
  const mask = (set: boolean): bigint => (set ? -1n : 0n);
  if (shape.float) {
    const sign = SIGN[op];
    if (sign) {
      const [a, b] = operands.map((bytes) => integers(bytes, shape)) as [bigint[], bigint[]];
      return fromIntegers(a.map((x, i) => sign(1n << BigInt(bits - 1), x, b?.[i] ?? 0n)), bits);
    }
    const calculate = FLOAT[op], test = FLOAT_TEST[op];
    if (!calculate && !test) return undefined;
    const [a, b] = operands.map((bytes) => floats(bytes, shape)) as [number[], number[]];
    if (calculate) return fromFloats(a.map((x, i) => calculate(x, b?.[i] ?? 0)), bits);
    return count === 1 ? truth(test!(a[0]!, b[0]!)) : fromIntegers(a.map((x, i) => mask(test!(x, b[i]!))), bits);
  }
  const shift = count > 1 && /^sh[lr]/.test(op);
  const calculate = INTEGER[op], test = INTEGER_TEST[op];
  if (!calculate && !test) return undefined;
  const a = integers(operands[0]!, shape);
  const b = operands[1] && (shift ? a.map(() => integers(operands[1]!, I32)[0]!) : integers(operands[1], shape));
  if (calculate) return fromIntegers(a.map((x, i) => calculate(bits, x, b?.[i] ?? 0n)), bits);
  return count === 1 ? truth(test!(bits, a[0]!, b?.[0] ?? 0n)) : fromIntegers(a.map((x, i) => mask(test!(bits, x, b![i]!))), bits);
}

/** Instructions named after the type they convert from: trunc_f64_s, extend_i32_u, narrow_i16x8_s, … */
function conversion(op: string, to: Shape, operands: readonly Uint8Array[]): Uint8Array | undefined {
  const match = /^(\w+?)_(low_|high_)?([if]\d+(?:x\d+)?)(?:_([su]))?(_zero)?$/.exec(op);
  if (!match) return undefined;
  const [, what, half, source, sign, zero] = match as unknown as [string, string, string | undefined, string, string | undefined, string | undefined];
  const from = shapeOf(source);
  const signed = sign === "s";
  const extended = (bytes: Uint8Array): bigint[] => integers(bytes, from).map((x) => (signed ? x : BigInt.asUintN(from.bits, x)));
  const halfOf = <T>(lanes: T[]): T[] => (half === undefined || lanes.length === 1 ? lanes : half === "low_" ? lanes.slice(0, to.count) : lanes.slice(-to.count));
  const padded = (bytes: Uint8Array): Uint8Array => {
    if (!zero) return bytes;
    const all = new Uint8Array(16);
    all.set(bytes);
    return all;
  };
  const [first, second] = operands as [Uint8Array, Uint8Array];
  switch (what) {
    case "wrap": return fromIntegers(integers(first, from), to.bits);
    case "extend": return fromIntegers(halfOf(extended(first)), to.bits);
    case "trunc": case "trunc_sat": return padded(fromIntegers(floats(first, from).map((x) => truncate(x, to.bits, signed, what === "trunc_sat")), to.bits));
    case "convert": return fromFloats(halfOf(extended(first)).map((x) => convert(x, to.bits)), to.bits);
    case "demote": return padded(fromFloats(floats(first, from), to.bits));
    case "promote": return fromFloats(halfOf(floats(first, from)), to.bits);
    case "reinterpret": return first;
    case "narrow": return fromIntegers([first, second].flatMap((bytes) => integers(bytes, from).map((x) => saturate(x, to.bits, signed))), to.bits);
    case "extmul": {
      const b = halfOf(extended(second));
      return fromIntegers(halfOf(extended(first)).map((x, i) => x * b[i]!), to.bits);
    }
    case "extadd_pairwise": {
      const lanes = extended(first);
      return fromIntegers(Array.from({ length: to.count }, (_, i) => lanes[2 * i]! + lanes[2 * i + 1]!), to.bits);
    }
    case "dot": {
      const [a, b] = [integers(first, from), integers(second, from)];
      return fromIntegers(Array.from({ length: to.count }, (_, i) => a[2 * i]! * b[2 * i]! + a[2 * i + 1]! * b[2 * i + 1]!), to.bits);
    }
    default: return undefined;
  }
}

function vectorOnly(op: string, shape: Shape, [first, second]: readonly Uint8Array[]): Uint8Array | undefined {
  const bytes = shape.bits / 8;
  const lane = (of: Uint8Array, n: number): Uint8Array => of.slice(n * bytes, (n + 1) * bytes);
  const a = first!;
  switch (op) {
    case "splat": return Uint8Array.from({ length: 16 }, (_, i) => a[i % bytes]!);
    case "extract_lane": return lane(a, LANE);
    case "extract_lane_s": return number(integers(a, shape)[LANE]!);
    case "extract_lane_u": return number(BigInt.asUintN(shape.bits, integers(a, shape)[LANE]!));
    case "replace_lane": {
      const replaced = a.slice();
      replaced.set(second!.subarray(0, bytes), LANE * bytes);
      return replaced;
    }
    case "swizzle": return second!.map((index) => (index < 16 ? a[index]! : 0));
    case "shuffle": return SHUFFLE.map((index) => (index < 16 ? a[index]! : second![index - 16]!));
    case "all_true": return truth(integers(a, shape).every((x) => x !== 0n));
    case "bitmask": return number(integers(a, shape).reduce((set, x, i) => set | (x < 0n ? 1n << BigInt(i) : 0n), 0n));
    default: return undefined;
  }
}

function bitwise(op: string, [a, b, mask]: readonly Uint8Array[]): Uint8Array | undefined {
  switch (op) {
    case "not": return a!.map((x) => ~x);
    case "and": return a!.map((x, i) => x & b![i]!);
    case "andnot": return a!.map((x, i) => x & ~b![i]!);
    case "or": return a!.map((x, i) => x | b![i]!);
    case "xor": return a!.map((x, i) => x ^ b![i]!);
    case "bitselect": return a!.map((x, i) => (x & mask![i]!) | (b![i]! & ~mask![i]!));
    case "any_true": return truth(a!.some((x) => x !== 0));
    default: return undefined;
  }
}

/** Every name in the table. */
export const NAMES: readonly string[] = Object.keys(OPCODES);
