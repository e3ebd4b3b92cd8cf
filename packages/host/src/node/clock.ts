import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { WallClock } from "../wall-clock.ts";

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** Node's clocks. */
export const nodeClock: WallClock = {
  now: () => performance.now() * NANOSECONDS_PER_MILLISECOND,
  unixMilliseconds: () => Date.now(),
  async sleep(nanoseconds, signal) {
    signal?.throwIfAborted();
    const end = performance.now() + nanoseconds / NANOSECONDS_PER_MILLISECOND;
    try {
      // A timer may fire up to a millisecond early.
      for (let left = end - performance.now(); left > 0; left = end - performance.now()) await delay(Math.ceil(left), undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
