import { UNITS_OFF } from "../isa/unit-checks.ts";
import { STATE } from "../state/state.ts";
import type { Processor } from "./processor.ts";
import { CR0, CR4 } from "./registers.ts";

/** Derives STATE.unitsOff from CR0 and CR4: to be called where EM, MP, TS or OSFXSR may have changed. */
export function deriveUnits(p: Processor): void {
  const cr0 = p.get(STATE.cr0), cr4 = p.get(STATE.cr4);
  const waits = (cr0 & (CR0.MP | CR0.TS)) === (CR0.MP | CR0.TS);
  p.set(STATE.unitsOff, (cr0 & (CR0.EM | CR0.TS)) | (waits ? UNITS_OFF.WAIT : 0) | (cr4 & CR4.OSFXSR ? 0 : UNITS_OFF.NO_FXSR));
}
