import type { Builder } from "../../ir/builder.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { BIAS, exponentOf, MAX_EXPONENT, SIGN, type Float80 } from "./float80.ts";
import { FSW } from "./status.ts";
import { combine } from "./sum.ts";
import { multiplyWide } from "./wide.ts";

/**
 * The common case of arithmetic, written where it is needed instead of being called: normal operands, rounding to nearest, 64 bits of precision, the
 * precision exception masked, a normal result. The same steps as the routines' on a part of their domain.
 */
export interface FastResult {
  readonly value: Float80;
  /** PE and C1 as the status word has them. */
  readonly flags: Value;
  /** 1 where the result is right; 0 = leave it to the routine. */
  readonly ok: Value;
}

/** Rounding to nearest, 64-bit precision, PE masked. */
export function isPlainControl(m: Builder): Value { return m.state(STATE.fcw).and(0xf20).eq(0x320); }

/** Rounds to nearest even a number whose bit 127 is set. `sign` is in bit 15. */
function roundNearest(high: Value, low: Value, sign: Value, exponent: Value): FastResult {
  const up = low.shrU(63).and(low.shl(1).or(high.and(1)).nez().zext(64)), sum = high.add(up), carry = sum.eqz();
  const e = exponent.add(carry);
  return {
    value: { significand: sum.or(carry.zext(64).shl(63)), signExponent: e.or(sign) },
    flags: low.nez().shl(5).or(up.trunc(32).shl(9)),
    ok: e.sub(1).ltU(MAX_EXPONENT - 1),
  };
}

/** Product of normal numbers. */
export function fastProduct(_m: Builder, a: Float80, b: Float80): FastResult {
  const p = multiplyWide(a.significand, b.significand), top = p.high.shrU(63), up = top.xor(1);
  const exponent = exponentOf(a).add(exponentOf(b)).sub(BIAS).add(top.trunc(32));
  const high = p.high.shl(up).or(p.low.shrU(63).and(up));
  return roundNearest(high, p.low.shl(up), a.signExponent.xor(b.signExponent).and(SIGN), exponent);
}

/** Sum of normal numbers whose exponents differ by less than 64; b's sign is inverted where `negate` is SIGN. */
export function fastSum(m: Builder, a: Float80, b: Float80, negateA: number, negateB: number): FastResult {
  const signA = a.signExponent.and(SIGN).xor(negateA), signB = b.signExponent.and(SIGN).xor(negateB);
  const ea = exponentOf(a), eb = exponentOf(b);
  const swap = ea.ltU(eb).or(ea.eq(eb).and(a.significand.ltU(b.significand)));
  const large = m.choose(swap, b.significand, a.significand), small = m.choose(swap, a.significand, b.significand);
  const exponent = m.choose(swap, eb, ea), sign = m.choose(swap, signB, signA), distance = exponent.sub(m.choose(swap, ea, eb));
  const d = distance.zext(64);
  const raw = combine(m, signA.ne(signB), large, exponent, { high: small.shrU(d), low: small.shl(1).shl(d.xor(63)) });
  const high = m.local(raw.high), low = m.local(raw.low), e = m.local(raw.exponent);
  m.if(raw.high.geS(0), () => {
    const up = raw.high.clz();
    high.set(raw.high.shl(up).or(raw.low.shrU(1).shrU(up.xor(63))));
    low.set(raw.low.shl(up));
    e.set(raw.exponent.sub(up.trunc(32)));
  });
  const r = roundNearest(high.get(), low.get(), sign, e.get());
  // A difference with nothing left in the upper half is not normalized by this.
  return { ...r, ok: r.ok.and(distance.ltU(64)).and(high.get().ltS(0)) };
}

/** The status word after a result with these flags: C1 anew, PE added. */
export function statusAfter(fsw: Value, flags: Value): Value { return fsw.and(~FSW.C1).or(flags); }
