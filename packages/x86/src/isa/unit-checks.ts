import { STATE } from "../state/state.ts";
import { NM, UD, type InstructionBuilder } from "./instruction-builder.ts";
import type { Unit } from "./instruction.ts";
import { raisePendingX87 } from "./x87/status.ts";

/**
 * Bits of STATE.unitsOff, at the places of what they come from: CR0.EM, CR0.TS, CR0.MP where TS is set too, and CR4.OSFXSR where it is clear.
 */
export const UNITS_OFF = { WAIT: 1 << 1, EM: 1 << 2, TS: 1 << 3, NO_FXSR: 1 << 9 } as const;

/**
 * What precedes the body of an instruction whose unit may be absent, switched off or waiting to report an exception. SDM vol. 3A, "Emulating the x87 FPU",
 * "Emulation of the MMX Instruction Set", "Checking for SSE/SSE2/SSE3/SSSE3/SSE4 Support"; APM vol. 2, "CR0 Register".
 */
export function unitCheck(m: InstructionBuilder, unit: Unit): void {
  const off = m.state(STATE.unitsOff);
  const watched = { x87: UNITS_OFF.EM | UNITS_OFF.TS, "x87-nowait": UNITS_OFF.EM | UNITS_OFF.TS, wait: UNITS_OFF.WAIT, mmx: UNITS_OFF.EM | UNITS_OFF.TS, sse: UNITS_OFF.EM | UNITS_OFF.TS | UNITS_OFF.NO_FXSR }[unit];
  m.if(off.and(watched), () => {
    if (unit === "mmx" || unit === "sse") m.raiseIf(off.and(UNITS_OFF.EM | (unit === "sse" ? UNITS_OFF.NO_FXSR : 0)), UD);
    m.raise(NM);
  });
  if (unit === "x87" || unit === "wait" || unit === "mmx") raisePendingX87(m);
}
