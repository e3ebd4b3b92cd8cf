import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";

/** 128 bits. */
export interface Wide { readonly high: Value; readonly low: Value }

const LOW_HALF = 0xffff_ffffn;

/** a × b, 64 by 64 bits. */
export function multiplyWide(a: Value, b: Value): Wide {
  const al = a.and(LOW_HALF), ah = a.shrU(32), bl = b.and(LOW_HALF), bh = b.shrU(32);
  const middle = ah.mul(bl).add(al.mul(bl).shrU(32)), other = al.mul(bh).add(middle.and(LOW_HALF));
  return { high: ah.mul(bh).add(middle.shrU(32)).add(other.shrU(32)), low: a.mul(b) };
}

/** a + b and a - b modulo 2^128. */
export function addWide(a: Wide, b: Wide): Wide {
  const low = a.low.add(b.low);
  return { high: a.high.add(b.high).add(low.ltU(a.low).zext(64)), low };
}
export function subtractWide(a: Wide, b: Wide): Wide {
  return { high: a.high.sub(b.high).sub(a.low.ltU(b.low).zext(64)), low: a.low.sub(b.low) };
}

/** Shifted left by `count` (64 bits wide, 0-63). */
export function shiftLeftWide(v: Wide, count: Value): Wide {
  return { high: v.high.shl(count).or(v.low.shrU(1).shrU(count.xor(63))), low: v.low.shl(count) };
}

const SHIFT_RIGHT: Routine = routine("shift-right-sticky-128", { params: [I64, I64, I32], results: [I64, I64] }, (m, high, low, count) => {
  const n = count!.zext(64);
  m.if(count!.eqz(), () => m.return(high!, low!));
  m.if(count!.ltU(64), () => {
    const lost = low!.shl(n.neg().and(63)).nez().zext(64);
    m.return(high!.shrU(n), high!.shl(n.neg().and(63)).or(low!.shrU(n)).or(lost));
  });
  const k = n.and(63), rest = high!.shl(k.neg().and(63)), lost = m.choose(k.eqz(), low!, low!.or(rest)).nez().zext(64);
  m.if(count!.ltU(128), () => m.return(m.i64(0), high!.shrU(k).or(lost)));
  m.return(m.i64(0), high!.or(low!).nez().zext(64));
});
/** Shifted right by `count` (32 bits wide, any unsigned number); bits lost are kept as a one in bit 0. */
export function shiftRightSticky(m: Builder, v: Wide, count: Value): Wide {
  const [high, low] = m.call(SHIFT_RIGHT, v.high, v.low, count);
  return { high: high!, low: low! };
}

/** One 32-bit digit of a quotient: (remainder · 2^32 + digit) / divisor; the divisor's top bit is set, remainder < divisor. */
function divideStep(m: Builder, remainder: Value, digit: Value, divisor: Value): { quotient: Value; remainder: Value } {
  const top = divisor.shrU(32), bottom = divisor.and(LOW_HALF);
  const q = m.local(remainder.divU(top)), r = m.local(remainder.sub(q.get().mul(top)));
  m.loop(() => {
    const estimate = q.get(), rest = r.get();
    // Knuth's test (The Art of Computer Programming vol. 2, 4.3.1, algorithm D): at most two too many.
    m.breakIf(estimate.leU(LOW_HALF).and(estimate.mul(bottom).leU(rest.shl(32).or(digit))));
    q.set(estimate.sub(1));
    r.set(rest.add(top));
    m.breakIf(r.get().gtU(LOW_HALF));
  });
  const quotient = q.get();
  return { quotient, remainder: remainder.shl(32).or(digit).sub(quotient.mul(divisor)) };
}
const DIVIDE: Routine = routine("divide-128", { params: [I64, I64, I64], results: [I64, I64] }, (m, high, low, divisor) => {
  const first = divideStep(m, high!, low!.shrU(32), divisor!), second = divideStep(m, first.remainder, low!.and(LOW_HALF), divisor!);
  m.return(first.quotient.shl(32).or(second.quotient), second.remainder);
});
/** 128 by 64 bits; needs the divisor's top bit set and high < divisor. */
export function divideWide(m: Builder, dividend: Wide, divisor: Value): { quotient: Value; remainder: Value } {
  const [quotient, remainder] = m.call(DIVIDE, dividend.high, dividend.low, divisor);
  return { quotient: quotient!, remainder: remainder! };
}
