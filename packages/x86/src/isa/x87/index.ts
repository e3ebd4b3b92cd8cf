import type { Instruction } from "../instruction.ts";
import { X87_ARITHMETIC } from "./arithmetic.ts";
import { X87_TRANSCENDENTAL } from "./transcendental.ts";

/** The x87 floating-point unit. */
export const X87: readonly Instruction[] = [
  ...X87_ARITHMETIC,
  ...X87_TRANSCENDENTAL,
];
