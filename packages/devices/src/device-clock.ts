import type { Timer } from "@ringzero/machine";

/** A tenant's time as its devices see it. */
export interface DeviceClock {
  /** Nanoseconds since the tenant began, exact at the access under way: a whole number. */
  now(): number;
  /** A timer that fires in the tenant's order of events; its name is the same in every run. */
  timer(name: string, fire: (deadline: number) => void): Timer;
}
