import type { Abi } from "../arch/x86/abi.ts";
import type { Timer } from "@ringzero/machine";
import type { Registers } from "../arch/x86/registers.ts";
import { WOULD_BLOCK, type Credentials, type MountNamespace, type Path, type WaitQueue, type WalkContext, type WouldBlock } from "@ringzero/vfs";
import { newContext, type CpuContext } from "../arch/x86/process-cpu.ts";
import type { FdTable } from "../files/fd-table.ts";
import type { Kernel } from "../kernel.ts";
import type { Cgroup } from "../namespaces/cgroup.ts";
import type { PidNamespace, UtsNamespace } from "../namespaces/pid-namespace.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import { UserMemory } from "../memory/user-memory.ts";
import { PendingSignals, type SignalSet } from "../signals/signal-state.ts";
import type { ThreadGroup } from "./thread-group.ts";

/** Root and working directory, which CLONE_FS shares: Linux's fs_struct. */
export interface FsContext {
  /** What is mounted where. */
  namespace: MountNamespace;
  /** Where "/" leads. */
  root: Path;
  /** Where relative paths begin. */
  cwd: Path;
  /** Permissions that new files do not get. */
  umask: number;
}
/** A system call under way, as data: what a blocked task is entered again with. */
export interface CallRecord {
  /** By whose numbers and registers. */
  abi: Abi;
  /** Its number in that ABI. */
  number: number;
  /** As they were decoded: always six, of which a call has as many as it declares. */
  readonly arguments: number[];
  /** Virtual nanoseconds at which it ends without what it waits for. */
  deadline: number | undefined;
  /** What it has done so far, as the call defines it. */
  progress: number;
}
/** Virtual nanoseconds that no kernel lives to see, 52 days: a deadline beyond never comes. */
export const FOREVER: number = 2 ** 52;
/** Whether a task can run, waits in a call, was stopped by a signal, or has ended. */
export type TaskState = "runnable" | "blocked" | "stopped" | "dead";

/** What the scheduler runs: Linux's task_struct. Parts that clone(2) can share are objects of their own. */
export class Task {
  /** The kernel that runs it. */
  readonly kernel: Kernel;
  /** The kernel's number for it: gettid(2) in the first namespace. */
  readonly tid: number;
  /** The process that it belongs to. */
  readonly group: ThreadGroup;
  /** Its registers while another task runs. @internal */
  readonly cpu: CpuContext = newContext();
  /** Its memory: mappings and page table. @internal */
  space: AddressSpace;
  /** Its memory as system calls reach it. @internal */
  memory: UserMemory;
  /** Its descriptors. @internal */
  files: FdTable;
  /** Root, working directory, mounts and umask. @internal */
  fs: FsContext;
  /** Whose rights it has. */
  credentials: Credentials;
  /** Namespaces; that of mounts is part of `fs`. */
  uts: UtsNamespace;
  /** The namespace that it has its own number in. */
  readonly pids: PidNamespace;
  /** The control group that it counts in. */
  readonly cgroup: Cgroup;
  /** Namespace of the children to come: unshare(2) changes it. */
  childPids: PidNamespace;
  /** Name of the program, 15 bytes at most. */
  name: string;
  /** The program that it runs; undefined before its first one. */
  executable: Path | undefined;
  /** Whether it can run. */
  state: TaskState = "runnable";
  /** The call that it is in; while blocked, what it will be entered again with. @internal */
  call: CallRecord | undefined;
  /** Signals that wait until they are unblocked; bit n − 1 is signal n. */
  blockedSignals: SignalSet = 0n;
  /** The mask to come back after a handler: sigsuspend(2). */
  savedMask: SignalSet | undefined;
  /** Signals that wait for this task. @internal */
  readonly pending: PendingSignals = new PendingSignals();
  /** Where handlers with SA_ONSTACK run: sigaltstack(2). @internal */
  alternateStack: { readonly address: number; readonly size: number; readonly flags: number } = { address: 0, size: 0, flags: 2 };
  /** Address that is cleared and woken when it ends: set_tid_address(2). */
  clearTid = 0;
  /** Whoever waits for the end of a vfork(2). */
  vforkDone: WaitQueue | undefined;
  /** Of the call under way; the object is used again. */
  readonly #call: CallRecord = { abi: "x86_64", number: 0, arguments: [0, 0, 0, 0, 0, 0], deadline: undefined, progress: 0 };
  readonly #queues: WaitQueue[] = [];
  readonly #timer: Timer;

  constructor(kernel: Kernel, tid: number, group: ThreadGroup, parts: Pick<Task, "space" | "files" | "fs" | "credentials" | "name" | "uts" | "pids" | "cgroup">) {
    this.kernel = kernel;
    this.tid = tid;
    this.group = group;
    this.space = parts.space;
    this.memory = kernel.userMemory(parts.space);
    this.files = parts.files;
    this.fs = parts.fs;
    this.credentials = parts.credentials;
    this.name = parts.name;
    this.uts = parts.uts;
    this.pids = this.childPids = parts.pids;
    parts.pids.add(tid);
    this.cgroup = parts.cgroup;
    parts.cgroup.countTask(1);
    this.#timer = kernel.time.events.timer(`task ${tid}`, () => this.wake());
    if (group.tasks.size === 0) group.startTime = kernel.time.clock.time;
    group.tasks.add(this);
  }
  /** The ABI of the call under way, or of its program. */
  get abi(): Abi { return this.call?.abi ?? this.space.abi; }
  /** Its registers, wherever they are now. */
  get registers(): Registers { return this.kernel.cpu.registersOf(this.cpu); }
  /** A task's number as this one sees it; 0 = not at all. */
  seen(global: number): number { return this.pids.local(global); }
  /** Whose eyes its paths are read with. */
  get walk(): WalkContext { return { root: this.fs.root, cwd: this.fs.cwd, credentials: this.credentials }; }

  /** It has made a system call; the record's arguments are to be filled in. @internal */
  beginCall(abi: Abi, number: number): CallRecord {
    const call = this.#call;
    call.abi = abi;
    call.number = number;
    call.deadline = undefined;
    call.progress = 0;
    return (this.call = call);
  }
  /** Replaces its memory: execve(2). @internal */
  setSpace(space: AddressSpace): void {
    const old = this.space;
    this.space = space;
    this.memory = this.kernel.userMemory(space);
    old.leave();
  }
  /** The call under way waits for a change of any of these, or for its deadline: it is entered again then. For `return task.wait(…)`. */
  wait(...queues: (WaitQueue | undefined)[]): WouldBlock {
    for (const queue of queues) {
      if (!queue) continue;
      queue.add(this);
      this.#queues.push(queue);
    }
    if (this.call?.deadline !== undefined && this.call.deadline < FOREVER) this.#timer.arm(this.call.deadline);
    return WOULD_BLOCK;
  }
  /** Whether the deadline of the call under way has come. */
  get timedOut(): boolean { return this.call?.deadline !== undefined && this.kernel.time.clock.time >= this.call.deadline; }
  /** Something it waits for may have come: it is entered again. */
  wake(): void {
    this.stopWaiting();
    if (this.state === "blocked") this.kernel.makeRunnable(this);
  }
  /** Leaves all wait queues and forgets the deadline. */
  stopWaiting(): void {
    for (let queue = this.#queues.pop(); queue; queue = this.#queues.pop()) queue.remove(this);
    this.#timer.cancel();
  }
  /** Frees what the kernel's tables hold of it. */
  retire(): void {
    this.cgroup.countTask(-1);
    this.stopWaiting();
    this.#timer.close();
  }
}
