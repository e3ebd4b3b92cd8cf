import type { Builder, StateField } from "../../ir/builder.ts";
import type { Value } from "../../ir/value.ts";
import { FPR_STRIDE, STATE } from "../../state/state.ts";
import type { Float80 } from "./float80.ts";
import { FSW } from "./status.ts";

/** Sign and exponent of the first physical register: 16 bits of 32, so that what one instruction stores is at once the next one's (see STATE.fsw). */
export const SIGN_EXPONENT: StateField = { offset: STATE.fpr.offset + 8, type: "i32", bits: 32 };

/** A register of the stack: physical number, 0-7. */
export type Physical = Value;

/** Physical number of ST(i). */
export function physical(m: Builder, i: Value | number): Physical {
  const top = m.state(STATE.fsw).shrU(FSW.topShift);
  return (i === 0 ? top : top.add(i)).and(7);
}
/** Physical number of the register that a push makes ST(0). */
export function physicalBelow(m: Builder): Physical { return m.state(STATE.fsw).shrU(FSW.topShift).sub(1).and(7); }

/** 1 where the register is not empty. */
export function isFull(m: Builder, register: Physical): Value { return m.state(STATE.ftw).shrU(register).and(1); }
export function isEmpty(m: Builder, register: Physical): Value { return isFull(m, register).xor(1); }

export function readRegister(m: Builder, register: Physical): Float80 {
  const index = register.mul(FPR_STRIDE);
  return { significand: m.state(STATE.fpr, index), signExponent: m.state(SIGN_EXPONENT, index) };
}
/** Writes a register that is not empty, or whose tag the caller sets. */
export function writeRegister(m: Builder, register: Physical, v: Float80): void {
  const index = register.mul(FPR_STRIDE);
  m.setState(STATE.fpr, v.significand, index);
  m.setState(SIGN_EXPONENT, v.signExponent.and(0xffff), index);
}
export function markFull(m: Builder, register: Physical): void { m.setState(STATE.ftw, m.state(STATE.ftw).or(m.i32(1).shl(register))); }
export function markEmpty(m: Builder, register: Physical): void { m.setState(STATE.ftw, m.state(STATE.ftw).and(m.i32(1).shl(register).not())); }

/** Sets TOP to a physical number. */
export function setTop(m: Builder, register: Physical): void {
  m.setState(STATE.fsw, m.state(STATE.fsw).and(~FSW.top).or(register.shl(FSW.topShift)));
}
/** Writes ST(i), now not empty. */
export function writeSt(m: Builder, i: Value | number, v: Float80): void {
  const register = physical(m, i);
  writeRegister(m, register, v);
  markFull(m, register);
}
/** Pushes a number; the caller has found out whether the register was empty. */
export function pushSt(m: Builder, v: Float80): void {
  const register = physicalBelow(m);
  writeRegister(m, register, v);
  markFull(m, register);
  setTop(m, register);
}
/** Marks ST(0) empty and increments TOP. */
export function popSt(m: Builder): void {
  const register = physical(m, 0);
  markEmpty(m, register);
  setTop(m, register.add(1).and(7));
}
