import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import type { InstructionBuilder, Operand } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { DOUBLE_REAL, SINGLE_REAL, type ShortFormat } from "./convert.ts";
import { FastStack } from "./fast-stack.ts";
import { indefinite, isNormal, signOf } from "./float80.ts";
import { narrow80, narrowFast, shortIndefinite, toInteger80 } from "./narrow.ts";
import { notePointers } from "./pointers.ts";
import { roundingControl } from "./round.ts";
import { isEmpty, isFull, markFull, physical, popSt, readRegister, writeRegister } from "./stack.ts";
import { beginX87, clearC1, commitX87, FSW, memoryResultForbidden, noteStackFault, noteX87, RC } from "./status.ts";

/** What ST(0) becomes in memory, with everything noted. */
function storeRoutine(f: ShortFormat): Routine {
  return routine(`x87-store-${f.bits}`, { params: [], results: [f.bits === 32 ? I32 : I64] }, (m) => {
    beginX87(m);
    const register = physical(m, 0);
    m.if(isEmpty(m, register), () => {
      noteStackFault(m, false);
      m.return(shortIndefinite(m, f));
    });
    m.return(narrow80(m, f, readRegister(m, register)));
  });
}
const STORE_REAL: { readonly [bits: number]: Routine } = { 32: storeRoutine(SINGLE_REAL), 64: storeRoutine(DOUBLE_REAL) };

/** Reports and, unless something forbids it, pops. `forbidden`: nothing was stored. */
const FINISH: Routine = routine("x87-finish-store", { params: [I32, I32] }, (m, forbidden, pop) => {
  commitX87(m);
  m.if(forbidden!.eqz().and(pop!), () => popSt(m));
});

function finish(m: InstructionBuilder, dst: Operand, forbidden: Value, pop: boolean): void {
  m.call(FINISH, forbidden, m.i32(pop ? 1 : 0));
  notePointers(m, dst);
}

function storeReal(m: InstructionBuilder, dst: Operand, f: ShortFormat, pop: boolean): void {
  const stack = new FastStack(m), v = stack.read(stack.index(0));
  const fast = narrowFast(m, f, v), ok = fast.ok.and(isNormal(v)).and(stack.isFull()).and(m.state(STATE.fcw).and(0xc20).eq(0x20));
  const bits = m.local(fast.bits), forbidden = m.local(m.i32(0));
  m.if(ok.eqz(), () => {
    bits.set(m.call1(STORE_REAL[f.bits]!));
    forbidden.set(memoryResultForbidden(m));
  });
  storeUnless(m, forbidden.get(), dst, () => m.write(dst, bits.get()));
  m.if(ok, () => stack.finish(fast, pop ? 1 : 0), () => finish(m, dst, forbidden.get(), pop));
}

/** Stores; where that is forbidden a faulting access still raises its fault. */
function storeUnless(m: InstructionBuilder, forbidden: Value, dst: Operand, store: () => void): void {
  const size = dst.bits / 8, address = m.address(dst, size, "write");
  m.if(forbidden, () => {
    if (size > 8) m.probe(address, 8, "write");
    m.probe(address, size, "write");
  }, store);
}

function integerRoutine(bits: 16 | 32 | 64, truncate: boolean): Routine {
  return routine(`x87-integer-${bits}${truncate ? "-truncated" : ""}`, { params: [], results: [I64] }, (m) => {
    beginX87(m);
    const register = physical(m, 0);
    m.if(isEmpty(m, register), () => {
      noteStackFault(m, false);
      m.return(m.i64(-(1n << BigInt(bits - 1))));
    });
    m.return(toInteger80(m, readRegister(m, register), truncate ? m.i32(RC.zero) : roundingControl(m), bits));
  });
}
const INTEGER: { readonly [key: string]: Routine } = Object.fromEntries(([16, 32, 64] as const).flatMap((bits) => [
  [`${bits}`, integerRoutine(bits, false)], [`${bits} truncated`, integerRoutine(bits, true)],
]));

