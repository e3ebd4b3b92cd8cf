import type { MemoryViews } from "./linear-memory.ts";

/** What is counted for every owner, in the order of the slots. `promptNanoseconds` and `promptWallNanoseconds` are the time from a start to its first
 * prompt, by the tenant's clock and by the wall; `traps` are instructions of a deprivileged guest that its hypervisor had to do. */
export const TALLIES = ["instructions", "exits", "systemCalls", "interrupts", "faults", "contextSwitches", "idleNanoseconds", "nanoseconds", "signals", "promptNanoseconds", "promptWallNanoseconds", "ringCrossings", "traps"] as const;

/** The name of a running total. */
export type Tally = (typeof TALLIES)[number];

/**
 * An owner's running totals, 64-bit floats in its record, so that the page and the CLI read them while the tenant runs. Only the
 * tenant's worker writes them; an aligned 64-bit store is one access, so no reader sees half of one.
 */
export class Tallies {
  readonly #views: MemoryViews;
  readonly #index: number;

  /** `index` is the first slot in the 64-bit float view. */
  constructor(views: MemoryViews, index: number) {
    this.#views = views;
    this.#index = index;
  }
  /** Adds to a total. */
  add(tally: Tally, amount: number): void {
    this.#views.f64[this.#slot(tally)]! += amount;
  }
  /** Replaces a total. */
  set(tally: Tally, value: number): void {
    this.#views.f64[this.#slot(tally)] = value;
  }
  /** Reads a total. */
  get(tally: Tally): number {
    return this.#views.f64[this.#slot(tally)]!;
  }
  /** All totals by name. */
  all(): Record<Tally, number> {
    const totals = {} as Record<Tally, number>;
    for (const tally of TALLIES) totals[tally] = this.get(tally);
    return totals;
  }
  #slot(tally: Tally): number {
    return this.#index + TALLIES.indexOf(tally);
  }
}
