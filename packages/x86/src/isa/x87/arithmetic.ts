import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import type { InstructionBuilder, Operand } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { DOUBLE_REAL, isShortNormal, SINGLE_REAL, widenInteger, widenNormal, widenReal, type ShortFormat } from "./convert.ts";
import { FastStack } from "./fast-stack.ts";
import { fastProduct, fastQuotient, fastSum, isPlainControl, type FastResult } from "./fast.ts";
import { ifNormal, indefinite, SIGN, type Float80 } from "./float80.ts";
import { notePointers } from "./pointers.ts";
import { divide80, multiply80 } from "./product.ts";
import { squareRoot80 } from "./root.ts";
import { isEmpty, physical, popSt, readRegister, writeSt } from "./stack.ts";
import { beginX87, commitX87, noteStackFault } from "./status.ts";
import { add80, subtract80 } from "./sum.ts";

/** What ST(0) (a) and the other operand (b) become. */
type Operation = "add" | "mul" | "sub" | "subr" | "div" | "divr";
const COMPUTE: { readonly [operation in Operation]: (m: Builder, a: Float80, b: Float80) => Float80 } = {
  add: add80, mul: multiply80, sub: subtract80, subr: (m, a, b) => subtract80(m, b, a), div: divide80, divr: (m, a, b) => divide80(m, b, a),
};
const FAST: { readonly [operation in Operation]: (m: Builder, a: Float80, b: Float80, done: (r: FastResult) => void) => void } = {
  add: (m, a, b, done) => fastSum(m, a, b, 0, 0, done), sub: (m, a, b, done) => fastSum(m, a, b, 0, SIGN, done),
  subr: (m, a, b, done) => fastSum(m, a, b, SIGN, 0, done), mul: fastProduct,
  div: fastQuotient, divr: (m, a, b, done) => fastQuotient(m, b, a, done),
};

/** Bits of the routines' first parameter beyond the target's stack index (2-0): pop afterwards; the other operand is an empty register. */
const POP = 8, OTHER_EMPTY = 16;

/** Computes with ST(0) and b into ST(target), with everything that may happen. */
function fullRoutine(operation: Operation): Routine {
  return routine(`x87-${operation}`, { params: [I32, I64, I32] }, (m, control, significand, signExponent) => {
    beginX87(m);
    const register = physical(m, 0), a = readRegister(m, register), nan = indefinite(m);
    const s = m.local(nan.significand), e = m.local(nan.signExponent);
    m.if(isEmpty(m, register).or(control!.and(OTHER_EMPTY)), () => noteStackFault(m, false), () => {
      const r = COMPUTE[operation](m, a, { significand: significand!, signExponent: signExponent! });
      s.set(r.significand);
      e.set(r.signExponent);
    });
    m.if(commitX87(m).eqz(), () => {
      writeSt(m, control!.and(7), { significand: s.get(), signExponent: e.get() });
      m.if(control!.and(POP), () => popSt(m));
    });
  });
}
const OPERATIONS: readonly Operation[] = ["add", "mul", "sub", "subr", "div", "divr"];
const FULL = Object.fromEntries(OPERATIONS.map((o) => [o, fullRoutine(o)])) as { readonly [operation in Operation]: Routine };

/** Where the second operand comes from, for the fast and the full way. Values are built where they are used. */
interface Other {
  /** Runs `then` with the operand where it is a normal number, and ST(0) and it are not empty. */
  readonly ifOrdinary: (stack: FastStack, then: (b: Float80) => void) => void;
  readonly full: () => Float80;
  /** 1 where it is an empty register. */
  readonly isEmpty?: () => Value;
}

function compute(m: InstructionBuilder, operation: Operation, operand: Operand, other: Other, target: Value | number, pop: boolean): void {
  const fast = FAST[operation], targetBits = typeof target === "number" ? m.i32(target) : target.and(7);
  const full = (): void => {
    const b = other.full(), empty = other.isEmpty ? other.isEmpty().mul(OTHER_EMPTY) : m.i32(0);
    m.call(FULL[operation], targetBits.or(pop ? POP : 0).or(empty), b.significand, b.signExponent);
    notePointers(m, operand);
  };
  const stack = new FastStack(m), top = stack.index(0), a = stack.read(top);
  m.once(() => {
    other.ifOrdinary(stack, (b) => m.ifLikely(isPlainControl(m), () => ifNormal(m, a, () => fast(m, a, b, (r) => {
      stack.write(target === 0 ? top : stack.index(target), r.value);
      stack.finish(r, pop ? 1 : 0);
      m.break();
    }))));
    full();
  });
}

