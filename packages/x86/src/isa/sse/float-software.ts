import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { denormalsAreZero, MXCSR, noteFloat } from "./float-control.ts";
import { DOUBLE, isDenormal, isNan, isSignalling, magnitude, pattern, SINGLE, type Format } from "./float-format.ts";
import { flushed } from "./float-relation.ts";
import { ROUNDING, roundingMode } from "./float-round.ts";

/**
 * ADD SUB MUL DIV SQRT in software, for both formats: with MXCSR's rounding, DAZ and FTZ, and with all exceptions noted.
 * Both formats unpack to a significand of 53 bits (bit 52 set unless zero) and a biased exponent that may be below 1 (denormals normalized).
 */
interface Unpacked { readonly sign: Value; readonly exponent: Value; readonly significand: Value }
const LEAD = 52;
const bias = (f: Format): number => (f.bits === 32 ? 127 : 1023);
const maxExponent = (f: Format): number => 2 * bias(f) + 1;

/** Sign (i32), exponent (i32) and significand (i64) of a finite number. */
function unpack(m: Builder, f: Format, bits: Value): Unpacked {
  const fraction = bits.and(pattern(m, f, f.minNormal - 1n)), left = LEAD - f.mantissaBits;
  const wide = f.bits === 32 ? fraction.zext(64).shl(left) : fraction;
  const exponent = bits.shrU(f.mantissaBits).fit(32).and(maxExponent(f));
  const up = wide.clz().trunc(32).sub(63 - LEAD);
  const denormal = exponent.eqz();
  return {
    sign: bits.sign(),
    exponent: m.choose(denormal, m.i32(1).sub(up), exponent),
    significand: m.choose(denormal, wide.shl(up.and(63).zext(64)), wide.or(1n << BigInt(LEAD))),
  };
}

/** `value` shifted right by `count` (i32), bits lost kept as a one in bit 0. */
function shiftRightSticky(m: Builder, value: Value, count: Value): Value {
  const n = count.zext(64).and(63), shifted = value.shrU(n);
  const lost = shifted.shl(n).ne(value).zext(64);
  return m.choose(count.gtU(63), value.nez().zext(64), shifted.or(lost));
}

/**
 * Rounds and packs: the number is significand · 2^(exponent - bias - 62), bit 62 set, bit 0 sticky. Notes OE, UE and PE.
 * Underflow is tininess after rounding to the format's precision with an unbounded exponent.
 */
function packRoutine(f: Format): Routine {
  const drop = 62 - f.mantissaBits, mask = (1n << BigInt(drop)) - 1n, half = 1n << BigInt(drop - 1);
  return routine(`pack-${f.float}`, { params: [I32, I32, I64], results: [f.slot] }, (m, sign, exponent, significand) => {
    const mode = roundingMode(m), control = m.state(STATE.mxcsr);
    const away = mode.eq(ROUNDING.up).and(sign!.eqz()).or(mode.eq(ROUNDING.down).and(sign!));
    const increment = m.choose(mode.eqz(), m.i64(half), m.choose(away, m.i64(mask), m.i64(0)));
    const signBit = f.bits === 64 ? sign!.zext(64).shl(63) : sign!.shl(31);
    const narrowed = (v: Value): Value => v.fit(f.bits);
    /** To the format's unit; a tie goes to the even neighbour. */
    const rounded = (v: Value): Value => {
      const tie = mode.eqz().and(v.and(mask).eq(half));
      return v.add(increment).shrU(drop).and(m.choose(tie, m.i64(-2), m.i64(-1)));
    };
    m.if(exponent!.leS(0), () => {
      const carries = exponent!.eqz().and(significand!.add(increment).sign());
      const tiny = carries.xor(1), masked = control.and(MXCSR.UM).nez();
      m.if(tiny.and(masked).and(control.and(MXCSR.FTZ).nez()), () => {
        noteFloat(m, m.i32(MXCSR.UE | MXCSR.PE));
        m.return(signBit);
      });
      const denormal = shiftRightSticky(m, significand!, m.i32(1).sub(exponent!));
      // What an unmasked underflow delivers is not denormalized: it is inexact only where the format's precision was not enough.
      const inexact = m.choose(tiny.and(masked.xor(1)), significand!, denormal).and(mask).nez();
      noteFloat(m, inexact.mul(MXCSR.PE).or(tiny.and(inexact.or(masked.xor(1))).mul(MXCSR.UE)));
      m.return(signBit.or(narrowed(rounded(denormal))));
    });
    // The leading one adds one to the exponent field, a carry another.
    const whole = rounded(significand!), lead = whole.shrU(f.mantissaBits + 1).trunc(32);
    const inexact = significand!.and(mask).nez();
    m.if(exponent!.add(lead).geS(maxExponent(f)), () => {
      noteFloat(m, m.choose(control.and(MXCSR.OM), m.i32(1), inexact).mul(MXCSR.PE).or(MXCSR.OE));
      const infinite = mode.eqz().or(away);
      m.return(signBit.or(m.choose(infinite, pattern(m, f, f.infinity), pattern(m, f, f.infinity - 1n))));
    });
    noteFloat(m, inexact.mul(MXCSR.PE));
    const field = exponent!.sub(1), high = f.bits === 64 ? field.zext(64).shl(f.mantissaBits) : field.shl(f.mantissaBits);
    m.return(signBit.or(high.add(narrowed(whole))));
  });
}
const PACK: { readonly [float: string]: Routine } = { f32: packRoutine(SINGLE), f64: packRoutine(DOUBLE) };
function pack(m: Builder, f: Format, sign: Value, exponent: Value, significand: Value): Value { return m.call1(PACK[f.float]!, sign, exponent, significand); }

