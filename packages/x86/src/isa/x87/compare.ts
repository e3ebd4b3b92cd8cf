import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import type { InstructionBuilder, Operand } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { DOUBLE_REAL, SINGLE_REAL, widenInteger, widenReal } from "./convert.ts";
import { FastStack } from "./fast-stack.ts";
import { exponentOf, isNan, isNormal, isSignalling, isUnsupported, isZero, SIGN, type Float80 } from "./float80.ts";
import { noteDenormals } from "./nan.ts";
import { notePointers } from "./pointers.ts";
import { isEmpty, physical, popSt, readRegister } from "./stack.ts";
import { beginX87, clearC1, commitX87, FSW, noteStackFault, noteX87 } from "./status.ts";

/** Relations as the condition code: greater 0, less C0, equal C3, unordered all three. */
const UNORDERED = FSW.C0 | FSW.C2 | FSW.C3;

/** Relation of two finite or infinite numbers, none of them a NaN: condition code bits. */
function relation(m: Builder, a: Float80, b: Float80): Value {
  const ea = exponentOf(a), eb = exponentOf(b), sameExponent = ea.eq(eb), sameMagnitude = sameExponent.and(a.significand.eq(b.significand));
  const more = ea.gtU(eb).or(sameExponent.and(a.significand.gtU(b.significand)));
  const signA = a.signExponent.and(SIGN).nez(), differ = a.signExponent.xor(b.signExponent).and(SIGN).nez();
  const zeros = a.significand.or(b.significand).eqz();
  const equal = sameMagnitude.and(differ.xor(1)).or(zeros);
  const less = m.choose(differ, signA, more.xor(signA).xor(1));
  return m.choose(equal, FSW.C3, less.shl(8));
}

/** A denormal beside a pseudo-denormal compares by value: the exponent field 0 stands for 1. */
function comparable(m: Builder, v: Float80): Float80 {
  const pseudo = exponentOf(v).eqz().and(v.significand.ltS(0));
  return { significand: v.significand, signExponent: v.signExponent.or(m.choose(pseudo, 1, 0)) };
}

/** Condition code of ST(0) against b; notes IE and DE. `quiet`: quiet NaNs are not invalid. `empty`: b is an empty register. */
const COMPARE: Routine = routine("x87-compare", { params: [I64, I32, I32, I32], results: [I32] }, (m, significand, signExponent, quiet, empty) => {
  const register = physical(m, 0), a = readRegister(m, register), b: Float80 = { significand: significand!, signExponent: signExponent! };
  m.if(isEmpty(m, register).or(empty!), () => {
    noteStackFault(m, false);
    m.return(m.i32(UNORDERED));
  });
  const nan = isNan(a).or(isNan(b)), unsupported = isUnsupported(a).or(isUnsupported(b));
  m.if(nan.or(unsupported), () => {
    noteX87(m, unsupported.or(isSignalling(a)).or(isSignalling(b)).or(quiet!.eqz()).mul(FSW.IE));
    m.return(m.i32(UNORDERED));
  });
  noteDenormals(m, a, b);
  m.return(relation(m, comparable(m, a), comparable(m, b)));
});

interface Other { readonly value: Float80; readonly isEmpty?: Value; readonly ordinary: Value }
function stackOperand(m: InstructionBuilder, i: Value | number): Other {
  const register = physical(m, i), value = readRegister(m, register), empty = isEmpty(m, register);
  return { value, isEmpty: empty, ordinary: isNormal(value).or(isZero(value)).and(empty.xor(1)) };
}
function memoryOperand(m: InstructionBuilder, o: Operand, integer: boolean): Other {
  const bits = m.read(o), value = integer ? widenInteger(m, bits) : widenReal(m, o.bits === 32 ? SINGLE_REAL : DOUBLE_REAL, bits);
  return { value, ordinary: integer ? m.i32(1) : isNormal(value).and(value.signExponent.ltU(0x10000)).or(isZero(value)) };
}

/**
 * Compares and hands the relation to `deliver`, even where an exception is unmasked; then pops, unless one is. Those that deliver to
 * EFLAGS leave C1 as it is but for a stack fault (the silicon's answer).
 */
function compare(m: InstructionBuilder, operand: Operand | undefined, other: Other, quiet: boolean, pops: number, deliver: (code: Value) => void, keepsC1: boolean = false): void {
  const stack = new FastStack(m), a = stack.read(stack.index(0));
  const code = m.local(m.i32(0)), forbidden = m.local(m.i32(0));
  m.if(stack.isFull().and(isNormal(a).or(isZero(a))).and(other.ordinary), () => {
    code.set(relation(m, a, other.value));
    if (!keepsC1) clearC1(m);
  }, () => {
    beginX87(m);
    code.set(m.call1(COMPARE, other.value.significand, other.value.signExponent, m.i32(quiet ? 1 : 0), other.isEmpty ?? m.i32(0)));
    const c1 = m.state(STATE.fc1);
    forbidden.set(commitX87(m));
    notePointers(m, operand);
    if (keepsC1) m.if(m.state(STATE.floatFlags).and(FSW.SF).eqz(), () => m.setState(STATE.fc1, c1));
  });
  deliver(code.get());
  if (pops > 0) m.if(forbidden.get().eqz(), () => { for (let i = 0; i < pops; i++) popSt(m); });
}
function toStatus(m: InstructionBuilder): (code: Value) => void {
  return (code) => m.setState(STATE.fsw, m.state(STATE.fsw).and(~UNORDERED).or(code));
}
function toFlags(m: InstructionBuilder): (code: Value) => void {
  return (code) => {
    const off = m.i32(0);
    m.flags({ C: code.shrU(8).and(1), P: code.shrU(10).and(1), Z: code.shrU(14).and(1), O: off, S: off, A: off });
  };
}

