import type { OwnerHolding } from "@ringzero/machine";
import type { TrapCounters } from "./techniques/ring-deprivileging/trapped-instruction.ts";

/** What a virtual machine has crossed so far. An exit is what would exit on hardware with nested paging and this platform. */
export interface Counters {
  /** Retired. */
  readonly instructions: number;
  /** Exits by reason. */
  readonly exits: { readonly [reason in ExitReason]: number };
  /** Interrupts injected, in all and by vector. */
  readonly interrupts: number;
  /** The same by vector. */
  readonly interruptsByVector: ReadonlyMap<number, number>;
  /** Guest frames that came on the guest's first touch (nested page faults; `exits.frame` is the same number). */
  readonly frameFaults: number;
  /** Changes between the guest's ring 3 and its inner rings, either way: interrupts, exceptions, system calls and the ways back. */
  readonly ringCrossings: number;
  /** Exceptions delivered to the guest's own handlers, by vector. */
  readonly exceptionsByVector: ReadonlyMap<number, number>;
  /** As `exits.shutdown`. */
  readonly triplefaults: number;
  /** Virtual nanoseconds: all, and those spent idle. */
  readonly time: number;
  /** Of these the ones without anything to do. */
  readonly idle: number;
  /** What a deprivileged guest has made the hypervisor do. */
  readonly traps: TrapCounters;
}

/**
 * Reasons that are counted: port and device memory accesses, HLT, the end by triple fault; CPUID; MSRs outside of KVM's permission map; writes to control registers
 * that change what KVM keeps for itself; and frames on first touch (EPT violations). Interrupts from outside the guest are none of the guest's doing and not counted.
 */
export type ExitReason = "io" | "mmio" | "hlt" | "shutdown" | "cpuid" | "msr" | "control" | "frame";

/** What was counted at one instruction: a step of the console's script had been reached. */
export interface CounterMark {
  /** What it had crossed. */
  readonly counters: Counters;
  /** Frames of the guest's memory, in the machine's ledger. */
  readonly frames: FrameHolding;
  /** Host time since the start, in nanoseconds: not part of the run, and another each time. */
  readonly wall: number;
}

/** A tenant's frames by the machine's ledger: its own, those it shares with others, and of these the ones that others pay for. */
export type FrameHolding = Pick<OwnerHolding, "private" | "shared" | "saved">;

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
