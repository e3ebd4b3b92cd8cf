import type { Instruction } from "../instruction.ts";
import { X87_ARITHMETIC } from "./arithmetic.ts";

/** The x87 floating-point unit. */
export const X87: readonly Instruction[] = [
  ...X87_ARITHMETIC,
];
