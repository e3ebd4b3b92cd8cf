import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { denormalsAreZero, MXCSR, noteFloat } from "./float-control.ts";
import { DOUBLE, isDenormal, isNan, isSignalling, literal, magnitude, pattern, SINGLE, toBits, toFloat, type Format } from "./float-format.ts";
import { flushed } from "./float-relation.ts";
import { rounded, roundingMode, ROUNDING } from "./float-round.ts";

/** Bits of an integer operand or result. */
export type IntegerBits = 32 | 64;

/** 2^exponent as a literal of the format. */
export function powerOfTwo(m: Builder, f: Format, exponent: number): Value {
  const bias = f.bits === 32 ? 127 : 1023;
  return literal(m, f, BigInt(exponent + bias) << BigInt(f.mantissaBits));
}

/** Float to integer in a rounding mode; NaN and what does not fit are invalid and give the "integer indefinite" 80…0. */
function toInteger(f: Format, width: IntegerBits): Routine {
  const slot = width === 32 ? I32 : I64;
  return routine(`${f.float}-to-i${width}`, { params: [f.slot, I32], results: [slot] }, (m, bits, mode) => {
    const value = toFloat(f, flushed(m, f, bits!)), integer = m.local(value);
    m.if(isNan(m, f, bits!).eqz(), () => integer.set(rounded(m, f.float, value, mode!)));
    const r = integer.get(), limit = powerOfTwo(m, f, width - 1);
    m.if(r.op(`${f.float}.lt`, limit).and(r.op(`${f.float}.ge`, limit.op(`${f.float}.neg`))).eqz(), () => {
      noteFloat(m, m.i32(MXCSR.IE));
      m.return(m.constant(1n << BigInt(width - 1), width));
    });
    m.if(r.op(`${f.float}.ne`, value), () => noteFloat(m, m.i32(MXCSR.PE)));
    m.return(r.op(`i${width}.trunc_sat_${f.float}_s`));
  });
}

/** The neighbour of a rounded magnitude that a directed mode wants instead of the nearest: by comparing the nearest with the exact value. */
function directed(m: Builder, f: Format, nearest: Value, isAbove: Value, isBelow: Value): Value {
  const mode = roundingMode(m), bits = toBits(f, nearest), negative = bits.sign();
  // A step up in value is a step up in magnitude for positive numbers; zero never comes here with an error.
  const up = mode.eq(ROUNDING.up).or(mode.eq(ROUNDING.zero).and(negative)).and(isBelow);
  const down = mode.eq(ROUNDING.down).or(mode.eq(ROUNDING.zero).and(negative.xor(1))).and(isAbove);
  const step = m.choose(up, 1, m.choose(down, -1, 0)), outward = m.choose(negative, m.i32(0).sub(step), step);
  return bits.add(f.bits === 64 ? outward.sext(64) : outward);
}

/** Integer to float; inexact results raise precision. */
function fromInteger(f: Format, width: IntegerBits): Routine {
  const slot = width === 32 ? I32 : I64;
  return routine(`i${width}-to-${f.float}`, { params: [slot], results: [f.slot] }, (m, integer) => {
    const nearest = integer!.op(`${f.float}.convert_i${width}_s`), back = nearest.op(`i${width}.trunc_sat_${f.float}_s`);
    // 2^(width-1) itself is no integer of this width: converting it back saturates.
    const tooHigh = nearest.op(`${f.float}.eq`, powerOfTwo(m, f, width - 1));
    const above = back.gtS(integer!).or(tooHigh), below = back.ltS(integer!).and(tooHigh.xor(1));
    m.if(above.or(below), () => noteFloat(m, m.i32(MXCSR.PE)));
    m.return(directed(m, f, nearest, above, below));
  });
}

/** Single to double precision: exact. */
const WIDEN: Routine = routine("f32-to-f64", { params: [I32], results: [I64] }, (m, bits) => {
  m.if(isNan(m, SINGLE, bits!), () => {
    m.if(isSignalling(m, SINGLE, bits!), () => noteFloat(m, m.i32(MXCSR.IE)));
    const wide = bits!.zext(64), payload = wide.and(0x7fffff).shl(29);
    m.return(wide.shrU(31).shl(63).or(payload).or(pattern(m, DOUBLE, DOUBLE.infinity | DOUBLE.quietBit)));
  });
  m.if(isDenormal(m, SINGLE, bits!).and(denormalsAreZero(m).eqz()), () => noteFloat(m, m.i32(MXCSR.DE)));
  m.return(toFloat(SINGLE, flushed(m, SINGLE, bits!)).op("f64.promote_f32").op("i64.reinterpret_f64"));
});