/** Returns where an operand is a NaN: the first one, made quiet. Notes DE for denormals. */
function returnNan(m: Builder, f: Format, ...operands: Value[]): void {
  const any = (test: (v: Value) => Value): Value => operands.map(test).reduce((x, y) => x.or(y));
  m.if(any((v) => isNan(m, f, v)), () => {
    m.if(any((v) => isSignalling(m, f, v)), () => noteFloat(m, m.i32(MXCSR.IE)));
    const [a, b] = operands;
    m.return((b ? m.choose(isNan(m, f, a!), a!, b) : a!).or(pattern(m, f, f.quietBit)));
  });
}
function noteDenormals(m: Builder, f: Format, ...operands: Value[]): void {
  const denormal = operands.map((v) => isDenormal(m, f, v)).reduce((x, y) => x.or(y));
  m.if(denormal.and(denormalsAreZero(m).eqz()), () => noteFloat(m, m.i32(MXCSR.DE)));
}
function returnInvalid(m: Builder, f: Format): void {
  noteFloat(m, m.i32(MXCSR.IE));
  m.return(pattern(m, f, f.indefinite));
}
function isInfinite(m: Builder, f: Format, v: Value): Value { return magnitude(m, f, v).eq(pattern(m, f, f.infinity)); }
function isZero(m: Builder, f: Format, v: Value): Value { return magnitude(m, f, v).eqz(); }
/** A pattern with the sign `sign` (0 or 1). */
function signed(m: Builder, f: Format, sign: Value, bits: bigint): Value {
  return (f.bits === 64 ? sign.zext(64).shl(63) : sign.shl(31)).or(pattern(m, f, bits));
}

function addRoutine(name: string, f: Format, negate: boolean): Routine {
  return routine(`${name}-software-${f.float}`, { params: [f.slot, f.slot], results: [f.slot] }, (m, x, y) => {
    returnNan(m, f, x!, y!);
    const a = flushed(m, f, x!), b = negate ? flushed(m, f, y!).xor(pattern(m, f, f.sign)) : flushed(m, f, y!);
    m.if(isInfinite(m, f, a).or(isInfinite(m, f, b)), () => {
      m.if(a.xor(b).eq(pattern(m, f, f.sign)), () => returnInvalid(m, f));
      noteDenormals(m, f, x!, y!);
      m.return(m.choose(isInfinite(m, f, a), a, b));
    });
    noteDenormals(m, f, x!, y!);
    // The greater magnitude first; a significand begins at bit 61, so that the sum has room.
    const swap = magnitude(m, f, a).ltU(magnitude(m, f, b)), p = unpack(m, f, m.choose(swap, b, a)), q = unpack(m, f, m.choose(swap, a, b));
    const large = p.significand.shl(9), small = shiftRightSticky(m, q.significand.shl(9), p.exponent.sub(q.exponent));
    const sum = m.choose(p.sign.eq(q.sign), large.add(small), large.sub(small));
    m.if(sum.eqz(), () => {
      // Equal signs are those of two zeros; otherwise the sign depends on the rounding mode.
      m.return(signed(m, f, m.choose(p.sign.eq(q.sign), p.sign, roundingMode(m).eq(ROUNDING.down)), 0n));
    });
    const up = sum.clz().sub(1);
    m.return(pack(m, f, p.sign, p.exponent.add(1).sub(up.trunc(32)), sum.shl(up)));
  });
}

/** Upper 64 bits of the 128-bit product, bit 0 sticky. */
function highProduct(m: Builder, a: Value, b: Value): Value {
  const low = (v: Value): Value => v.and(0xffff_ffffn), high = (v: Value): Value => v.shrU(32);
  const ll = low(a).mul(low(b)), lh = low(a).mul(high(b)), hl = high(a).mul(low(b));
  const middle = high(ll).add(low(lh)).add(low(hl));
  const rest = low(ll).or(low(middle)).nez().zext(64);
  return high(a).mul(high(b)).add(high(lh)).add(high(hl)).add(high(middle)).or(rest);
}

