import type { TrapCounters } from "./techniques/ring-deprivileging/trapped-instruction.ts";

/** What a virtual machine has crossed so far. An exit is what would exit on hardware with nested paging and this platform. */
export interface Counters {
  readonly instructions: number;
  /** Exits by reason. */
  readonly exits: { readonly [reason in ExitReason]: number };
  /** Interrupts injected, in all and by vector. */
  readonly interrupts: number;
  readonly interruptsByVector: ReadonlyMap<number, number>;
  /** Guest frames that came on first touch or were copied (nested page faults). */
  readonly frameFaults: number;
  readonly triplefaults: number;
  /** Virtual nanoseconds: all, and those spent idle. */
  readonly time: number;
  readonly idle: number;
  /** What a deprivileged guest has made the hypervisor do. */
  readonly traps: TrapCounters;
}

/** Reasons that are counted: port and device memory accesses, HLT, and the end by triple fault. */
export type ExitReason = "io" | "mmio" | "hlt" | "shutdown";

/** The tally behind `Counters`, written by the run loop. */
export class CounterTally {
  io = 0;
  mmio = 0;
  hlt = 0;
  shutdown = 0;
  interrupts = 0;
  frameFaults = 0;
  readonly byVector: Uint32Array = new Uint32Array(256);
}
