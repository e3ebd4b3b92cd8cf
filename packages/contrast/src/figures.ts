import type { CounterMark } from "@ringzero/hypervisor";
import type { ContainerMark } from "@ringzero/container";

/**
 * What a tenant has crossed and holds: one shape for both worlds. A figure that the other world alone has is undefined. All are counted by the machine as it runs; none is
 * estimated, and none depends on the host, the browser or the number of workers.
 */
export interface Figures {
  /** Instructions retired: in a virtual machine the guest kernel's too, of a container those of its programs. */
  readonly instructions: number;
  /** The tenant's own nanoseconds. */
  readonly nanoseconds: number;
  /** Virtual machine: exits to the hypervisor, as hardware with nested paging would make them. */
  readonly exits: number | undefined;
  /** Container: system calls that the shared kernel carried out. */
  readonly systemCalls: number | undefined;
  /**
   * Changes between ring 3 and inner rings, either way. In a virtual machine they happen inside the guest; a container's are those into the shared kernel and back:
   * two for each system call and page fault.
   */
  readonly ringCrossings: number;
  /** Virtual machine: interrupts that the hypervisor injected. */
  readonly interrupts: number | undefined;
  /** Page faults: taken by the guest's kernel in its own ring 0, or by the shared kernel. */
  readonly pageFaults: number;
}

/** A tenant's frames of 4 KiB, by the machine's ledger. */
export interface FrameFigures {
  /** Frames that it alone holds. */
  readonly private: number;
  /** Frames that it holds together with others. */
  readonly shared: number;
}

const PAGE_FAULT = 14;

/** What a virtual machine had crossed at a mark. */
export function vmFigures({ counters }: CounterMark): Figures {
  return {
    instructions: counters.instructions, nanoseconds: counters.time, exits: Object.values(counters.exits).reduce((sum, n) => sum + n, 0), systemCalls: undefined,
    ringCrossings: counters.ringCrossings, interrupts: counters.interrupts, pageFaults: counters.exceptionsByVector.get(PAGE_FAULT) ?? 0,
  };
}
/** What a container had crossed at a mark. */
export function containerFigures({ counters, time }: ContainerMark): Figures {
  const { instructions, systemCalls, pageFaults } = counters;
  return { instructions, nanoseconds: time, exits: undefined, systemCalls, ringCrossings: sharedKernelCrossings(systemCalls, pageFaults), interrupts: undefined, pageFaults };
}
/** Crossings of the line between programs and the shared kernel: each system call and each page fault is one way in and one back. */
export function sharedKernelCrossings(systemCalls: number, pageFaults: number): number { return 2 * (systemCalls + pageFaults); }
/** What was crossed between two marks. */
export function between(from: Figures | undefined, to: Figures): Figures {
  if (!from) return to;
  const minus = <T extends number | undefined>(a: T, b: T): T => (a === undefined || b === undefined ? undefined : a - b) as T;
  return {
    instructions: to.instructions - from.instructions, nanoseconds: to.nanoseconds - from.nanoseconds, exits: minus(to.exits, from.exits), systemCalls: minus(to.systemCalls, from.systemCalls),
    ringCrossings: to.ringCrossings - from.ringCrossings, interrupts: minus(to.interrupts, from.interrupts), pageFaults: to.pageFaults - from.pageFaults,
  };
}