function stackOperand(m: InstructionBuilder, o: Operand): Other {
  const i = m.registerNumber(o);
  return {
    ifOrdinary: (stack, then) => m.ifLikely(stack.isFull(), () => {
      const index = stack.index(i);
      m.ifLikely(stack.isFull(index), () => {
        const b = stack.read(index);
        ifNormal(m, b, () => then(b));
      });
    }),
    full: () => readRegister(m, physical(m, i)), isEmpty: () => isEmpty(m, physical(m, i)),
  };
}
function realOperand(m: InstructionBuilder, o: Operand, f: ShortFormat): Other {
  const bits = m.read(o);
  return {
    ifOrdinary: (stack, then) => m.ifLikely(stack.isFull(), () => m.ifLikely(isShortNormal(f, bits), () => then(widenNormal(f, bits)))),
    full: () => widenReal(m, f, bits),
  };
}
function integerOperand(m: InstructionBuilder, o: Operand): Other {
  const integer = m.read(o);
  return { ifOrdinary: (stack, then) => m.ifLikely(stack.isFull(), () => m.ifLikely(integer.nez(), () => then(widenInteger(m, integer)))), full: () => widenInteger(m, integer) };
}

const WORDS: { readonly [operation in Operation]: string } = { add: "Add", mul: "Multiply", sub: "Subtract", subr: "Reverse Subtract", div: "Divide", divr: "Reverse Divide" };
/** ModRM digit of the forms with ST(0) as destination; those with ST(i) as destination exchange the operands, and the opcodes of each pair with it. */
const DIGIT: { readonly [operation in Operation]: number } = { add: 0, mul: 1, sub: 4, subr: 5, div: 6, divr: 7 };
const REVERSE: { readonly [operation in Operation]: Operation } = { add: "add", mul: "mul", sub: "subr", subr: "sub", div: "divr", divr: "div" };
const hex = (n: number): string => n.toString(16).toUpperCase();

function family(operation: Operation): Instruction[] {
  const name = `F${operation.toUpperCase()}`, digit = DIGIT[operation], row = hex(0xc0 + 8 * digit), reversed = REVERSE[operation];
  const otherRow = hex(0xc0 + 8 * DIGIT[reversed]), title = `${name}/${name}P/FI${operation.toUpperCase()}—${WORDS[operation]}`;
  return [
    instruction(name, {
      forms: [`D8 /${digit}  ${name} m32fp`, `DC /${digit}  ${name} m64fp`], feature: "fpu", unit: "x87", title,
      execute(m, src) { compute(m, operation, src!, realOperand(m, src!, src!.bits === 32 ? SINGLE_REAL : DOUBLE_REAL), 0, false); },
    }),
    instruction(name, {
      forms: [`D8 ${row}+i  ${name} ST(0), ST(i)`], feature: "fpu", unit: "x87", title,
      execute(m, _dst, src) { compute(m, operation, src!, stackOperand(m, src!), 0, false); },
    }),
    instruction(name, {
      forms: [`DC ${otherRow}+i  ${name} ST(i), ST(0)`], feature: "fpu", unit: "x87", title,
      execute(m, dst) { compute(m, reversed, dst!, stackOperand(m, dst!), m.registerNumber(dst!), false); },
    }),
    instruction(`${name}P`, {
      forms: [`DE ${otherRow}+i  ${name}P ST(i), ST(0)`], feature: "fpu", unit: "x87", title,
      execute(m, dst) { compute(m, reversed, dst!, stackOperand(m, dst!), m.registerNumber(dst!), true); },
    }),
    instruction(`FI${operation.toUpperCase()}`, {
      forms: [`DA /${digit}  FI${operation.toUpperCase()} m32int`, `DE /${digit}  FI${operation.toUpperCase()} m16int`], feature: "fpu", unit: "x87", title,
      execute(m, src) { compute(m, operation, src!, integerOperand(m, src!), 0, false); },
    }),
  ];
}

const SQUARE_ROOT: Routine = routine("x87-sqrt", { params: [] }, (m) => {
  beginX87(m);
  const register = physical(m, 0), nan = indefinite(m), s = m.local(nan.significand), e = m.local(nan.signExponent);
  m.if(isEmpty(m, register), () => noteStackFault(m, false), () => {
    const r = squareRoot80(m, readRegister(m, register));
    s.set(r.significand);
    e.set(r.signExponent);
  });
  m.if(commitX87(m).eqz(), () => writeSt(m, 0, { significand: s.get(), signExponent: e.get() }));
});
const FSQRT: Instruction = instruction("FSQRT", {
  forms: ["D9 FA  FSQRT"], feature: "fpu", unit: "x87", title: "FSQRT—Square Root",
  execute(m) {
    m.call(SQUARE_ROOT);
    notePointers(m);
  },
});

/** Addition, subtraction, multiplication, division and square root. */
export const X87_ARITHMETIC: readonly Instruction[] = [...OPERATIONS.flatMap(family), FSQRT];
