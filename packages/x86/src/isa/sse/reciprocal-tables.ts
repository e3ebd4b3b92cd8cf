import type { ConstantTable } from "../tables.ts";
import { RECIPROCAL, RECIPROCAL_ROOT_EVEN, RECIPROCAL_ROOT_ODD } from "./reciprocal.table.ts";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const ENTRIES = 4096;

/** Unpacks a recorded table: 4096 results, each bits 31-11 of a number in [1/2, 1] without the leading bits all of them share. */
function unpack(recorded: { readonly first: number; readonly steps: string }): Uint16Array {
  const table = new Uint16Array(ENTRIES);
  let value = recorded.first;
  for (let i = 0; i < ENTRIES; i++) {
    value -= (DIGITS.indexOf(recorded.steps[i >> 1]!) >> (i & 1 ? 0 : 3)) & 7;
    table[i] = value - RESULT_BASE;
  }
  return table;
}

/** Bits 31-11 of 1/2: every recorded result is at least that. */
export const RESULT_BASE: number = 0x3f000000 >>> 11;
/** Offsets of the tables of 16-bit entries, indexed by bits 22-11 of the argument. */
export const RECIPROCAL_OFFSET = 0;
export const ROOT_ODD_OFFSET: number = 2 * ENTRIES;
export const ROOT_EVEN_OFFSET: number = 4 * ENTRIES;

function table(name: string, offset: number, recorded: { readonly first: number; readonly steps: string }): ConstantTable {
  return { name, offset, bytes: new Uint8Array(unpack(recorded).buffer) };
}

export const RECIPROCAL_TABLES: readonly ConstantTable[] = [
  table("reciprocal", RECIPROCAL_OFFSET, RECIPROCAL),
  table("reciprocal-root-odd", ROOT_ODD_OFFSET, RECIPROCAL_ROOT_ODD),
  table("reciprocal-root-even", ROOT_EVEN_OFFSET, RECIPROCAL_ROOT_EVEN),
];
