import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import type { InstructionBuilder, Operand } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { DOUBLE_REAL, exponentField, SINGLE_REAL, widenInteger, widenNormal, widenReal } from "./convert.ts";
import { FastStack } from "./fast-stack.ts";
import { indefinite, isDenormal, isSignalling, QUIET_BIT, type Float80 } from "./float80.ts";
import { notePointers } from "./pointers.ts";
import { isEmpty, isFull, physical, physicalBelow, pushSt } from "./stack.ts";
import { beginX87, commitX87, FSW, noteStackFault, noteX87, unmaskedX87 } from "./status.ts";

/** Pushes what the normal way cannot: stack faults, SNaN and denormals of memory (`real`), an empty source (`empty`). */
const LOAD: Routine = routine("x87-load", { params: [I64, I32, I32, I32] }, (m, significand, signExponent, real, empty) => {
  beginX87(m);
  const v: Float80 = { significand: significand!, signExponent: signExponent! }, nan = indefinite(m);
  const s = m.local(nan.significand), e = m.local(nan.signExponent);
  m.if(empty!, () => noteStackFault(m, false), () => m.if(isFull(m, physicalBelow(m)), () => noteStackFault(m, true), () => {
    const signalling = isSignalling(v).and(real!);
    noteX87(m, signalling.mul(FSW.IE).or(isDenormal(v).and(real!).mul(FSW.DE)));
    s.set(v.significand.or(m.choose(signalling, m.i64(QUIET_BIT), m.i64(0))));
    e.set(v.signExponent.and(0xffff));
  }));
  // A denormal is pushed even where DE is unmasked (the silicon's answer).
  commitX87(m);
  m.if(m.state(STATE.floatFlags).and(unmaskedX87(m)).and(FSW.IE).eqz(), () => pushSt(m, { significand: s.get(), signExponent: e.get() }));
});

/** Pushes `fast()` where `ok` (there is room, for a start), else calls the routine with `full()`. */
function load(m: InstructionBuilder, ok: (stack: FastStack) => Value, fast: () => Float80, full: () => Float80, real: boolean, operand?: Operand, empty?: () => Value): void {
  const stack = new FastStack(m);
  m.ifLikely(ok(stack), () => {
    stack.write(stack.index(7), fast());
    stack.finish(undefined, -1);
  }, () => {
    const v = full();
    m.call(LOAD, v.significand, v.signExponent, m.i32(real ? 1 : 0), empty ? empty() : m.i32(0));
    notePointers(m, operand);
  });
}
const isRoom = (stack: FastStack): Value => stack.isRoom();

function loadReal(m: InstructionBuilder, src: Operand): void {
  const f = src.bits === 32 ? SINGLE_REAL : DOUBLE_REAL, bits = m.read(src);
  // One comparison: what is no room makes the number too large.
  load(m, (stack) => exponentField(f, bits).sub(1).or(stack.noRoom().shl(16)).ltU(f.maxExponent - 1), () => widenNormal(f, bits), () => widenReal(m, f, bits), true, src);
}

/** Ten bytes: 64 and 16 bits (in 32). Eight of them are accessed first, which shows at a segment's end. */
function readTen(m: InstructionBuilder, src: Operand): [Value, Value] {
  const address = m.address(src, 10, "read");
  m.if(address.trunc(32).and(0xfff).gtU(4096 - 10), () => {
    m.probe(address, 8, "read");
    m.probe(address, 10, "read");
  });
  return [m.load(address, 64), m.load(address.add(8), 16).zext(32)];
}

const FLD = [
  instruction("FLD", {
    forms: ["D9 /0  FLD m32fp", "DD /0  FLD m64fp"], feature: "fpu", unit: "x87", title: "FLD—Load Floating-Point Value",
    execute(m, src) { loadReal(m, src!); },
  }),
  instruction("FLD", {
    forms: ["DB /5  FLD m80fp"], feature: "fpu", unit: "x87", title: "FLD—Load Floating-Point Value",
    execute(m, src) {
      const [significand, signExponent] = readTen(m, src!), v: Float80 = { significand, signExponent };
      load(m, isRoom, () => v, () => v, false, src!);
    },
  }),
  instruction("FLD", {
    forms: ["D9 C0+i  FLD ST(i)"], feature: "fpu", unit: "x87", title: "FLD—Load Floating-Point Value",
    execute(m, src) {
      const i = m.registerNumber(src!).and(7), register = physical(m, i);
      let v: Float80 | undefined;
      load(m, (stack) => {
        const index = stack.index(i);
        v = stack.read(index);
        return stack.isRoom().and(stack.isFull(index));
      }, () => v!, () => v!, false, src!, () => isEmpty(m, register));
    },
  }),
];

