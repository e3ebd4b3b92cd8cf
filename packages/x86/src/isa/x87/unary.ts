import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { BIAS, exponentOf, float80, indefinite, INTEGER_BIT, isInfinite, isNanOrUnsupported, isZero, MAX_EXPONENT, normalize, packSign, SIGN, signOf, type Float80 } from "./float80.ts";
import { nanOfOne, noteDenormals, returnFloat80, returnInvalid, returnNan } from "./nan.ts";
import { notePointers } from "./pointers.ts";
import { packExtended80, roundingControl, roundsUp } from "./round.ts";
import { isEmpty, isFull, physical, physicalBelow, pushSt, readRegister, writeRegister, writeSt } from "./stack.ts";
import { beginX87, clearC1, commitX87, FSW, noteStackFault, noteX87 } from "./status.ts";
import { shiftRightSticky } from "./wide.ts";

/** An instruction that replaces ST(0) by a function of it (and, with `second`, of ST(1)), all exceptions included. */
export function replaceTop(name: string, second: boolean, compute: (m: Builder, a: Float80, b: Float80) => Float80): Routine {
  return routine(name, { params: [] }, (m) => {
    beginX87(m);
    const register = physical(m, 0), other = physical(m, second ? 1 : 0), nan = indefinite(m);
    const s = m.local(nan.significand), e = m.local(nan.signExponent);
    m.if(isEmpty(m, register).or(isEmpty(m, other)), () => noteStackFault(m, false), () => {
      const r = compute(m, readRegister(m, register), readRegister(m, other));
      s.set(r.significand);
      e.set(r.signExponent);
    });
    m.if(commitX87(m).eqz(), () => writeSt(m, 0, { significand: s.get(), signExponent: e.get() }));
  });
}
function fromCall(m: Builder, r: Routine, ...args: Value[]): Float80 {
  const [significand, signExponent] = m.call(r, ...args);
  return { significand: significand!, signExponent: signExponent! };
}

// ---- sign ----

function signChange(name: string, modrm: string, title: string, change: (signExponent: Value) => Value): Instruction {
  const full = replaceTop(`x87-${name.toLowerCase()}`, false, (_m, a) => ({ significand: a.significand, signExponent: change(a.signExponent) }));
  return instruction(name, {
    forms: [`D9 ${modrm}  ${name}`], feature: "fpu", unit: "x87", title,
    execute(m) {
      const register = physical(m, 0), v = readRegister(m, register);
      m.if(isFull(m, register), () => {
        writeRegister(m, register, { significand: v.significand, signExponent: change(v.signExponent) });
        clearC1(m);
      }, () => {
        m.call(full);
        notePointers(m);
      });
    },
  });
}

// ---- FRNDINT ----

const TO_INTEGRAL: Routine = routine("integral-80", { params: [I64, I32], results: [I64, I32] }, (m, significand, signExponent) => {
  const a: Float80 = { significand: significand!, signExponent: signExponent! };
  returnNan(m, a);
  noteDenormals(m, a);
  const power = exponentOf(a).sub(BIAS), sign = signOf(a);
  m.if(power.geS(63).or(isZero(a)), () => returnFloat80(m, a));
  const wide = shiftRightSticky(m, { high: a.significand, low: m.i64(0) }, m.i32(63).sub(power));
  const up = roundsUp(m, roundingControl(m), sign, wide.low, wide.high.trunc(32).and(1)), magnitude = wide.high.add(up.zext(64));
  noteX87(m, wide.low.nez().mul(FSW.PE).or(up.mul(FSW.C1)));
  m.if(magnitude.eqz(), () => m.return(m.i64(0), packSign(sign, 0)));
  const lead = magnitude.clz();
  m.return(magnitude.shl(lead), packSign(sign, m.i32(BIAS + 63).sub(lead.trunc(32))));
});
const FRNDINT_FULL = replaceTop("x87-frndint", false, (m, a) => fromCall(m, TO_INTEGRAL, a.significand, a.signExponent));

// ---- FSCALE ----