function storeInteger(m: InstructionBuilder, dst: Operand, truncate: boolean, pop: boolean): void {
  const value = m.call1(INTEGER[`${dst.bits}${truncate ? " truncated" : ""}`]!), forbidden = memoryResultForbidden(m);
  storeUnless(m, forbidden, dst, () => m.write(dst, value.trunc(dst.bits as 16 | 32 | 64)));
  finish(m, dst, forbidden, pop);
}

/** Ten bytes at once: on a page boundary nothing is written unless all can be. */
function storeTen(m: InstructionBuilder, dst: Operand, low: Value, high: Value): void {
  const address = m.address(dst, 10, "write");
  m.if(address.trunc(32).and(0xfff).gtU(4096 - 10), () => {
    m.probe(address, 8, "write");
    m.probe(address, 10, "write");
  });
  m.store(address, low);
  m.store(address.add(8), high.trunc(16));
}

/** Rounds ST(0) to 18 decimal digits: low eight bytes and high two. */
const TO_DECIMAL: Routine = routine("x87-to-decimal", { params: [], results: [I64, I32] }, (m) => {
  beginX87(m);
  const register = physical(m, 0), v = readRegister(m, register);
  const invalid = (): void => m.return(m.i64(BigInt.asIntN(64, 0xc000_0000_0000_0000n)), m.i32(0xffff));
  m.if(isEmpty(m, register), () => {
    noteStackFault(m, false);
    invalid();
  });
  const integer = toInteger80(m, v, roundingControl(m), 64), magnitude = m.choose(integer.ltS(0), integer.neg(), integer);
  m.if(magnitude.gtU(999_999_999_999_999_999n), () => {
    beginX87(m);
    noteX87(m, FSW.IE);
    invalid();
  });
  const rest = m.local(magnitude), digits = m.local(m.i64(0)), count = m.local(m.i32(8));
  const pair = (n: Value): Value => n.remU(100).divU(10).shl(4).or(n.remU(10));
  m.loop(() => {
    digits.set(digits.get().shrU(8).or(pair(rest.get()).shl(56)));
    rest.set(rest.get().divU(100));
    count.set(count.get().sub(1));
    m.breakIf(count.get().eqz());
  });
  m.return(digits.get(), pair(rest.get()).trunc(32).or(signOf(v).shl(15)));
});

/** What a register store gives for an empty register, and its exceptions. */
const STORE_REGISTER: Routine = routine("x87-store-register", { params: [I32, I32] }, (m, target, pop) => {
  beginX87(m);
  const register = physical(m, 0), v = readRegister(m, register), nan = indefinite(m), to = physical(m, target!);
  const s = m.local(v.significand), e = m.local(v.signExponent);
  m.if(isEmpty(m, register), () => {
    noteStackFault(m, false);
    s.set(nan.significand);
    e.set(nan.signExponent);
  });
  m.if(commitX87(m).eqz(), () => {
    writeRegister(m, to, { significand: s.get(), signExponent: e.get() });
    markFull(m, to);
    m.if(pop!, () => popSt(m));
  });
});
function storeRegister(m: InstructionBuilder, dst: Operand, pop: boolean): void {
  const stack = new FastStack(m), target = m.registerNumber(dst).and(7);
  m.if(stack.isFull(), () => {
    const index = stack.index(target);
    stack.write(index, stack.read(stack.index(0)));
    stack.finish(undefined, pop ? 1 : 0, index);
  }, () => {
    m.call(STORE_REGISTER, target, m.i32(pop ? 1 : 0));
    notePointers(m, dst);
  });
}

/** FSTP1 raises nothing: an empty register is popped without being stored. */
const FSTP1: Instruction = instruction("FSTP1", {
  forms: ["D9 D8+i  FSTP1 ST(i)"], feature: "fpu", unit: "x87", title: "FST/FSTP—Store Floating-Point Value",
  execute(m, dst) {
    const register = physical(m, 0), to = physical(m, m.registerNumber(dst!));
    m.if(isFull(m, register), () => {
      writeRegister(m, to, readRegister(m, register));
      markFull(m, to);
    });
    clearC1(m);
    popSt(m);
  },
});

