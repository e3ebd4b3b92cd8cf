import type { Builder } from "../../ir/builder.ts";
import { routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { BIAS, float80, indefinite, INTEGER_BIT, isNan, type Float80 } from "./float80.ts";
import { isEmpty, isFull, physical, physicalBelow, popSt, pushSt, readRegister, writeSt } from "./stack.ts";
import { notePointers } from "./pointers.ts";
import { beginX87, commitX87, FSW, noteStackFault, noteX87 } from "./status.ts";
import { ARCTANGENT_80 } from "./transcendental-arctangent.ts";
import { LOGARITHM_80, LOGARITHM_PLUS_ONE_80 } from "./transcendental-logarithm.ts";
import { POWER_80 } from "./transcendental-power.ts";
import { COSINE_80, isOutOfRange, SINE_80, SINE_COSINE_80, TANGENT_80 } from "./transcendental-sine.ts";

/** A result, the default NaN until something sets it. */
class Result {
  readonly #significand;
  readonly #signExponent;
  constructor(m: Builder) {
    const nan = indefinite(m);
    this.#significand = m.local(nan.significand);
    this.#signExponent = m.local(nan.signExponent);
  }
  set(significand: Value, signExponent: Value): void {
    this.#significand.set(significand);
    this.#signExponent.set(signExponent);
  }
  get(): Float80 { return { significand: this.#significand.get(), signExponent: this.#signExponent.get() }; }
}

function clearC2(m: Builder): void { m.setState(STATE.fsw, m.state(STATE.fsw).and(~FSW.C2)); }

/** ST(0) becomes a function of it; `angle`: C2 tells of an operand out of range. */
function unaryRoutine(name: string, compute: Routine, angle: boolean): Routine {
  return routine(name, { params: [] }, (m) => {
    beginX87(m);
    if (angle) clearC2(m);
    const register = physical(m, 0), result = new Result(m);
    m.if(isEmpty(m, register), () => noteStackFault(m, false), () => {
      const a = readRegister(m, register);
      result.set(a.significand, a.signExponent);
      const apply = (): void => {
        const [significand, signExponent] = m.call(compute, a.significand, a.signExponent);
        result.set(significand!, signExponent!);
      };
      if (angle) m.if(isOutOfRange(a), () => noteX87(m, FSW.C2), apply);
      else apply();
    });
    m.if(commitX87(m).eqz(), () => writeSt(m, 0, result.get()));
  });
}

/** ST(0) becomes one result, and another is pushed. */
function pushingRoutine(name: string, compute: (m: Builder, a: Float80, st0: Result, pushed: Result) => void): Routine {
  return routine(name, { params: [] }, (m) => {
    beginX87(m);
    clearC2(m);
    const register = physical(m, 0), st0 = new Result(m), pushed = new Result(m), push = m.local(m.i32(1));
    m.if(isEmpty(m, register), () => noteStackFault(m, false), () => {
      m.if(isFull(m, physicalBelow(m)), () => noteStackFault(m, true), () => {
        const a = readRegister(m, register);
        m.if(isOutOfRange(a), () => {
          noteX87(m, FSW.C2);
          push.set(0);
        }, () => compute(m, a, st0, pushed));
      });
    });
    m.if(commitX87(m).eqz().and(push.get()), () => {
      writeSt(m, 0, st0.get());
      pushSt(m, pushed.get());
    });
  });
}

/** ST(1) becomes a function of it and ST(0), which is popped. */
function binaryRoutine(name: string, compute: Routine): Routine {
  return routine(name, { params: [] }, (m) => {
    beginX87(m);
    const x = physical(m, 0), y = physical(m, 1), result = new Result(m);
    m.if(isEmpty(m, x).or(isEmpty(m, y)), () => noteStackFault(m, false), () => {
      const a = readRegister(m, y), b = readRegister(m, x), [significand, signExponent] = m.call(compute, a.significand, a.signExponent, b.significand, b.signExponent);
      result.set(significand!, signExponent!);
    });
    m.if(commitX87(m).eqz(), () => {
      writeSt(m, 1, result.get());
      popSt(m);
    });
  });
}

const TANGENT: Routine = pushingRoutine("x87-fptan", (m, a, st0, pushed) => {
  const [significand, signExponent] = m.call(TANGENT_80, a.significand, a.signExponent), one = float80(m, INTEGER_BIT, BIAS);
  // A NaN is pushed again, instead of 1.
  const nan = isNan({ significand: significand!, signExponent: signExponent! });
  st0.set(significand!, signExponent!);
  pushed.set(m.choose(nan, significand!, one.significand), m.choose(nan, signExponent!, one.signExponent));
});
const SINE_COSINE: Routine = pushingRoutine("x87-fsincos", (m, a, st0, pushed) => {
  const [ss, se, cs, ce] = m.call(SINE_COSINE_80, a.significand, a.signExponent);
  st0.set(ss!, se!);
  pushed.set(cs!, ce!);
});

function row(name: string, opcode: string, title: string, body: Routine): Instruction {
  return instruction(name, {
    forms: [`D9 ${opcode}  ${name}`], feature: "fpu", unit: "x87", title: `${name}—${title}`,
    execute(m) {
      m.call(body);
      notePointers(m);
    },
  });
}

/**
 * The transcendental instructions, rounded correctly in nearly all cases (`npm run ulp` measures them). Precision control does not touch them
 * (SDM vol. 1, "Transcendental Instruction Accuracy").
 */
export const X87_TRANSCENDENTAL: readonly Instruction[] = [
  row("F2XM1", "F0", "Compute 2^x–1", unaryRoutine("x87-f2xm1", POWER_80, false)),
  row("FYL2X", "F1", "Compute y * log2x", binaryRoutine("x87-fyl2x", LOGARITHM_80)),
  row("FPTAN", "F2", "Partial Tangent", TANGENT),
  row("FPATAN", "F3", "Partial Arctangent", binaryRoutine("x87-fpatan", ARCTANGENT_80)),
  row("FYL2XP1", "F9", "Compute y * log2(x +1)", binaryRoutine("x87-fyl2xp1", LOGARITHM_PLUS_ONE_80)),
  row("FSINCOS", "FB", "Sine and Cosine", SINE_COSINE),
  row("FSIN", "FE", "Sine", unaryRoutine("x87-fsin", SINE_80, true)),
  row("FCOS", "FF", "Cosine", unaryRoutine("x87-fcos", COSINE_80, true)),
];
