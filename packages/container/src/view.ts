import type { Holding, OwnerId } from "@ringzero/machine";
import type { ContainerState } from "./state.ts";

/** What crossed from programs into the kernel and back, by its own counters. Instructions and system calls never depend on the host. */
export interface KernelCounters {
  /** Instructions retired in ring 3. */
  readonly instructions: number;
  /** System calls entered; one that waits counts once. */
  readonly systemCalls: number;
  /** Page faults handled, those that ended in a signal among them. */
  readonly pageFaults: number;
  /** Times that another task was given the processor. */
  readonly contextSwitches: number;
  /** Signals delivered: a handler entered, or a default action carried out. */
  readonly signals: number;
}

/** Time from the start of a container's program until it first waited for something to be typed. */
export interface PromptTime {
  /** The kernel's own nanoseconds. */
  readonly virtual: number;
  /** The host's. */
  readonly wall: number;
}

/** What was counted at one system call: a step of a script had been reached. */
export interface ContainerMark {
  /** The container's counters. */
  readonly counters: KernelCounters;
  /** Virtual nanoseconds of the kernel since the container's program was started. */
  readonly time: number;
  /** Frames charged to the container, by the machine's ledger: its own, those it shares, and of these the ones that others pay for. */
  readonly frames: Pick<Holding, "private" | "shared" | "saved">;
  /** Host time since the start, in nanoseconds: not part of the run, and another each time. */
  readonly wall: number;
}

/** One container's part of the shared kernel. */
export interface ContainerView {
  /** Its state. */
  readonly state: ContainerState;
  /** What its tasks have crossed. */
  readonly counters: KernelCounters;
  /** Tasks it has now. */
  readonly tasks: number;
  /** Frames charged to its control group: now, and the most at once. */
  readonly frames: number;
  /** The most frames at once. */
  readonly peakFrames: number;
  /** Forks that pids.max refused. */
  readonly refusedForks: number;
  /** Undefined until it has waited for input. */
  readonly prompt: PromptTime | undefined;
  /** What the steps of its script have kept, by name. */
  readonly marks: { readonly [name: string]: ContainerMark };
}

/** What can be seen of a runtime at one moment. Frames private and shared are in `machine.ledger()`, by the owners named here. */
export interface RuntimeView {
  /** The kernel's owner in the ledger; containers have owners of their own. */
  readonly owner: OwnerId;
  /** What all tasks have crossed, those of containers that are gone among them. */
  readonly counters: KernelCounters;
  /** Virtual nanoseconds: all. */
  readonly time: number;
  /** Virtual nanoseconds spent idle. */
  readonly idle: number;
  /** Tasks of all containers. */
  readonly tasks: number;
  /** Containers there are, in the order in which they were made. */
  readonly containers: readonly ContainerView[];
  /** System calls that programs asked for in vain, with how often. */
  readonly unknownCalls: { readonly [name: string]: number };
}

/** How a runtime ended: `shutdown` as asked, `panic` of its kernel, `failed` where its worker died. */
export interface RuntimeEnd {
  /** Why. */
  readonly reason: "shutdown" | "panic" | "failed";
  /** What the kernel said at its panic, or the error that ended the worker; undefined after a shutdown. */
  readonly failure: string | undefined;
}