const REAL_TITLE = "FST/FSTP—Store Floating-Point Value", INTEGER_TITLE = "FIST/FISTP—Store Integer";
function realStores(): Instruction[] {
  const store = (name: string, forms: string[], pop: boolean): Instruction => instruction(name, {
    forms, feature: "fpu", unit: "x87", title: REAL_TITLE,
    execute(m, dst) { storeReal(m, dst!, dst!.bits === 32 ? SINGLE_REAL : DOUBLE_REAL, pop); },
  });
  const register = (name: string, form: string, pop: boolean): Instruction => instruction(name, {
    forms: [form], feature: "fpu", unit: "x87", title: REAL_TITLE,
    execute(m, dst) { storeRegister(m, dst!, pop); },
  });
  return [
    store("FST", ["D9 /2  FST m32fp", "DD /2  FST m64fp"], false), store("FSTP", ["D9 /3  FSTP m32fp", "DD /3  FSTP m64fp"], true),
    register("FST", "DD D0+i  FST ST(i)", false), register("FSTP", "DD D8+i  FSTP ST(i)", true),
    // Encodings that the manuals leave out and processors execute.
    FSTP1, register("FSTP8", "DF D0+i  FSTP8 ST(i)", true), register("FSTP9", "DF D8+i  FSTP9 ST(i)", true),
  ];
}

const FSTP80: Instruction = instruction("FSTP", {
  forms: ["DB /7  FSTP m80fp"], feature: "fpu", unit: "x87", title: REAL_TITLE,
  execute(m, dst) {
    beginX87(m);
    const register = physical(m, 0), v = readRegister(m, register), nan = indefinite(m), empty = isEmpty(m, register);
    m.if(empty, () => noteStackFault(m, false));
    const forbidden = memoryResultForbidden(m);
    storeUnless(m, forbidden, dst!, () => storeTen(m, dst!, m.choose(empty, nan.significand, v.significand), m.choose(empty, nan.signExponent, v.signExponent)));
    finish(m, dst!, forbidden, true);
  },
});
const FBSTP: Instruction = instruction("FBSTP", {
  forms: ["DF /6  FBSTP m80bcd"], feature: "fpu", unit: "x87", title: "FBSTP—Store BCD Integer and Pop",
  execute(m, dst) {
    const [low, high] = m.call(TO_DECIMAL), forbidden = memoryResultForbidden(m);
    storeUnless(m, forbidden, dst!, () => storeTen(m, dst!, low!, high!));
    finish(m, dst!, forbidden, true);
  },
});
const INTEGER_STORES: readonly Instruction[] = [
  instruction("FIST", {
    forms: ["DF /2  FIST m16int", "DB /2  FIST m32int"], feature: "fpu", unit: "x87", title: INTEGER_TITLE,
    execute(m, dst) { storeInteger(m, dst!, false, false); },
  }),
  instruction("FISTP", {
    forms: ["DF /3  FISTP m16int", "DB /3  FISTP m32int", "DF /7  FISTP m64int"], feature: "fpu", unit: "x87", title: INTEGER_TITLE,
    execute(m, dst) { storeInteger(m, dst!, false, true); },
  }),
  instruction("FISTTP", {
    forms: ["DF /1  FISTTP m16int", "DB /1  FISTTP m32int", "DD /1  FISTTP m64int"], feature: "sse3", unit: "x87", title: "FISTTP—Store Integer With Truncation",
    execute(m, dst) { storeInteger(m, dst!, true, true); },
  }),
];

/** Stores of reals, integers and decimals. */
export const X87_STORES: readonly Instruction[] = [...realStores(), FSTP80, ...INTEGER_STORES, FBSTP];
