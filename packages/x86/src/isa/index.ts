import type { Instruction } from "./instruction.ts";
import { INTEGER } from "./integer/index.ts";

/** Every instruction of the processor. */
export const INSTRUCTIONS: readonly Instruction[] = [
  ...INTEGER,
];
