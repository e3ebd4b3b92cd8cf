import type { Instruction } from "../instruction.ts";
import { X87_ARITHMETIC } from "./arithmetic.ts";
import { X87_COMPARE } from "./compare.ts";
import { X87_CONTROL } from "./control.ts";
import { X87_ENVIRONMENT } from "./environment.ts";
import { X87_STACK } from "./exchange.ts";
import { X87_LOADS } from "./load.ts";
import { X87_REMAINDER } from "./remainder.ts";
import { X87_STORES } from "./store.ts";
import { X87_TRANSCENDENTAL } from "./transcendental.ts";
import { X87_UNARY } from "./unary.ts";

/** The x87 floating-point unit. */
export const X87: readonly Instruction[] = [
  ...X87_LOADS, ...X87_STORES, ...X87_ARITHMETIC, ...X87_COMPARE, ...X87_UNARY, ...X87_REMAINDER, ...X87_TRANSCENDENTAL, ...X87_STACK, ...X87_ENVIRONMENT, ...X87_CONTROL,
];