/** Double to single precision with overflow, underflow, precision and FTZ. */
const NARROW: Routine = routine("f64-to-f32", { params: [I64], results: [I32] }, (m, bits) => {
  m.if(isNan(m, DOUBLE, bits!), () => {
    m.if(isSignalling(m, DOUBLE, bits!), () => noteFloat(m, m.i32(MXCSR.IE)));
    const sign = bits!.shrU(63).trunc(32).shl(31), payload = bits!.shrU(29).trunc(32).and(0x3fffff);
    m.return(sign.or(payload).or(0x7fc00000));
  });
  m.if(isDenormal(m, DOUBLE, bits!).and(denormalsAreZero(m).eqz()), () => noteFloat(m, m.i32(MXCSR.DE)));
  const value = toFloat(DOUBLE, flushed(m, DOUBLE, bits!));
  const nearest = value.op("f32.demote_f64"), back = nearest.op("f64.promote_f32");
  const above = back.op("f64.gt", value), below = back.op("f64.lt", value), inexact = above.or(below);
  // Zero has no sign to step by: the least denormal of the value's sign stands in for the step away from it.
  const sign = toBits(DOUBLE, value).shrU(63).trunc(32).shl(31), zeroResult = magnitude(m, SINGLE, toBits(SINGLE, nearest)).eqz();
  const mode = roundingMode(m), away = mode.eq(ROUNDING.up).and(sign.eqz()).or(mode.eq(ROUNDING.down).and(sign.nez()));
  const stepped = directed(m, SINGLE, nearest, above, below);
  const result = m.choose(zeroResult.and(inexact), m.choose(away, sign.or(1), sign), stepped);
  const size = value.op("f64.abs"), infinite = magnitude(m, SINGLE, result).eq(0x7f800000);
  const overflow = inexact.and(infinite.or(size.op("f64.ge", powerOfTwo(m, DOUBLE, 128))));
  // Tiny: below 2^-126 even after rounding to 24 bits with an unbounded exponent, which carries up from within half a unit (2^-151) or, away from zero, a unit.
  const least = powerOfTwo(m, DOUBLE, -126);
  const halfBelow = literal(m, DOUBLE, 0x380f_ffff_f000_0000n), unitBelow = literal(m, DOUBLE, 0x380f_ffff_e000_0000n);
  const carries = m.choose(mode.eqz(), size.op("f64.ge", halfBelow), away.and(size.op("f64.gt", unitBelow)));
  const tiny = size.op("f64.lt", least).and(carries.xor(1)).and(size.op("f64.gt", literal(m, DOUBLE, 0n)));
  const control = m.state(STATE.mxcsr), masked = control.and(MXCSR.UM).nez();
  const flush = tiny.and(masked).and(control.and(MXCSR.FTZ).nez());
  // Unmasked, what underflow and overflow deliver has the single format's precision and any exponent: exact where the value has 24 bits.
  const fraction = bits!.and(pattern(m, DOUBLE, DOUBLE.minNormal - 1n)), normal = bits!.and(pattern(m, DOUBLE, DOUBLE.infinity)).nez();
  const imprecise = m.choose(normal, fraction, fraction.shl(fraction.clz())).and(m.choose(normal, m.i64((1n << 29n) - 1n), m.i64((1n << 40n) - 1n))).nez();
  const trapped = tiny.and(masked.xor(1)).or(overflow.and(control.and(MXCSR.OM).eqz()));
  const flags = overflow.mul(MXCSR.OE).or(m.choose(trapped, imprecise, inexact.or(flush)).mul(MXCSR.PE)).or(tiny.and(inexact.or(masked.xor(1)).or(flush)).mul(MXCSR.UE));
  noteFloat(m, flags);
  m.return(m.choose(flush, sign, result));
});

function table<T>(make: (f: Format, width: IntegerBits) => T): { readonly [key: string]: T } {
  const list: { [key: string]: T } = {};
  for (const f of [SINGLE, DOUBLE]) for (const width of [32, 64] as const) list[`${f.float}/${width}`] = make(f, width);
  return list;
}
const TO_INTEGER = table(toInteger), FROM_INTEGER = table(fromInteger);

// Conversions of bit patterns in software; they collect flags between beginFloat and commitFloat.
export function convertToInteger(m: Builder, f: Format, width: IntegerBits, bits: Value, mode: Value): Value { return m.call1(TO_INTEGER[`${f.float}/${width}`]!, bits, mode); }
export function convertFromInteger(m: Builder, f: Format, integer: Value): Value { return m.call1(FROM_INTEGER[`${f.float}/${integer.bits}`]!, integer); }
export function widen(m: Builder, bits: Value): Value { return m.call1(WIDEN, bits); }
export function narrow(m: Builder, bits: Value): Value { return m.call1(NARROW, bits); }
