import type { Builder } from "../../ir/builder.ts";
import { I32, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { MF } from "../instruction-builder.ts";

/** Status word (SDM vol. 1, "x87 FPU Status Register"). */
export const FSW = {
  IE: 1, DE: 2, ZE: 4, OE: 8, UE: 0x10, PE: 0x20, SF: 0x40, ES: 0x80, C0: 0x100, C1: 0x200, C2: 0x400, C3: 0x4000, B: 0x8000,
  flags: 0x3f, top: 0x3800, topShift: 11,
} as const;

/** Control word (SDM vol. 1, "x87 FPU Control Word"): a set mask bit has the same place as the flag it masks. */
export const FCW = { masks: 0x3f, PM: 0x20, PCShift: 8, RCShift: 10, initial: 0x37f, reserved: 0x40 } as const;

/** Rounding control. */
export const RC = { nearest: 0, down: 1, up: 2, zero: 3 } as const;

/**
 * Exceptions travel in STATE.floatFlags with the status word's bits (C1 among them): `beginX87` clears them, routines note theirs (IE DE ZE OE UE PE, SF and C1),
 * `commitX87` adds them to the status word. C1 is noted where rounding went away from zero or the stack overflowed; it is cleared otherwise.
 */
export function beginX87(m: Builder): void { m.setState(STATE.floatFlags, m.i32(0)); }

/** Notes exceptions (32 bits wide or a number of FSW). */
export function noteX87(m: Builder, flags: Value | number): void {
  m.setState(STATE.floatFlags, m.state(STATE.floatFlags).or(flags));
}
/** Notes a stack fault: an empty register is read (`over` 0) or a full one pushed on (`over` 1, which C1 tells). */
export function noteStackFault(m: Builder, over: boolean): void { noteX87(m, FSW.IE | FSW.SF | (over ? FSW.C1 : 0)); }

/** Bits of the control word at the place of the flags that are unmasked. */
export function unmaskedX87(m: Builder): Value { return m.state(STATE.fcw).not().and(FCW.masks); }

const COMMIT: Routine = routine("x87-commit", { params: [], results: [I32] }, (m) => {
  const raised = m.state(STATE.floatFlags), unmasked = unmaskedX87(m);
  const before = raised.and(FSW.IE | FSW.DE | FSW.ZE).and(unmasked).nez();
  const stack = raised.and(FSW.SF).nez();
  // An unmasked exception of the operands keeps the result from being computed: nothing of the result shows.
  const shown = m.choose(stack, FSW.IE | FSW.SF | FSW.C1, FSW.IE | FSW.DE | FSW.ZE);
  const flags = m.local(raised);
  m.if(before, () => flags.set(raised.and(shown)));
  const f = flags.get(), summary = m.choose(f.and(unmasked).nez(), FSW.ES | FSW.B, 0);
  m.setState(STATE.fsw, m.state(STATE.fsw).or(f.and(0xffff & ~FSW.C1)).or(summary));
  m.setState(STATE.fc1, f.shrU(9).and(1));
  m.return(before);
});

/**
 * Adds the noted exceptions to the status word, sets C1 and, where one is unmasked, ES and B. Returns 1 where an unmasked exception
 * of the operands (IE, DE, ZE) forbids to store a result and to change the stack; the caller then leaves everything as it is.
 */
export function commitX87(m: Builder): Value { return m.call1(COMMIT); }

/** 1 where a result must not go to memory: commitX87's reasons and unmasked overflow and underflow. Before commitX87. */
export function memoryResultForbidden(m: Builder): Value {
  return m.state(STATE.floatFlags).and(FSW.IE | FSW.DE | FSW.ZE | FSW.OE | FSW.UE).and(unmaskedX87(m)).nez();
}

/** Recomputes ES and B after flags or masks were loaded. */
export function summarizeX87(m: Builder): void {
  const fsw = m.state(STATE.fsw), pending = fsw.and(FSW.flags).and(unmaskedX87(m)).nez();
  m.setState(STATE.fsw, fsw.and(~(FSW.ES | FSW.B)).or(m.choose(pending, FSW.ES | FSW.B, 0)));
}

/** STATE.fsw as each instruction's check has read it: its body need not read it again. */
const AT_ENTRY = new WeakMap<Builder, Value>();

/** #MF where an unmasked exception is pending: what every waiting x87 or MMX instruction does first. */
export function raisePendingX87(m: Builder): void {
  const fsw = m.state(STATE.fsw);
  AT_ENTRY.set(m, fsw);
  m.raiseIf(fsw.and(FSW.ES).nez(), MF);
}
/** The status word as programs see it. */
export function statusWord(m: Builder): Value { return m.state(STATE.fsw).or(m.state(STATE.fc1).shl(9)); }
export function setStatusWord(m: Builder, word: Value): void {
  m.setState(STATE.fsw, word.and(0xffff & ~FSW.C1));
  m.setState(STATE.fc1, word.shrU(9).and(1));
}
export function clearC1(m: Builder): void { m.setState(STATE.fc1, 0); }

/** STATE.fsw where nothing has changed it yet in this instruction. */
export function statusAtEntry(m: Builder): Value { return AT_ENTRY.get(m) ?? m.state(STATE.fsw); }