function multiplyRoutine(f: Format): Routine {
  return routine(`multiply-software-${f.float}`, { params: [f.slot, f.slot], results: [f.slot] }, (m, x, y) => {
    returnNan(m, f, x!, y!);
    const a = flushed(m, f, x!), b = flushed(m, f, y!), sign = a.xor(b).sign();
    m.if(isInfinite(m, f, a).or(isInfinite(m, f, b)), () => {
      m.if(isZero(m, f, a).or(isZero(m, f, b)), () => returnInvalid(m, f));
      noteDenormals(m, f, x!, y!);
      m.return(signed(m, f, sign, f.infinity));
    });
    noteDenormals(m, f, x!, y!);
    m.if(isZero(m, f, a).or(isZero(m, f, b)), () => m.return(signed(m, f, sign, 0n)));
    const p = unpack(m, f, a), q = unpack(m, f, b);
    // Leading bits at 62 and 63: the product's is bit 61 or 62 of the upper half.
    const product = highProduct(m, p.significand.shl(10), q.significand.shl(11)), up = product.clz().sub(1);
    m.return(pack(m, f, sign, p.exponent.add(q.exponent).sub(bias(f) - 1).sub(up.trunc(32)), product.shl(up)));
  });
}

function divideRoutine(f: Format): Routine {
  return routine(`divide-software-${f.float}`, { params: [f.slot, f.slot], results: [f.slot] }, (m, x, y) => {
    returnNan(m, f, x!, y!);
    const a = flushed(m, f, x!), b = flushed(m, f, y!), sign = a.xor(b).sign();
    m.if(isInfinite(m, f, a), () => {
      m.if(isInfinite(m, f, b), () => returnInvalid(m, f));
      noteDenormals(m, f, x!, y!);
      m.return(signed(m, f, sign, f.infinity));
    });
    m.if(isZero(m, f, b), () => {
      m.if(isZero(m, f, a), () => returnInvalid(m, f));
      // Division by zero takes precedence over a denormal operand (SDM vol. 1, "Priority Between Simultaneous Exceptions").
      noteFloat(m, m.i32(MXCSR.ZE));
      m.return(signed(m, f, sign, f.infinity));
    });
    noteDenormals(m, f, x!, y!);
    m.if(isZero(m, f, a).or(isInfinite(m, f, b)), () => m.return(signed(m, f, sign, 0n)));
    const p = unpack(m, f, a), q = unpack(m, f, b);
    // A dividend scaled so that the quotient has 53 bits: WebAssembly's division rounds it to the nearest integer, and the remainder
    // (less than 2^63, so right modulo 2^64) says on which side of the quotient that is.
    const less = p.significand.ltU(q.significand).zext(64), scale = less.add(LEAD);
    const dividend = p.significand.op("f64.convert_i64_s").op("f64.mul", m.i64(1).shl(scale).op("f64.convert_i64_s"));
    const quotient = dividend.op("f64.div", q.significand.op("f64.convert_i64_s")).op("i64.trunc_sat_f64_s");
    const excess = quotient.mul(q.significand).sub(p.significand.shl(scale));
    m.return(pack(m, f, sign, p.exponent.sub(q.exponent).add(bias(f)).sub(less.trunc(32)), nudged(quotient, excess)));
  });
}

/** A 53-bit result that was rounded to nearest, moved to bit 62 and a little towards the exact one: down where it is in excess, up where it falls short. */
function nudged(result: Value, excess: Value): Value {
  return result.shl(10).sub(excess.gtS(0).zext(64)).add(excess.ltS(0).zext(64));
}

function rootRoutine(f: Format): Routine {
  return routine(`root-software-${f.float}`, { params: [f.slot], results: [f.slot] }, (m, x) => {
    returnNan(m, f, x!);
    const a = flushed(m, f, x!);
    m.if(isZero(m, f, a), () => m.return(a));
    m.if(a.sign(), () => returnInvalid(m, f));
    noteDenormals(m, f, x!);
    m.if(isInfinite(m, f, a), () => m.return(a));
    const p = unpack(m, f, a);
    // significand · 2^52, doubled where the exponent is odd: its root has 53 bits, and the square's excess is less than 2^54.
    const power = p.exponent.sub(bias(f)), odd = power.and(1).zext(64), scale = odd.add(LEAD);
    const square = p.significand.op("f64.convert_i64_s").op("f64.mul", m.i64(1).shl(scale).op("f64.convert_i64_s"));
    const root = square.op("f64.sqrt").op("i64.trunc_sat_f64_s");
    const excess = root.mul(root).sub(p.significand.shl(scale));
    m.return(pack(m, f, m.i32(0), power.shrS(1).add(bias(f)), nudged(root, excess)));
  });
}

export const addF32: Routine = addRoutine("add", SINGLE, false);
export const addF64: Routine = addRoutine("add", DOUBLE, false);
export const subF32: Routine = addRoutine("subtract", SINGLE, true);
export const subF64: Routine = addRoutine("subtract", DOUBLE, true);
export const mulF32: Routine = multiplyRoutine(SINGLE);
export const mulF64: Routine = multiplyRoutine(DOUBLE);
export const divF32: Routine = divideRoutine(SINGLE);
export const divF64: Routine = divideRoutine(DOUBLE);
export const sqrtF32: Routine = rootRoutine(SINGLE);
export const sqrtF64: Routine = rootRoutine(DOUBLE);
