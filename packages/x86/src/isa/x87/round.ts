import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { INTEGER_BIT, MAX_EXPONENT, packSign, type Float80 } from "./float80.ts";
import { FCW, FSW, noteX87, RC, unmaskedX87 } from "./status.ts";
import { shiftLeftWide, shiftRightSticky, type Wide } from "./wide.ts";

/** Half a unit as a 64-bit fraction. */
const HALF = INTEGER_BIT;
/** What unmasked overflow and underflow subtract from or add to the exponent (SDM vol. 1, "Numeric Overflow Exception (#O)"). */
const WRAP = 24576;

/** Rounding control, 0-3. */
export function roundingControl(m: Builder): Value { return m.state(STATE.fcw).shrU(FCW.RCShift).and(3); }

/**
 * Whether to go to the next unit away from zero, 0 or 1. `rest` is what lies below the unit as a 64-bit fraction of it (bit 0 sticky), `odd` the unit's own bit.
 */
export function roundsUp(m: Builder, mode: Value, sign: Value, rest: Value, odd: Value): Value {
  const nearest = rest.gtU(HALF).or(rest.eq(HALF).and(odd));
  const away = mode.eq(RC.down).and(sign).or(mode.eq(RC.up).and(sign.eqz())).and(rest.nez());
  return m.choose(mode.eqz(), nearest, away);
}

/** Significand bits that precision control drops: 40, 0 (reserved), 11, 0. */
function droppedBits(m: Builder): Value {
  const precision = m.state(STATE.fcw).shrU(FCW.PCShift).and(3);
  return m.choose(precision.eqz(), 40, m.choose(precision.eq(2), 11, 0)).zext(64);
}

/** A significand cut to the precision: what stays (top-aligned), one unit, and the rest as a fraction of the unit. */
function cut(m: Builder, v: Wide, drop: Value): { kept: Value; unit: Value; rest: Value } {
  const unit = m.i64(1).shl(drop), sticky = v.low.nez().zext(64);
  return {
    kept: v.high.and(unit.neg()), unit,
    rest: m.choose(drop.eqz(), v.low, v.high.shl(drop.neg().and(63)).or(sticky)),
  };
}

/** The denormal result of a masked underflow. */
const PACK_DENORMAL: Routine = routine("pack-denormal-80", { params: [I32, I32, I64, I64, I64, I32], results: [I64, I32] }, (m, sign, exponent, high, low, drop, tiny) => {
  const c = cut(m, shiftRightSticky(m, { high: high!, low: low! }, m.i32(1).sub(exponent!)), drop!);
  const up = roundsUp(m, roundingControl(m), sign!, c.rest, c.kept.and(c.unit).nez());
  const inexact = c.rest.nez(), result = c.kept.add(m.choose(up, c.unit, 0));
  noteX87(m, inexact.mul(FSW.PE).or(inexact.and(tiny!).mul(FSW.UE)).or(up.mul(FSW.C1)));
  m.return(result, packSign(sign!, result.sign()));
});

