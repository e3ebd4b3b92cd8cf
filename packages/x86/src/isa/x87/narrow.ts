import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import type { ShortFormat } from "./convert.ts";
import { DOUBLE_REAL, SINGLE_REAL } from "./convert.ts";
import { exponentOf, isInfinite, isNan, isSignalling, isUnsupported, isZero, normalize, signOf, type Float80 } from "./float80.ts";
import { roundingControl, roundsUp } from "./round.ts";
import { FSW, noteX87, RC, unmaskedX87 } from "./status.ts";
import { shiftRightSticky } from "./wide.ts";

/** The exponent field's infinity as a pattern without sign. */
function infinity(f: ShortFormat): bigint { return BigInt(f.maxExponent) << BigInt(f.fraction); }

/** The common case: a normal number to a normal number, rounded to nearest. `ok` 0 = leave it to the routine. */
export function narrowFast(_m: Builder, f: ShortFormat, v: Float80): { bits: Value; inexact: Value; up: Value; ok: Value } {
  const drop = 63 - f.fraction, exponent = exponentOf(v).sub(f.rebias);
  const rest = v.significand.shl(64 - drop), kept = v.significand.shrU(drop);
  const up = rest.shrU(63).and(rest.shl(1).or(kept.and(1)).nez().zext(64));
  // The integer bit adds one to the exponent field.
  const sign = v.signExponent.zext(64).shrU(15).shl(f.bits - 1), field = exponent.sub(1).zext(64).shl(f.fraction);
  return {
    bits: field.add(kept).add(up).or(sign).fit(f.bits),
    inexact: rest.nez(), up: up.trunc(32),
    ok: exponent.sub(1).ltU(f.maxExponent - 2),
  };
}

function narrowRoutine(f: ShortFormat): Routine {
  const drop = 63 - f.fraction, unitMask = (1n << BigInt(drop)) - 1n;
  return routine(`narrow-80-${f.bits}`, { params: [I64, I32], results: [f.bits === 32 ? I32 : I64] }, (m, significand, signExponent) => {
    const v: Float80 = { significand: significand!, signExponent: signExponent! };
    const sign = signOf(v), signBit = sign.zext(64).shl(f.bits - 1), give = (bits: Value): void => m.return(bits.or(signBit).fit(f.bits));
    m.if(isUnsupported(v), () => {
      noteX87(m, FSW.IE);
      m.return(m.i64(BigInt.asIntN(64, infinity(f) | (1n << BigInt(f.bits - 1)) | (1n << BigInt(f.fraction - 1)))).fit(f.bits));
    });
    m.if(isNan(v), () => {
      noteX87(m, isSignalling(v).mul(FSW.IE));
      give(v.significand.shl(1).shrU(1).shrU(drop).or(infinity(f) | (1n << BigInt(f.fraction - 1))));
    });
    m.if(isInfinite(v), () => give(m.i64(infinity(f))));
    m.if(isZero(v), () => give(m.i64(0)));
    const n = normalize(m, v), exponent = n.exponent.sub(f.rebias), mode = roundingControl(m);
    const inexact = (x: Value): Value => x.and(unitMask).nez();
    const rounded = (x: Value): { sum: Value; up: Value } => {
      const up = roundsUp(m, mode, sign, x.shl(64 - drop), x.shrU(drop).trunc(32).and(1));
      return { sum: x.shrU(drop).add(up.zext(64)), up };
    };
    const normal = rounded(n.significand), carry = normal.sum.shrU(f.fraction + 1).trunc(32), e = exponent.add(carry);
    const precision = inexact(n.significand).mul(FSW.PE).or(normal.up.mul(FSW.C1));
    m.if(exponent.leS(0), () => {
      const tiny = e.leS(0);
      m.if(tiny.and(unmaskedX87(m).and(FSW.UE).nez()), () => {
        // Nothing is stored, and nothing else reported.
        noteX87(m, FSW.UE);
        m.return(m.constant(0, f.bits));
      });
      // A one in bit 0 for what is lost.
      const wide = shiftRightSticky(m, { high: n.significand, low: m.i64(0) }, m.i32(1).sub(exponent));
      const shifted = wide.high.or(wide.low.nez().zext(64)), denormal = rounded(shifted), lost = inexact(shifted);
      noteX87(m, lost.mul(FSW.PE).or(lost.and(tiny).mul(FSW.UE)).or(denormal.up.mul(FSW.C1)));
      give(denormal.sum);
    });
    m.if(e.geS(f.maxExponent), () => {
      m.if(unmaskedX87(m).and(FSW.OE).nez(), () => {
        noteX87(m, FSW.OE);
        m.return(m.constant(0, f.bits));
      });
      const infinite = mode.eq(RC.nearest).or(mode.eq(m.choose(sign, RC.down, RC.up)));
      noteX87(m, infinite.mul(FSW.C1).or(FSW.OE | FSW.PE));
      give(m.i64(infinity(f)).sub(infinite.xor(1).zext(64)));
    });
    noteX87(m, precision);
    give(exponent.sub(1).zext(64).shl(f.fraction).add(normal.sum));
  });
}
const NARROW: { readonly [bits: number]: Routine } = { 32: narrowRoutine(SINGLE_REAL), 64: narrowRoutine(DOUBLE_REAL) };

/** Rounds to single or double precision; notes IE, OE, UE, PE and C1. Where overflow or underflow is unmasked the result is not to be stored. */
export function narrow80(m: Builder, f: ShortFormat, v: Float80): Value { return m.call1(NARROW[f.bits]!, v.significand, v.signExponent); }

/** The default NaN of the format. */
export function shortIndefinite(m: Builder, f: ShortFormat): Value {
  return m.constant(infinity(f) | (1n << BigInt(f.bits - 1)) | (1n << BigInt(f.fraction - 1)), f.bits);
}

const TO_INTEGER: Routine = routine("integer-of-80", { params: [I64, I32, I32, I32], results: [I64] }, (m, significand, signExponent, mode, bits) => {
  const v: Float80 = { significand: significand!, signExponent: signExponent! }, sign = signOf(v), indefinite = m.i64(-1).shl(bits!.sub(1).zext(64));
  const power = exponentOf(v).sub(16383);
  m.if(isUnsupported(v).or(power.geS(64)), () => {
    noteX87(m, FSW.IE);
    m.return(indefinite);
  });
  // 63 - power bits lie below the unit.
  const wide = shiftRightSticky(m, { high: v.significand, low: m.i64(0) }, m.i32(63).sub(power));
  const up = roundsUp(m, mode!, sign, wide.low, wide.high.trunc(32).and(1)), magnitude = wide.high.add(up.zext(64));
  const limit = m.i64(1).shl(bits!.sub(1).zext(64)).sub(sign.xor(1).zext(64));
  m.if(magnitude.gtU(limit).or(magnitude.eqz().and(wide.high.nez())), () => {
    noteX87(m, FSW.IE);
    m.return(indefinite);
  });
  noteX87(m, wide.low.nez().mul(FSW.PE).or(up.mul(FSW.C1)));
  m.return(m.choose(sign, magnitude.neg(), magnitude));
});
/** To an integer of `bits` (16, 32, 64) in a rounding mode (32 bits wide), sign-extended to 64 bits; what does not fit is invalid and gives 80…0. */
export function toInteger80(m: Builder, v: Float80, mode: Value, bits: number): Value {
  return m.call1(TO_INTEGER, v.significand, v.signExponent, mode, m.i32(bits));
}
