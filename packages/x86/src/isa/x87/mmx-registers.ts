import type { Builder } from "../../ir/builder.ts";
import type { Value } from "../../ir/value.ts";
import { FPR_STRIDE, STATE } from "../../state/state.ts";
import type { InstructionBuilder, Operand } from "../instruction-builder.ts";
import { SIGN_EXPONENT } from "./stack.ts";

/** TOP, bits 13-11 of the status word. */
const TOP_MASK = 0x3800;

function byteIndex(m: InstructionBuilder, o: Operand): Value {
  return m.registerNumber(o).and(7).mul(FPR_STRIDE);
}

/** Reads the MMX register that an operand names: 64 bits. REX does not extend MMX register numbers. */
export function readMm(m: InstructionBuilder, o: Operand): Value {
  return m.state(STATE.fpr, byteIndex(m, o));
}

/** Writes the MMX register that an operand names; sign and exponent become ones and the x87 unit enters MMX state (SDM vol. 1, "MMX State"). */
export function writeMm(m: InstructionBuilder, o: Operand, value: Value): void {
  const index = byteIndex(m, o);
  m.setState(STATE.fpr, value, index);
  m.setState(SIGN_EXPONENT, m.i32(0xffff), index);
  enterMmx(m);
}

/** What every MMX instruction but EMMS does to the x87 unit: TOP becomes 0, every register is marked as in use. */
export function enterMmx(m: Builder): void {
  m.setState(STATE.fsw, m.state(STATE.fsw).and(~TOP_MASK));
  m.setState(STATE.ftw, m.i32(0xff));
}