const SCALE: Routine = routine("scale-80", { params: [I64, I32, I64, I32], results: [I64, I32] }, (m, aSignificand, aSign, bSignificand, bSign) => {
  const a: Float80 = { significand: aSignificand!, signExponent: aSign! }, b: Float80 = { significand: bSignificand!, signExponent: bSign! };
  returnNan(m, a, b);
  m.if(isInfinite(b), () => {
    const down = signOf(b);
    // 0 · 2^+∞ and ∞ · 2^-∞ are invalid.
    m.if(m.choose(down, isInfinite(a), isZero(a)), () => returnInvalid(m));
    noteDenormals(m, a, b);
    m.return(m.choose(down, m.i64(0), m.i64(INTEGER_BIT)), packSign(signOf(a), m.choose(down, 0, MAX_EXPONENT)));
  });
  noteDenormals(m, a, b);
  m.if(isInfinite(a).or(isZero(a)), () => returnFloat80(m, a));
  // b truncated to an integer, held within ±2^16: beyond that every number overflows or underflows.
  const power = exponentOf(b).sub(BIAS), scale = m.local(m.i32(0));
  m.if(power.geS(0), () => {
    const magnitude = m.choose(power.gtS(15), m.i32(0x10000), b.significand.shrU(m.i32(63).sub(power).and(63).zext(64)).trunc(32));
    scale.set(m.choose(signOf(b), m.i32(0).sub(magnitude), magnitude));
  });
  const n = normalize(m, a);
  returnFloat80(m, packExtended80(m, n.sign, n.exponent.add(scale.get()), { high: n.significand, low: m.i64(0) }));
});
const FSCALE_FULL = replaceTop("x87-fscale", true, (m, a, b) => fromCall(m, SCALE, a.significand, a.signExponent, b.significand, b.signExponent));

// ---- FXTRACT ----

const EXTRACT: Routine = routine("x87-fxtract", { params: [] }, (m) => {
  beginX87(m);
  const register = physical(m, 0), a = readRegister(m, register), nan = indefinite(m);
  const exponent = { s: m.local(nan.significand), e: m.local(nan.signExponent) }, rest = { s: m.local(nan.significand), e: m.local(nan.signExponent) };
  const set = (to: typeof rest, v: Float80): void => { to.s.set(v.significand); to.e.set(v.signExponent); };
  const finite = (): void => {
    noteDenormals(m, a);
    const n = normalize(m, a), power = n.exponent.sub(BIAS), negative = power.ltS(0), size = m.choose(negative, m.i32(0).sub(power), power).zext(64), lead = size.clz();
    set(rest, { significand: n.significand, signExponent: packSign(n.sign, BIAS) });
    set(exponent, {
      significand: size.shl(lead.and(63)),
      signExponent: m.choose(size.eqz(), m.i32(0), packSign(negative, m.i32(BIAS + 63).sub(lead.trunc(32)))),
    });
  };
  m.if(isEmpty(m, register), () => noteStackFault(m, false), () => m.if(isFull(m, physicalBelow(m)), () => noteStackFault(m, true), () => {
    m.if(isNanOrUnsupported(a), () => {
      const q = nanOfOne(m, a);
      set(rest, q);
      set(exponent, q);
    }, () => m.if(isInfinite(a), () => {
      set(rest, a);
      set(exponent, float80(m, INTEGER_BIT, MAX_EXPONENT));
    }, () => m.if(isZero(a), () => {
      noteX87(m, FSW.ZE);
      set(rest, a);
      set(exponent, float80(m, INTEGER_BIT, SIGN | MAX_EXPONENT));
    }, finite)));
  }));
  m.if(commitX87(m).eqz(), () => {
    writeSt(m, 0, { significand: exponent.s.get(), signExponent: exponent.e.get() });
    pushSt(m, { significand: rest.s.get(), signExponent: rest.e.get() });
  });
});

function simple(name: string, modrm: string, title: string, full: Routine): Instruction {
  return instruction(name, {
    forms: [`D9 ${modrm}  ${name}`], feature: "fpu", unit: "x87", title,
    execute(m) {
      m.call(full);
      notePointers(m);
    },
  });
}

/** Operations on ST(0): sign, rounding to an integer, scaling, extraction. */
export const X87_UNARY: readonly Instruction[] = [
  signChange("FCHS", "E0", "FCHS—Change Sign", (e) => e.xor(SIGN)), signChange("FABS", "E1", "FABS—Absolute Value", (e) => e.and(MAX_EXPONENT)),
  simple("FRNDINT", "FC", "FRNDINT—Round to Integer", FRNDINT_FULL), simple("FSCALE", "FD", "FSCALE—Scale", FSCALE_FULL),
  simple("FXTRACT", "F4", "FXTRACT—Extract Exponent and Significand", EXTRACT),
];
