import { I32, routine, type Routine } from "../../ir/routine.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { indefinite } from "./float80.ts";
import { notePointers } from "./pointers.ts";
import { isEmpty, isFull, markEmpty, markFull, physical, popSt, readRegister, setTop, writeRegister } from "./stack.ts";
import { beginX87, clearC1, commitX87, noteStackFault } from "./status.ts";

/** FXCH with an empty register: the default NaN stands for what is missing. */
const EXCHANGE_EMPTY: Routine = routine("x87-exchange-empty", { params: [I32] }, (m, other) => {
  beginX87(m);
  noteStackFault(m, false);
  m.if(commitX87(m).eqz(), () => {
    const pair = [physical(m, 0), physical(m, other!)] as const;
    for (const r of pair) m.if(isEmpty(m, r), () => { writeRegister(m, r, indefinite(m)); markFull(m, r); });
    const a = readRegister(m, pair[0]), b = readRegister(m, pair[1]);
    writeRegister(m, pair[0], b);
    writeRegister(m, pair[1], a);
  });
});
function exchange(name: string, modrm: string): Instruction {
  return instruction(name, {
    forms: [`${modrm}+i  ${name} ST(i)`], feature: "fpu", unit: "x87", title: "FXCH—Exchange Register Contents",
    execute(m, o) {
      const i = m.registerNumber(o!).and(7), p = physical(m, 0), q = physical(m, i);
      m.if(isFull(m, p).and(isFull(m, q)), () => {
        const a = readRegister(m, p), b = readRegister(m, q);
        writeRegister(m, p, b);
        writeRegister(m, q, a);
        clearC1(m);
      }, () => {
        m.call(EXCHANGE_EMPTY, i);
        notePointers(m, o!);
      });
    },
  });
}

/** FCMOVcc with an empty register: the default NaN moves whatever the condition says. */
const MOVE_EMPTY: Routine = routine("x87-move-empty", { params: [I32] }, (m) => {
  beginX87(m);
  noteStackFault(m, false);
  m.if(commitX87(m).eqz(), () => {
    const p = physical(m, 0);
    writeRegister(m, p, indefinite(m));
    markFull(m, p);
  });
});
/** Condition codes of Jcc. */
const CONDITION: readonly (readonly [suffix: string, modrm: string, code: number])[] = [
  ["B", "DA C0", 2], ["E", "DA C8", 4], ["BE", "DA D0", 6], ["U", "DA D8", 10], ["NB", "DB C0", 3], ["NE", "DB C8", 5], ["NBE", "DB D0", 7], ["NU", "DB D8", 11],
];
const MOVES = CONDITION.map(([suffix, modrm, code]) => instruction(`FCMOV${suffix}`, {
  forms: [`${modrm}+i  FCMOV${suffix} ST(0), ST(i)`], feature: "cmov", unit: "x87", title: "FCMOVcc—Floating-Point Conditional Move",
  execute(m, _dst, src) {
    const i = m.registerNumber(src!), p = physical(m, 0), q = physical(m, i);
    m.if(isFull(m, p).and(isFull(m, q)), () => {
      m.if(m.condition(code), () => writeRegister(m, p, readRegister(m, q)));
    }, () => {
      m.call(MOVE_EMPTY, i);
      notePointers(m, src!);
    });
  },
}));

function rotate(name: string, modrm: string, step: number): Instruction {
  return instruction(name, {
    forms: [`D9 ${modrm}  ${name}`], feature: "fpu", unit: "x87", title: `${name}—${step > 0 ? "Increment" : "Decrement"} Stack-Top Pointer`,
    execute(m) {
      setTop(m, physical(m, step));
      clearC1(m);
    },
  });
}
const FREE: readonly Instruction[] = [
  instruction("FFREE", {
    forms: ["DD C0+i  FFREE ST(i)"], feature: "fpu", unit: "x87", title: "FFREE—Free Floating-Point Register",
    execute(m, o) {
      markEmpty(m, physical(m, m.registerNumber(o!)));
      clearC1(m);
    },
  }),
  instruction("FFREEP", {
    forms: ["DF C0+i  FFREEP ST(i)"], feature: "fpu", unit: "x87", title: "FFREEP—Free Floating-Point Register and Pop",
    execute(m, o) {
      markEmpty(m, physical(m, m.registerNumber(o!)));
      clearC1(m);
      popSt(m);
    },
  }),
];

/** Moves among registers, the stack pointer and tags. */
export const X87_STACK: readonly Instruction[] = [
  exchange("FXCH", "D9 C8"), exchange("FXCH4", "DD C8"), exchange("FXCH7", "DF C8"), ...MOVES, rotate("FINCSTP", "F7", 1), rotate("FDECSTP", "F6", 7), ...FREE,
  instruction("FNOP", { forms: ["D9 D0  FNOP"], feature: "fpu", unit: "x87", title: "FNOP—No Operation", execute() {} }),
];
