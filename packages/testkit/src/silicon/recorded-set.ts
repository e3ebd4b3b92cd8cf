import type { SelectionLimits } from "./selection.ts";

/** Where the recorded cases lie. */
export const RECORDED_FOLDER: URL = new URL("../../data/silicon/", import.meta.url);

/** What is recorded in each of the two modes: the oracle's map, how many live cases to choose from, and how many of each kind to keep. */
export const RECORDED_MAPS: readonly (readonly [map: string, count: number, limits: SelectionLimits])[] = [
  ["int", 300_000, { completed: 2, faults: 1, environments: 0 }],
  ["vex", 50_000, { completed: 3, faults: 1, environments: 0 }],
  ["x87", 300_000, { completed: 1, faults: 1, environments: 0 }],
  ["x87-edge", 300_000, { completed: 1, faults: 1, environments: 1 }],
  ["sse-edge", 200_000, { completed: 1, faults: 1, environments: 1 }],
  ["0f", 300_000, { completed: 1, faults: 1, environments: 0 }],
  ["0f38", 100_000, { completed: 1, faults: 1, environments: 1 }],
  ["0f3a", 100_000, { completed: 1, faults: 1, environments: 1 }],
  ["save", 100_000, { completed: 4, faults: 2, environments: 0 }],
];
