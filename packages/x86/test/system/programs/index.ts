import { DEBUG_REGISTERS } from "./debug-registers.ts";
import { DOUBLE_FAULT } from "./double-fault.ts";
import { LONG } from "./long.ts";
import { PAGING } from "./paging.ts";
import { PRIVILEGE } from "./privilege.ts";
import { REAL } from "./real.ts";
import { REGISTERS_LONG } from "./registers-long.ts";
import { REGISTERS } from "./registers.ts";
import { SEGMENTS } from "./segments.ts";
import { SINGLE_STEP } from "./single-step.ts";
import type { SystemProgram } from "./system-program.ts";
import { TASKS } from "./tasks.ts";

/** Every program of the privileged behaviour, as our engines and the oracles run it. */
export const SYSTEM_PROGRAMS: readonly SystemProgram[] = [
  REAL, SEGMENTS, PRIVILEGE, TASKS, DOUBLE_FAULT, SINGLE_STEP, DEBUG_REGISTERS, REGISTERS, PAGING, LONG, REGISTERS_LONG,
];