const PACK: Routine = routine("pack-80", { params: [I32, I32, I64, I64, I64], results: [I64, I32] }, (m, sign, exponent, high, low, drop) => {
  const c = cut(m, { high: high!, low: low! }, drop!), mode = roundingControl(m);
  const up = roundsUp(m, mode, sign!, c.rest, c.kept.and(c.unit).nez()), inexact = c.rest.nez();
  const sum = c.kept.add(m.choose(up, c.unit, 0)), carry = sum.eqz();
  const significand = sum.or(carry.zext(64).shl(63)), e = exponent!.add(carry);
  const precision = inexact.mul(FSW.PE).or(up.mul(FSW.C1));
  m.if(exponent!.leS(0), () => {
    // Tininess is found after rounding as if the exponent were unbounded.
    const tiny = e.leS(0);
    m.if(tiny.and(unmaskedX87(m).and(FSW.UE).nez()), () => {
      // FSCALE may go beyond what the wrapped exponent holds: zero or infinity then.
      m.if(e.add(WRAP).leS(0), () => {
        noteX87(m, FSW.UE | FSW.PE);
        m.return(m.i64(0), packSign(sign!, 0));
      });
      noteX87(m, precision.or(FSW.UE));
      m.return(significand, packSign(sign!, e.add(WRAP).and(MAX_EXPONENT)));
    });
    m.return(...m.call(PACK_DENORMAL, sign!, exponent!, high!, low!, drop!, tiny));
  });
  m.if(e.geS(MAX_EXPONENT), () => {
    m.if(unmaskedX87(m).and(FSW.OE).nez(), () => {
      m.if(e.sub(WRAP).geS(MAX_EXPONENT), () => {
        noteX87(m, FSW.OE | FSW.PE | FSW.C1);
        m.return(m.i64(INTEGER_BIT), packSign(sign!, MAX_EXPONENT));
      });
      noteX87(m, precision.or(FSW.OE));
      m.return(significand, packSign(sign!, e.sub(WRAP).and(MAX_EXPONENT)));
    });
    const infinite = mode.eq(RC.nearest).or(mode.eq(m.choose(sign!, RC.down, RC.up)));
    noteX87(m, infinite.mul(FSW.C1).or(FSW.OE | FSW.PE));
    m.return(m.choose(infinite, m.i64(INTEGER_BIT), c.unit.neg()), packSign(sign!, m.choose(infinite, MAX_EXPONENT, MAX_EXPONENT - 1)));
  });
  noteX87(m, precision);
  m.return(significand, packSign(sign!, e));
});

/**
 * Rounds ± v · 2^(exponent - 16383 - 127) to the control word's precision in its rounding mode and packs it. Bit 127 of `v` must be set; bit 0 may
 * be sticky; `exponent` is any 32-bit number. Notes OE, UE, PE and C1; unmasked overflow and underflow wrap the exponent by 24576.
 * Precision control governs addition, subtraction, multiplication, division and square root only (SDM vol. 1, "Precision Control Field").
 */
export function pack80(m: Builder, sign: Value, exponent: Value, v: Wide): Float80 { return pack(m, PACK, sign, exponent, v, droppedBits(m)); }
/** As pack80, always to 64 bits: for every other operation. */
export function packExtended80(m: Builder, sign: Value, exponent: Value, v: Wide): Float80 { return pack(m, PACK, sign, exponent, v, m.i64(0)); }

function pack(m: Builder, r: Routine, sign: Value, exponent: Value, v: Wide, drop: Value): Float80 {
  const [significand, signExponent] = m.call(r, sign, exponent, v.high, v.low, drop);
  return { significand: significand!, signExponent: signExponent! };
}

/** As pack80 with any significand but zero: shifts it up first. */
export function normalizeAndPack80(m: Builder, sign: Value, exponent: Value, v: Wide): Float80 { return pack(m, NORMALIZE_AND_PACK, sign, exponent, v, droppedBits(m)); }
/** As packExtended80 with any significand but zero. */
export function normalizeAndPackExtended80(m: Builder, sign: Value, exponent: Value, v: Wide): Float80 { return pack(m, NORMALIZE_AND_PACK, sign, exponent, v, m.i64(0)); }

const NORMALIZE_AND_PACK: Routine = routine("normalize-pack-80", { params: [I32, I32, I64, I64, I64], results: [I64, I32] }, (m, sign, exponent, high, low, drop) => {
  const h = m.local(high!), l = m.local(low!), e = m.local(exponent!);
  m.if(high!.eqz(), () => { h.set(low!); l.set(0n); e.set(exponent!.sub(64)); });
  const up = h.get().clz(), v = shiftLeftWide({ high: h.get(), low: l.get() }, up);
  m.return(...m.call(PACK, sign!, e.get().sub(up.trunc(32)), v.high, v.low, drop!));
});
