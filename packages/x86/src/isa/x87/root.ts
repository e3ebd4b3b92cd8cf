import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { BIAS, isInfinite, isZero, normalize, signOf, type Float80 } from "./float80.ts";
import { noteDenormals, returnFloat80, returnInvalid, returnNan } from "./nan.ts";
import { pack80 } from "./round.ts";

/** Root (32 bits, top bit set) and remainder of a 64-bit number with one of its two top bits set. */
function shortRoot(m: Builder, n: Value): { root: Value; remainder: Value } {
  // The conversion rounds, so that the root may be one too high, or 2^32.
  const estimate = n.op("f64.convert_i64_u").op("f64.sqrt").op("i64.trunc_sat_f64_u");
  const r = m.choose(estimate.gtU(0xffff_ffff), m.i64(0xffff_ffff), estimate), high = r.mul(r).gtU(n), root = r.sub(high.zext(64));
  return { root, remainder: n.sub(root.mul(root)) };
}

/** Root of high:low (bit 127 or 126 set) and whether the remainder is zero, at most half a unit, or more: 0, 1, 2^63 + 1. */
const ROOT: Routine = routine("root-128", { params: [I64, I64], results: [I64, I64] }, (m, high, low) => {
  // P. Zimmermann, "Karatsuba Square Root": a short root, then one division for the lower half.
  const first = shortRoot(m, high!);
  const dividend = first.remainder.shl(32).or(low!.shrU(32));
  // The short remainder may have 33 bits: the dividend's bit 64 is lost in the shift.
  const overflow = first.remainder.shrU(32);
  const half = dividend.shrU(1).or(overflow.shl(63)), q0 = half.divU(first.root), u = half.remU(first.root).shl(1).or(dividend.and(1));
  const q = m.local(q0), rest = m.local(u);
  m.if(q0.gtU(0xffff_ffff), () => {
    q.set(q0.sub(1));
    rest.set(u.add(first.root.shl(1)));
  });
  const quotient = q.get(), root = m.local(first.root.shl(32).add(quotient));
  // remainder = rest · 2^32 + low half - quotient², up to 66 bits: high part and low part.
  const restNow = rest.get(), square = quotient.mul(quotient), lowPart = restNow.shl(32).or(low!.and(0xffff_ffffn));
  const remainderLow = m.local(lowPart.sub(square)), remainderHigh = m.local(restNow.shrU(32).sub(lowPart.ltU(square).zext(64)));
  m.if(remainderHigh.get().ltS(0), () => {
    // One too high: adds 2 · root - 1.
    const s = root.get(), add = s.shl(1).sub(1), sum = remainderLow.get().add(add);
    remainderHigh.set(remainderHigh.get().add(s.shrU(63)).add(sum.ltU(add).zext(64)));
    remainderLow.set(sum);
    root.set(s.sub(1));
  });
  const r = root.get(), above = remainderHigh.get().nez().or(remainderLow.get().gtU(r)), some = remainderHigh.get().or(remainderLow.get()).nez();
  m.return(r, above.zext(64).shl(63).or(some.zext(64)));
});

const SQUARE_ROOT: Routine = routine("square-root-80", { params: [I64, I32], results: [I64, I32] }, (m, significand, signExponent) => {
  const a: Float80 = { significand: significand!, signExponent: signExponent! };
  returnNan(m, a);
  m.if(isZero(a), () => returnFloat80(m, a));
  m.if(signOf(a), () => returnInvalid(m));
  m.if(isInfinite(a), () => returnFloat80(m, a));
  noteDenormals(m, a);
  // An even power of two: bit 127 stands for 2^1 or, halved, for 2^0.
  const p = normalize(m, a), power = p.exponent.sub(BIAS), even = power.and(1).xor(1).zext(64);
  const [root, rest] = m.call(ROOT, p.significand.shrU(even), p.significand.and(even).shl(63));
  returnFloat80(m, pack80(m, m.i32(0), power.shrS(1).add(BIAS), { high: root!, low: rest! }));
});

export function squareRoot80(m: Builder, a: Float80): Float80 {
  const [significand, signExponent] = m.call(SQUARE_ROOT, a.significand, a.signExponent);
  return { significand: significand!, signExponent: signExponent! };
}
