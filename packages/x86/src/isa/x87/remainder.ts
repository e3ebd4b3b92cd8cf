import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import { STATE } from "../../state/state.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { indefinite, isInfinite, isZero, normalize, packSign, type Float80 } from "./float80.ts";
import { noteDenormals, returnFloat80, returnInvalid, returnNan } from "./nan.ts";
import { notePointers } from "./pointers.ts";
import { normalizeAndPackExtended80 } from "./round.ts";
import { isEmpty, physical, readRegister, writeSt } from "./stack.ts";
import { beginX87, commitX87, FSW, noteStackFault, noteX87, unmaskedX87 } from "./status.ts";
import { divideWide } from "./wide.ts";

/**
 * Partial remainder of a by b. Exponents that differ by less than 64 are finished, and C0 C3 C1 get the quotient's bits 2 1 0; else 32 to 63 bits of
 * quotient are taken off, as many as leave a multiple of 32, and C2 is set. An invalid operation or an unmasked exception leaves C0 and C3 as they are (the silicon's answers).
 */
function remainderRoutine(name: string, nearest: boolean): Routine {
  return routine(name, { params: [I64, I32, I64, I32], results: [I64, I32] }, (m, aSignificand, aSign, bSignificand, bSign) => {
    const a: Float80 = { significand: aSignificand!, signExponent: aSign! }, b: Float80 = { significand: bSignificand!, signExponent: bSign! };
    returnNan(m, a, b);
    m.if(isInfinite(a).or(isZero(b)), () => returnInvalid(m));
    noteDenormals(m, a, b);
    m.if(m.state(STATE.floatFlags).and(unmaskedX87(m)).eqz(), () => m.setState(STATE.fsw, m.state(STATE.fsw).and(~(FSW.C0 | FSW.C3))));
    m.if(isZero(a), () => returnFloat80(m, a));
    const p = normalize(m, a), q = normalize(m, b), distance = p.exponent.sub(q.exponent);
    m.if(isInfinite(b).or(distance.ltS(nearest ? -1 : 0)), () => {
      returnFloat80(m, normalizeAndPackExtended80(m, p.sign, p.exponent, { high: p.significand, low: m.i64(0) }));
    });
    const sign = m.local(p.sign), exponent = m.local(q.exponent), rest = m.local(p.significand), quotient = m.local(m.i32(0));
    const finish = (): void => {
      const bits = quotient.get();
      noteX87(m, bits.and(4).shl(6).or(bits.and(2).shl(13)).or(bits.and(1).shl(9)));
    };
    const step = (): void => {
      const n = m.choose(distance.ltS(64), distance, distance.and(31).add(32)), count = n.zext(64);
      const d = divideWide(m, { high: p.significand.shrU(1).shrU(count.xor(63)), low: p.significand.shl(count) }, q.significand);
      rest.set(d.remainder);
      m.if(distance.geS(64), () => {
        noteX87(m, FSW.C2);
        exponent.set(q.exponent.add(distance.sub(n)));
      }, () => {
        quotient.set(d.quotient.trunc(32).and(7));
        if (nearest) {
          const other = q.significand.sub(d.remainder), odd = d.quotient.trunc(32).and(1);
          m.if(d.remainder.gtU(other).or(d.remainder.eq(other).and(odd)), () => {
            rest.set(other);
            sign.set(p.sign.xor(1));
            quotient.set(d.quotient.trunc(32).add(1).and(7));
          });
        }
        finish();
      });
    };
    if (nearest) {
      m.if(distance.ltS(0), () => {
        // a is less than b and at least a quarter of it: 0 or 1 times b, the exponent of a.
        exponent.set(p.exponent);
        m.if(p.significand.gtU(q.significand), () => {
          rest.set(q.significand.shl(1).sub(p.significand));
          sign.set(p.sign.xor(1));
          quotient.set(1);
        });
        finish();
      }, step);
    } else step();
    m.if(rest.get().eqz(), () => m.return(m.i64(0), packSign(p.sign, 0)));
    returnFloat80(m, normalizeAndPackExtended80(m, sign.get(), exponent.get(), { high: rest.get(), low: m.i64(0) }));
  });
}

function remainder(name: string, modrm: string, nearest: boolean): Instruction {
  const compute = remainderRoutine(`remainder-80${nearest ? "-nearest" : ""}`, nearest);
  const full = routine(`x87-${name.toLowerCase()}`, { params: [] }, (m: Builder) => {
    beginX87(m);
    const register = physical(m, 0), other = physical(m, 1), nan = indefinite(m), s = m.local(nan.significand), e = m.local(nan.signExponent);
    m.if(isEmpty(m, register).or(isEmpty(m, other)), () => noteStackFault(m, false), () => {
      const a = readRegister(m, register), b = readRegister(m, other);
      const [significand, signExponent] = m.call(compute, a.significand, a.signExponent, b.significand, b.signExponent);
      s.set(significand!);
      e.set(signExponent!);
    });
    m.setState(STATE.fsw, m.state(STATE.fsw).and(~FSW.C2));
    m.if(commitX87(m).eqz(), () => writeSt(m, 0, { significand: s.get(), signExponent: e.get() }));
  });
  return instruction(name, {
    forms: [`D9 ${modrm}  ${name}`], feature: "fpu", unit: "x87", title: `${name}—Partial Remainder`,
    execute(m) {
      m.call(full);
      notePointers(m);
    },
  });
}

/** FPREM (quotient truncated) and FPREM1 (quotient rounded to nearest, as IEEE 754 has it). */
export const X87_REMAINDER: readonly Instruction[] = [remainder("FPREM", "F8", false), remainder("FPREM1", "F5", true)];
