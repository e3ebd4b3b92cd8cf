import type { WouldBlock } from "@ringzero/vfs";
import type { Task } from "./task/task.ts";

/** What a call returns that has set the registers itself: execve(2), sigreturn(2). */
export const NO_RESULT: unique symbol = Symbol("no result");
/** What a call answers: a number, that it must wait, or that the registers are set. */
export type Result = number | WouldBlock | typeof NO_RESULT;

/** How a system call's argument is read from its register. */
export interface ArgumentType {
  /** C's type, or what it is: shown in traces and in the reference. */
  readonly name: string;
  /** Bits of it by the x86-64 ABI; the i386 ABI has 32. */
  readonly bits: 32 | 64;
  /** Whether the highest bit is a sign. */
  readonly signed: boolean;
}
const argument = (name: string, bits: 32 | 64, signed: boolean): ArgumentType => ({ name, bits, signed });

/** C's int: the upper half of a register does not count. */
export const int: ArgumentType = argument("int", 32, true);
/** C's unsigned int. */
export const uint: ArgumentType = argument("unsigned int", 32, false);
/** A file descriptor. */
export const fd: ArgumentType = argument("fd", 32, true);
/** C's long, and off_t. */
export const long: ArgumentType = argument("long", 64, true);
/** C's unsigned long. */
export const ulong: ArgumentType = argument("unsigned long", 64, false);
/** C's size_t. */
export const size: ArgumentType = argument("size_t", 64, false);
/** An address of the program. */
export const address: ArgumentType = argument("address", 64, false);
/** The address of a byte string that ends in zero. */
export const path: ArgumentType = argument("path", 64, false);

/** How far a call does what its man page says. */
export type Support = "full" | `partial: ${string}` | `stub: ${string}`;

/** A system call as it is declared: one row of the table. */
export interface SystemCall {
  /** Linux's name, which gives the numbers of both ABIs. */
  readonly name: string;
  /** How each argument is read from its register. */
  readonly parameters: readonly ArgumentType[];
  /** Carries it out. @internal */
  readonly run: (task: Task, ...args: number[]) => Result;
  /** How far it does what its man page says, and why not further. */
  readonly support: Support;
  /** Undoes what a call that waited has left, when a signal ends it: `task.call` is still its record. */
  readonly abandon: ((task: Task) => void) | undefined;
}

/**
 * Declares a system call by its name in the tables. It throws errnos, returns a number, or `task.wait(…)` to be entered again. A result that no
 * number can be (execve) is NO_RESULT.
 */
export function syscall<const P extends readonly ArgumentType[]>(name: string, parameters: P, run: (task: Task, ...args: { [K in keyof P]: number }) => Result, support: Support = "full", abandon?: (task: Task) => void): SystemCall {
  return { name, parameters, run: run as SystemCall["run"], support, abandon };
}