const FILD: Instruction = instruction("FILD", {
  forms: ["DF /0  FILD m16int", "DB /0  FILD m32int", "DF /5  FILD m64int"], feature: "fpu", unit: "x87", title: "FILD—Load Integer",
  execute(m, src) {
    const v = widenInteger(m, m.read(src!));
    load(m, isRoom, () => v, () => v, false, src!);
  },
});

/** 18 decimal digits, two a byte, least significant first, and a sign in bit 79. Digits above 9 count with their value. */
const FROM_DECIMAL: Routine = routine("x87-from-decimal", { params: [I64, I32], results: [I64, I32] }, (m, low, high) => {
  const value = m.local(m.i64(0)), rest = m.local(low!), count = m.local(m.i32(9)), byte = m.local(high!.and(0xff));
  m.loop(() => {
    const b = byte.get().zext(64), v = value.get();
    value.set(v.mul(100).add(b.shrU(4).mul(10)).add(b.and(15)));
    count.set(count.get().sub(1));
    m.breakIf(count.get().eqz());
    byte.set(rest.get().shrU(56).trunc(32));
    rest.set(rest.get().shl(8));
  });
  const v = widenInteger(m, value.get());
  m.return(v.significand, v.signExponent.or(high!.and(0x8000)));
});
const FBLD: Instruction = instruction("FBLD", {
  forms: ["DF /4  FBLD m80bcd"], feature: "fpu", unit: "x87", title: "FBLD—Load Binary Coded Decimal",
  execute(m, src) {
    const [low, high] = readTen(m, src!);
    const [significand, signExponent] = m.call(FROM_DECIMAL, low, high);
    const v: Float80 = { significand: significand!, signExponent: signExponent! };
    load(m, isRoom, () => v, () => v, false, src!);
  },
});

/** The constants: significand rounded down, sign and exponent, and whether rounding to nearest goes up (SDM vol. 2A, "FLD1/FLDL2T/FLDL2E/FLDPI/FLDLG2/FLDLN2/FLDZ—Load Constant"). */
const CONSTANTS: readonly (readonly [name: string, modrm: string, significand: bigint, signExponent: number, nearestIsAbove: boolean | undefined])[] = [
  ["FLD1", "E8", 0x8000_0000_0000_0000n, 0x3fff, undefined],
  ["FLDL2T", "E9", 0xd49a_784b_cd1b_8afen, 0x4000, false],
  ["FLDL2E", "EA", 0xb8aa_3b29_5c17_f0bbn, 0x3fff, true],
  ["FLDPI", "EB", 0xc90f_daa2_2168_c234n, 0x4000, true],
  ["FLDLG2", "EC", 0x9a20_9a84_fbcf_f798n, 0x3ffd, true],
  ["FLDLN2", "ED", 0xb172_17f7_d1cf_79abn, 0x3ffe, true],
  ["FLDZ", "EE", 0n, 0, undefined],
];
const LOAD_CONSTANTS = CONSTANTS.map(([name, modrm, significand, signExponent, nearestIsAbove]) => instruction(name, {
  forms: [`D9 ${modrm}  ${name}`], feature: "fpu", unit: "x87", title: "FLD1/FLDL2T/FLDL2E/FLDPI/FLDLG2/FLDLN2/FLDZ—Load Constant",
  execute(m) {
    const exact = m.i64(BigInt.asIntN(64, significand));
    const value = (): Float80 => {
      if (nearestIsAbove === undefined) return { significand: exact, signExponent: m.i32(signExponent) };
      // Bits of the four rounding modes (nearest, down, up, zero) that take the number above.
      const above = m.i32(nearestIsAbove ? 0b0101 : 0b0100).shrU(m.state(STATE.fcw).shrU(10).and(3)).and(1);
      return { significand: exact.add(above.zext(64)), signExponent: m.i32(signExponent) };
    };
    load(m, isRoom, value, value, false);
  },
}));

/** Loads of reals, integers, decimals and constants. */
export const X87_LOADS: readonly Instruction[] = [...FLD, FILD, FBLD, ...LOAD_CONSTANTS];
