import { OP } from "@ringzero/wasm";
import { STATE } from "../../state/state.ts";
import type { RegionLowering } from "./region-lowering.ts";

/** Counters of one region, in linear memory. */
export const REGION_COUNTERS = {
  /** u64: how often it was entered. */
  entries: 0,
  /** u64: instructions that it retired. */
  retired: 8,
  /** u64: how often it gave an instruction back to the interpreter. */
  gaveBack: 16,
  bytes: 32,
} as const;

/** At a region's end, before what is left of the slice is stored: counts the entry, what retired, and a give-back. `at`: its counters. */
export function writeCounts(l: RegionLowering, at: number): void {
  const { e } = l;
  const add = (offset: number, push: () => void): void => {
    e.i32Const(at + offset); e.i32Const(at + offset); e.memory(OP["i64.load"], 0);
    push();
    e.op(OP["i64.add"]); e.memory(OP["i64.store"], 0);
  };
  add(REGION_COUNTERS.entries, () => e.i64ConstNumber(1));
  // What was left at the entry stays in memory until the end.
  add(REGION_COUNTERS.retired, () => { l.state(); e.memory(OP["i64.load32_s"], STATE.budget.offset); e.localGet(l.left); e.op(OP["i64.extend_i32_s"]); e.op(OP["i64.sub"]); });
  add(REGION_COUNTERS.gaveBack, () => { e.localGet(l.result); e.op(OP["i64.extend_i32_s"]); });
}
