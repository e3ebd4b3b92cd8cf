import type { Instruction } from "../instruction.ts";
import { ADDITION } from "./add.ts";
import { BIT_COUNTS } from "./bit-count.ts";
import { BIT_MANIPULATION } from "./bit-manipulation.ts";
import { BIT_TESTS } from "./bit-test.ts";
import { BRANCHES } from "./branch.ts";
import { CHECKSUMS } from "./crc32.ts";
import { CONVERSIONS } from "./convert.ts";
import { DECIMALS } from "./decimal.ts";
import { DIVISION } from "./divide.ts";
import { EXCHANGES } from "./exchange.ts";
import { FLAGS } from "./flags.ts";
import { LOGIC } from "./logic.ts";
import { MEMORY_ORDER } from "./memory-order.ts";
import { MOVES } from "./move.ts";
import { MULTIPLICATION } from "./multiply.ts";
import { NO_OPERATIONS } from "./no-operation.ts";
import { STACK } from "./push-pop.ts";
import { RANDOM } from "./random.ts";
import { ROTATES } from "./rotate.ts";
import { SHIFTS } from "./shift.ts";
import { STRINGS } from "./string.ts";

/** The integer instructions of user programs. NOP precedes XCHG: both are opcode 90. */
export const INTEGER: readonly Instruction[] = [
  ...NO_OPERATIONS, ...MOVES, ...ADDITION, ...LOGIC, ...SHIFTS, ...ROTATES, ...MULTIPLICATION, ...DIVISION, ...CONVERSIONS, ...DECIMALS,
  ...BIT_TESTS, ...BIT_COUNTS, ...BIT_MANIPULATION, ...CHECKSUMS, ...EXCHANGES, ...STACK, ...FLAGS, ...BRANCHES, ...STRINGS, ...MEMORY_ORDER, ...RANDOM,
];
