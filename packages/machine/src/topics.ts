import { traceTopic, type TraceEvent, type TraceTopic } from "./trace-bus.ts";

/** A vector, and what the processor reports with it. */
export interface VectorEvent extends TraceEvent {
  /** 0 to 255. */
  readonly vector: number;
  /** The error code pushed, undefined where the vector has none. */
  readonly errorCode: number | undefined;
}

/** A page fault, or one of the nested tables. */
export interface PageFaultEvent extends TraceEvent {
  /** The linear address; guest-physical where the cause is a frame of the nested tables. */
  readonly address: bigint;
  /** The error code's bits: SDM vol. 3A, "Page-Fault Exception (#PF)". */
  readonly errorCode: number;
}

/** A system call, when it returns; one that blocks, when it is complete. */
export interface SystemCallEvent extends TraceEvent {
  /** Task identifier. */
  readonly task: number;
  /** As they came in registers. */
  readonly arguments: readonly bigint[];
  /** The result, or -errno. */
  readonly result: bigint;
}

/** The kernel runs another task. */
export interface ContextSwitchEvent extends TraceEvent {
  /** Task identifier; 0 is the idle task. */
  readonly from: number;
  /** Task identifier; 0 is the idle task. */
  readonly to: number;
}

/** A control group let something pass, limited it or refused it. */
export interface CgroupEvent extends TraceEvent {
  /** Path of the group. */
  readonly group: string;
  /** `cpu`, `memory`, `pids`, … as the kernel names them. */
  readonly controller: string;
}

/**
 * Everything that crosses a ring, by kind. Whoever handles it emits: the hypervisor exits and injected interrupts, the kernel system calls,
 * context switches and decisions of control groups, both traps and page faults.
 */
export const TOPICS: {
  /** What would exit on hardware with nested paging. */
  readonly exits: TraceTopic<TraceEvent>;
  /** Exceptions delivered. */
  readonly traps: TraceTopic<VectorEvent>;
  /** Interrupts delivered. */
  readonly interrupts: TraceTopic<VectorEvent>;
  /** Page faults. */
  readonly pageFaults: TraceTopic<PageFaultEvent>;
  /** System calls. */
  readonly systemCalls: TraceTopic<SystemCallEvent>;
  /** Changes of the running task. */
  readonly contextSwitches: TraceTopic<ContextSwitchEvent>;
  /** Decisions of cgroup controllers. */
  readonly cgroups: TraceTopic<CgroupEvent>;
} = {
  exits: traceTopic("exits"),
  traps: traceTopic("traps"),
  interrupts: traceTopic("interrupts"),
  pageFaults: traceTopic("pageFaults"),
  systemCalls: traceTopic("systemCalls"),
  contextSwitches: traceTopic("contextSwitches"),
  cgroups: traceTopic("cgroups"),
};
