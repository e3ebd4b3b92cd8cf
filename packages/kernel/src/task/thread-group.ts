import { RLIM_NLIMITS, RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_STACK } from "@ringzero/linux-abi";
import { WaitQueue } from "@ringzero/vfs";
import type { Tty } from "../files/tty.ts";
import type { PidNamespace } from "../namespaces/pid-namespace.ts";
import { PendingSignals, SignalActions } from "../signals/signal-state.ts";
import type { Task } from "./task.ts";

/** Limits of a process without a parent, by resource. */
const INITIAL_LIMITS: readonly (readonly [number, number])[] = Array.from({ length: RLIM_NLIMITS }, (_, resource) =>
  resource === RLIMIT_STACK ? [8 << 20, Number.POSITIVE_INFINITY] : resource === RLIMIT_NOFILE ? [1024, 4096] : resource === RLIMIT_CORE ? [0, Number.POSITIVE_INFINITY] : [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);

/** A process to its parent: the tasks that CLONE_THREAD made, and what they share. Linux, include/linux/sched/signal.h:struct signal_struct. */
export class ThreadGroup {
  /** Number of its first task: what getpid(2) gives. */
  readonly pid: number;
  /** Its tasks that have not ended. */
  readonly tasks: Set<Task> = new Set();
  /** Who is told of its end: another process, or nobody. */
  parent: ThreadGroup | undefined;
  /** Instructions that its tasks have retired. */
  instructions = 0;
  /** Virtual time when it was made. */
  startTime = 0;
  /** Name of its program when it ended. */
  name = "";
  /** The namespace that it has its own number in. */
  readonly pids: PidNamespace;
  /** Processes that it can wait for. */
  readonly children: Set<ThreadGroup> = new Set();
  /** Process group and session. */
  groupId: number;
  /** Number of its session: setsid(2). */
  sessionId: number;
  /** Its controlling terminal. */
  terminal: Tty | undefined;
  /** What signals do: sigaction(2). @internal */
  actions: SignalActions = new SignalActions();
  /** Signals that any of its tasks may take. @internal */
  readonly pending: PendingSignals = new PendingSignals();
  /** Status of wait4(2), once it has ended. */
  exitStatus: number | undefined;
  /** Told of it, for whoever started it from outside. */
  onEnd: ((status: number) => void) | undefined;
  /** A stop or continuation that the parent has not been told of: a status of wait4(2). */
  stopReport: number | undefined;
  /** Whether SIGSTOP or its kind holds it. */
  stopped = false;
  /** Signal that tells the parent. */
  exitSignal: number;
  /** A child ended, stopped or went on. */
  readonly childChanged: WaitQueue = new WaitQueue();
  /** Soft and hard limits by resource. */
  readonly limits: [number, number][] = [];
  /** Set once exit_group(2) or a fatal signal has decided: every task ends with it. */
  ending: number | undefined;

  constructor(pid: number, parent: ThreadGroup | undefined, exitSignal: number, pids: PidNamespace) {
    this.pids = pids;
    this.pid = pid;
    this.parent = parent;
    this.exitSignal = exitSignal;
    this.groupId = parent?.groupId ?? pid;
    this.sessionId = parent?.sessionId ?? pid;
    this.terminal = parent?.terminal;
    for (const [soft, hard] of parent?.limits ?? INITIAL_LIMITS) this.limits.push([soft, hard]);
    parent?.children.add(this);
  }
  /** Whether it has ended and was not waited for. */
  get isZombie(): boolean { return this.exitStatus !== undefined; }
}