function stackCompare(name: string, modrm: string, quiet: boolean, pops: number, title: string): Instruction {
  const wholeByte = pops === 2;
  return instruction(name, {
    forms: [wholeByte ? `${modrm}  ${name}` : `${modrm}+i  ${name} ST(i)`], feature: "fpu", unit: "x87", title,
    execute(m, src) { compare(m, src, stackOperand(m, wholeByte ? 1 : m.registerNumber(src!)), quiet, pops, toStatus(m)); },
  });
}
function flagCompare(name: string, modrm: string, quiet: boolean, pops: number): Instruction {
  return instruction(name, {
    forms: [`${modrm}+i  ${name} ST(0), ST(i)`], feature: "cmov", unit: "x87", title: "FCOMI/FCOMIP/FUCOMI/FUCOMIP—Compare Floating-Point Values and Set EFLAGS",
    execute(m, _dst, src) { compare(m, src, stackOperand(m, m.registerNumber(src!)), quiet, pops, toFlags(m), true); },
  });
}
function memoryCompare(name: string, forms: string[], integer: boolean, pops: number, title: string): Instruction {
  return instruction(name, {
    forms, feature: "fpu", unit: "x87", title,
    execute(m, src) { compare(m, src, memoryOperand(m, src!, integer), false, pops, toStatus(m)); },
  });
}

const TITLE = "FCOM/FCOMP/FCOMPP—Compare Floating-Point Values", QUIET_TITLE = "FUCOM/FUCOMP/FUCOMPP—Unordered Compare Floating-Point Values";
const FTST: Instruction = instruction("FTST", {
  forms: ["D9 E4  FTST"], feature: "fpu", unit: "x87", title: "FTST—TEST",
  execute(m) { compare(m, undefined, { value: { significand: m.i64(0), signExponent: m.i32(0) }, ordinary: m.i32(1) }, false, 0, toStatus(m)); },
});

/** FXAM: class in C3, C2, C0 and sign in C1 (SDM vol. 2A, "FXAM—Examine Floating-Point"). */
const FXAM: Instruction = instruction("FXAM", {
  forms: ["D9 E5  FXAM"], feature: "fpu", unit: "x87", title: "FXAM—Examine Floating-Point",
  execute(m) {
    const register = physical(m, 0), v = readRegister(m, register), exponent = exponentOf(v);
    const special = m.choose(isNan(v), FSW.C0, FSW.C0 | FSW.C2), small = m.choose(v.significand.eqz(), FSW.C3, FSW.C2 | FSW.C3);
    const code = m.choose(exponent.eqz(), small, m.choose(v.significand.geS(0), m.i32(0), m.choose(exponent.eq(0x7fff), special, FSW.C2)));
    const shown = m.choose(isEmpty(m, register), FSW.C0 | FSW.C3, code), sign = v.signExponent.shrU(15).and(1);
    m.setState(STATE.fsw, m.state(STATE.fsw).and(~UNORDERED).or(shown));
    m.setState(STATE.fc1, sign);
  },
});

/** Comparisons. */
export const X87_COMPARE: readonly Instruction[] = [
  memoryCompare("FCOM", ["D8 /2  FCOM m32fp", "DC /2  FCOM m64fp"], false, 0, TITLE), memoryCompare("FCOMP", ["D8 /3  FCOMP m32fp", "DC /3  FCOMP m64fp"], false, 1, TITLE),
  stackCompare("FCOM", "D8 D0", false, 0, TITLE), stackCompare("FCOMP", "D8 D8", false, 1, TITLE), stackCompare("FCOMPP", "DE D9", false, 2, TITLE),
  stackCompare("FUCOM", "DD E0", true, 0, QUIET_TITLE), stackCompare("FUCOMP", "DD E8", true, 1, QUIET_TITLE), stackCompare("FUCOMPP", "DA E9", true, 2, QUIET_TITLE),
  // Encodings that the manuals leave out and processors execute.
  stackCompare("FCOM2", "DC D0", false, 0, TITLE), stackCompare("FCOMP3", "DC D8", false, 1, TITLE), stackCompare("FCOMP5", "DE D0", false, 1, TITLE),
  memoryCompare("FICOM", ["DE /2  FICOM m16int", "DA /2  FICOM m32int"], true, 0, "FICOM/FICOMP—Compare Integer"),
  memoryCompare("FICOMP", ["DE /3  FICOMP m16int", "DA /3  FICOMP m32int"], true, 1, "FICOM/FICOMP—Compare Integer"),
  flagCompare("FCOMI", "DB F0", false, 0), flagCompare("FCOMIP", "DF F0", false, 1), flagCompare("FUCOMI", "DB E8", true, 0), flagCompare("FUCOMIP", "DF E8", true, 1),
  FTST, FXAM,
];
