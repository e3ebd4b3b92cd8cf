import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";

const LOW = 0xffff_ffffn;

/** Upper 64 bits of the unsigned product of two 64-bit numbers, from four products of halves. */
export const multiplyHighUnsigned: Routine = routine("multiplyHighUnsigned", { params: [I64, I64], results: [I64] }, (m, a, b) => {
  const al = a!.and(LOW), ah = a!.shrU(32), bl = b!.and(LOW), bh = b!.shrU(32);
  const middle = ah.mul(bl).add(al.mul(bl).shrU(32));
  const cross = al.mul(bh).add(middle.and(LOW));
  m.return(ah.mul(bh).add(middle.shrU(32)).add(cross.shrU(32)));
});

/** Upper 64 bits of the signed product of two 64-bit numbers. */
export const multiplyHighSigned: Routine = routine("multiplyHighSigned", { params: [I64, I64], results: [I64] }, (m, a, b) => {
  const high = m.call1(multiplyHighUnsigned, a!, b!);
  // A negative factor a counts as a + 2^64 in the unsigned product: that is b too much in the upper half.
  m.return(high.sub(a!.shrS(63).and(b!)).sub(b!.shrS(63).and(a!)));
});

/**
 * Quotient and remainder of a 128-bit number by a 64-bit one, unsigned; requires high < divisor. Two digits of 32 bits each, as
 * Knuth's algorithm D (The Art of Computer Programming, vol. 2, section 4.3.1).
 */
export const divideWideUnsigned: Routine = routine("divideWideUnsigned", { params: [I64, I64, I64], results: [I64, I64] }, (m, high, low, divisor) => {
  const shift = divisor!.clz();
  const d = divisor!.shl(shift), dh = d.shrU(32), dl = d.and(LOW);
  // A shift by 64 is a shift by 0 here, so the low half comes in over two steps.
  const nh = high!.shl(shift).or(low!.shrU(1).shrU(shift.xor(63))), nl = low!.shl(shift);
  /** One digit of the quotient: the estimate from the upper halves is at most two too large. */
  const digit = (above: Value, next: Value): { q: Value; rest: Value } => {
    const q = m.local(above.divU(dh)), r = m.local(above.remU(dh));
    m.loop(() => {
      const tooLarge = q.get().gtU(LOW).or(q.get().mul(dl).gtU(r.get().shl(32).or(next)));
      m.breakIf(tooLarge.eqz());
      q.set(q.get().sub(1));
      r.set(r.get().add(dh));
      m.breakIf(r.get().gtU(LOW));
    });
    const quotient = q.get();
    return { q: quotient, rest: above.shl(32).or(next).sub(quotient.mul(d)) };
  };
  const first = digit(nh, nl.shrU(32));
  const second = digit(first.rest, nl.and(LOW));
  m.return(first.q.shl(32).or(second.q), second.rest.shrU(shift));
});

/**
 * Quotient and remainder of a signed 128-bit number by a signed 64-bit one, truncated towards zero, and 1 where the quotient fits in
 * 64 bits. A zero divisor gives 0 there.
 */
export const divideWideSigned: Routine = routine("divideWideSigned", { params: [I64, I64, I64], results: [I64, I64, I32] }, (m, high, low, divisor) => {
  const zero = m.i64(0n);
  const negative = high!.sign(), negativeDivisor = divisor!.sign();
  const absLow = m.choose(negative, low!.neg(), low!);
  const absHigh = m.choose(negative, high!.not().add(low!.eqz().zext(64)), high!);
  const absDivisor = m.choose(negativeDivisor, divisor!.neg(), divisor!);
  m.if(absHigh.geU(absDivisor), () => m.return(zero, zero, m.i32(0)));
  const [q, r] = m.call(divideWideUnsigned, absHigh, absLow, absDivisor) as [Value, Value];
  const negativeQuotient = negative.xor(negativeDivisor);
  const quotient = m.choose(negativeQuotient, q.neg(), q);
  // The magnitude may reach 2^63 only where the quotient is negative; zero has no sign.
  const fits = quotient.sign().eq(negativeQuotient).or(q.eqz());
  m.return(quotient, m.choose(negative, r.neg(), r), fits);
});
