import { RECIPROCAL_TABLES } from "./sse/reciprocal-tables.ts";
import { TRANSCENDENTAL_TABLES } from "./x87/transcendental-tables.ts";

/** Constant data that descriptions read from linear memory, at `STATE.tables` plus `offset`. */
export interface ConstantTable {
  readonly name: string;
  /** Byte offset from the address in `STATE.tables`. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** All constant tables, none overlapping another. */
export const TABLES: readonly ConstantTable[] = [...RECIPROCAL_TABLES, ...TRANSCENDENTAL_TABLES];
