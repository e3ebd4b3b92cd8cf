import type { Instruction } from "./instruction.ts";
import { INTEGER } from "./integer/index.ts";
import { SSE_INSTRUCTIONS } from "./sse/sse-instructions.ts";
import { X87 } from "./x87/index.ts";

/** Every instruction of the processor. */
export const INSTRUCTIONS: readonly Instruction[] = [
  ...INTEGER,
  ...X87,
  ...SSE_INSTRUCTIONS,
];
