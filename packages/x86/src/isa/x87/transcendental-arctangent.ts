import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { BIAS, isInfinite, isZero, normalize, packSign, signOf, type Float80, type Normalized } from "./float80.ts";
import { noteDenormals, returnFloat80, returnNan } from "./nan.ts";
import { chooseWide, divideScaled, fromFixed, multiplyHigh, negateWide, normalizeScaled, scaled64, series, timesSmall, toFixed, toFraction, wideConstant, type Scaled } from "./transcendental-fixed.ts";
import { finishInexact } from "./transcendental-result.ts";
import { ARCTANGENT_OFFSET, FRACTION_BYTES, ODD_OFFSET } from "./transcendental-tables.ts";
import { PI } from "./transcendental.table.ts";
import { addWide, subtractWide, type Wide } from "./wide.ts";

/** Terms after the first: the next is below 2^-100 for an argument of 1/16. */
const TERMS = 11;
/** pi has two bits before the point. */
const PI_BITS = 2;

/** arctan u for a normalized 0 < u <= 1/16, not normalized. */
const ARCTANGENT: Routine = routine("arctangent-128", { params: [I32, I64, I64], results: [I64, I64] }, (m, exponent, high, low) => {
  const u: Wide = { high: high!, low: low! }, f = toFraction(m, { wide: u, exponent: exponent! }), square = multiplyHigh(m, f, f);
  // u - u³/3 + …: always a little below u.
  const part = multiplyHigh(m, u, multiplyHigh(m, square, series(m, ODD_OFFSET, 1, TERMS, 1, square)));
  const result = subtractWide(u, addWide(part, wideConstant(m, 1n)));
  m.return(result.high, result.low);
});
function arctangent(m: Builder, u: Scaled): Scaled {
  const [high, low] = m.call(ARCTANGENT, u.exponent, u.wide.high, u.wide.low);
  return { wide: { high: high!, low: low! }, exponent: u.exponent };
}

/**
 * The angle of the point (|x|, |y|), mirrored to the left where `left`: arctan t = arctan j/8 + arctan((t - j/8) / (1 + t·j/8)) for the smaller
 * coordinate over the greater. Significands and unbiased exponents of y and x; the result is a scaled number.
 */
const ANGLE: Routine = routine("angle-128", { params: [I64, I32, I64, I32, I32], results: [I32, I64, I64] }, (m, ys, ye, xs, xe, left) => {
  const steep = ye!.gtS(xe!).or(ye!.eq(xe!).and(ys!.gtU(xs!)));
  const n = m.choose(steep, xs!, ys!), d = m.choose(steep, ys!, xs!), ne = m.choose(steep, xe!, ye!), de = m.choose(steep, ye!, xe!), apart = de.sub(ne);
  const j = m.local(m.i64(0)), turn = steep.or(left!), part = m.local(m.i64(0)), partLow = m.local(m.i64(0)), negative = m.local(m.i32(0));
  m.if(apart.leS(4), () => j.set(n.shrU(4).shrU(apart.zext(64)).shl(3).add(d.shrU(5)).divU(d.shrU(4))));
  m.if(j.get().eqz(), () => {
    const a = arctangent(m, divideScaled(m, scaled64(m, n, ne), scaled64(m, d, de)));
    m.if(turn.eqz(), () => m.return(a.exponent, a.wide.high, a.wide.low));
    const f = toFixed(m, a, PI_BITS);
    part.set(f.high);
    partLow.set(f.low);
  }, () => {
    // Both coordinates exactly, the greater with its top bit at 119.
    const steps = j.get(), shift = apart.zext(64).add(8);
    const nw: Wide = { high: n.shrU(shift), low: n.shl(m.i64(64).sub(shift)) }, dw: Wide = { high: d.shrU(8), low: d.shl(56) };
    const over = subtractWide(timesSmall(nw, m.i64(8)), timesSmall(dw, steps)), under = addWide(timesSmall(dw, m.i64(8)), timesSmall(nw, steps));
    negative.set(over.high.sign());
    m.if(over.high.or(over.low).nez(), () => {
      const one = m.i32(0), magnitude = chooseWide(m, over.high.sign(), negateWide(over), over);
      const quotient = divideScaled(m, normalizeScaled(m, { wide: magnitude, exponent: one }), normalizeScaled(m, { wide: under, exponent: one }));
      const f = toFixed(m, arctangent(m, quotient), PI_BITS);
      part.set(f.high);
      partLow.set(f.low);
    });
  });
  const entry = m.state(STATE.tables).add(j.get().trunc(32).mul(FRACTION_BYTES)).add(ARCTANGENT_OFFSET);
  const fraction: Wide = { high: m.hostLoad("i64.load", entry, 8), low: m.hostLoad("i64.load", entry) };
  const base = toFixed(m, fromFixed(m, fraction, 0), PI_BITS), rest: Wide = { high: part.get(), low: partLow.get() };
  const angle = chooseWide(m, negative.get(), subtractWide(base, rest), addWide(base, rest));
  const pi = wideConstant(m, PI), halfPi = wideConstant(m, PI >> 1n);
  const fromVertical = chooseWide(m, left!, addWide(halfPi, angle), subtractWide(halfPi, angle));
  const whole = chooseWide(m, steep, fromVertical, chooseWide(m, left!, subtractWide(pi, angle), angle));
  m.return(m.i32(PI_BITS - 1), whole.high, whole.low);
});

/** A multiple of pi/4 with the sign of `sign`. */
function returnEighths(m: Builder, sign: Value, eighths: bigint): void {
  returnFloat80(m, finishInexact(m, sign, fromFixed(m, wideConstant(m, (PI * eighths) >> 2n), PI_BITS)));
}
function returnZero(m: Builder, sign: Value): void { m.return(m.i64(0), packSign(sign, 0)); }

/** Special cases of SDM vol. 2A, "FPATAN—Partial Arctangent", table "FPATAN Results": the limits as the processor reports them. */
function returnLimits(m: Builder, y: Float80, x: Float80): void {
  const sign = signOf(y), left = signOf(x);
  m.if(isInfinite(y), () => {
    m.if(isInfinite(x), () => {
      m.if(left, () => returnEighths(m, sign, 3n));
      returnEighths(m, sign, 1n);
    });
    returnEighths(m, sign, 2n);
  });
  // On the axis: exact to the right.
  m.if(isInfinite(x).or(isZero(y)), () => {
    m.if(left, () => returnEighths(m, sign, 4n));
    returnZero(m, sign);
  });
  m.if(isZero(x), () => returnEighths(m, sign, 2n));
}

/** arctan(y/x) in the point's own quadrant. */
export const ARCTANGENT_80: Routine = routine("arctangent-80", { params: [I64, I32, I64, I32], results: [I64, I32] }, (m, ySignificand, ySign, xSignificand, xSign) => {
  const y: Float80 = { significand: ySignificand!, signExponent: ySign! }, x: Float80 = { significand: xSignificand!, signExponent: xSign! };
  returnNan(m, y, x);
  noteDenormals(m, y, x);
  returnLimits(m, y, x);
  const p: Normalized = normalize(m, y), q = normalize(m, x);
  const [exponent, high, low] = m.call(ANGLE, p.significand, p.exponent.sub(BIAS), q.significand, q.exponent.sub(BIAS), q.sign);
  returnFloat80(m, finishInexact(m, p.sign, { exponent: exponent!, wide: { high: high!, low: low! } }));
});
