import type { Instruction } from "./instruction.ts";
import { INTEGER } from "./integer/index.ts";
import { MMX } from "./mmx/index.ts";
import { SSE } from "./sse/index.ts";
import { SYSTEM } from "./system/index.ts";
import { X87 } from "./x87/index.ts";

/** Every instruction of the processor. */
export const INSTRUCTIONS: readonly Instruction[] = [
  ...INTEGER,
  ...SYSTEM,
  ...X87,
  ...MMX,
  ...SSE,
];
