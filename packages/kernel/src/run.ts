import { SEGV_ACCERR, SEGV_MAPERR, SIGBUS, SIGFPE, SIGILL, SIGKILL, SIGSEGV, SIGTRAP, FPE_INTDIV, ILL_ILLOPN, SI_KERNEL, TRAP_BRKPT, BUS_ADRERR } from "@ringzero/linux-abi";
import type { Abi } from "./arch/x86/abi.ts";
import type { Trap } from "./arch/x86/process-cpu.ts";
import { enterSystemCall, resumeSystemCall } from "./dispatch.ts";
import type { Kernel } from "./kernel.ts";
import { makeRoom } from "./memory/out-of-memory.ts";
import { deliverSignals, hasSignal } from "./signals/deliver.ts";
import { forceSignal } from "./signals/send.ts";
import type { Task } from "./task/task.ts";

/** Instructions that a task runs before others have their turn: 10 ms of virtual time at the default rate. */
const SLICE = 1_000_000;

/**
 * Turns of a kernel's tasks. A system call that neither waits nor ends the turn is carried out within the processor's run, in which the program goes on behind it: what is
 * counted, and when timers fire and inputs enter, is as if each call had ended the run.
 */
export class Turns {
  readonly #kernel: Kernel;
  /** What the task under way may still run, as of the processor's count `#counted`, and the count at which its run ends. */
  #left = 0;
  #counted = 0;
  #end = 0;
  /** What a system call within the run has thrown: a mistake of the kernel's. */
  #failure: unknown;

  constructor(kernel: Kernel) { this.#kernel = kernel; }

  /** Runs a task until its slice is over, or it blocks, stops or ends. */
  run(task: Task): void {
    const kernel = this.#kernel;
    this.#left = SLICE;
    kernel.current = task;
    while (task.state === "runnable" && this.#left > 0) {
      if (task.call && !resumeSystemCall(task)) break;
      if (hasSignal(task)) deliverSignals(task);
      if (task.state !== "runnable") break;
      const budget = kernel.time.budget(this.#left);
      if (budget === 0) {
        kernel.time.sliceEnd(0);
        continue;
      }
      kernel.cpu.switchTo(task.cpu, task.space.table, task.space.number);
      this.#counted = kernel.cpu.retired;
      this.#end = this.#counted + budget;
      const trap = kernel.cpu.run(budget);
      if (this.#failure !== undefined) this.#fail();
      // After a call within the run nothing is left to count.
      if (trap.kind === "called") continue;
      this.#count(task, kernel.cpu.retired);
      handle(task, trap);
    }
    kernel.current = undefined;
  }
  /** The task under way has made a system call. Returns whether it goes on within the same run: `retired` is the processor's count, the call included. */
  systemCall(abi: Abi, retired: number): boolean {
    const kernel = this.#kernel, task = kernel.current!;
    try {
      this.#count(task, retired);
      countCall(task);
      enterSystemCall(task, abi);
      if (task.state !== "runnable" || task.call || this.#left <= 0 || hasSignal(task)) return false;
      if (kernel.time.budget(this.#left) !== this.#end - retired) return false;
      kernel.cpu.switchTo(task.cpu, task.space.table, task.space.number);
      return true;
    } catch (error) {
      this.#failure = error;
      return false;
    }
  }
  /** Accounts for what has run up to the processor's count. */
  #count(task: Task, retired: number): void {
    const kernel = this.#kernel, ran = retired - this.#counted;
    this.#counted = retired;
    this.#left -= ran;
    kernel.count(task, ran);
    kernel.time.sliceEnd(ran);
  }
  #fail(): never {
    const error = this.#failure;
    this.#failure = undefined;
    throw error;
  }
}

function countCall(task: Task): void {
  task.kernel.counts.systemCalls++;
  task.cgroup.counts.systemCalls++;
}

function handle(task: Task, trap: Trap): void {
  switch (trap.kind) {
    case "budget": case "called": return;
    case "systemCall":
      countCall(task);
      enterSystemCall(task, trap.abi);
      return;
    case "pageFault": {
      faulted(task, trap);
      const result = trap.address >= task.space.layout.limit ? SEGV_MAPERR : task.space.fault(trap.address, trap.access);
      if (result === "done") return;
      // Where room could be made the instruction is executed again; else the task is to end.
      if (result === "exhausted") {
        if (!makeRoom(task.kernel, task.space) && task.state !== "dead" && !hasSignal(task)) forceSignal(task, SIGKILL, SI_KERNEL, 0);
      }
      else if (result === "bus") forceSignal(task, SIGBUS, BUS_ADRERR, trap.address);
      else forceSignal(task, SIGSEGV, result === SEGV_ACCERR ? SEGV_ACCERR : SEGV_MAPERR, trap.address);
      return;
    }
    case "exception": {
      const [signal, code] = EXCEPTION_SIGNALS[trap.vector] ?? [SIGSEGV, SI_KERNEL];
      forceSignal(task, signal, code, code === SI_KERNEL ? 0 : task.registers.rip);
    }
  }
}

function faulted(task: Task, trap: Extract<Trap, { kind: "pageFault" }>): void {
  const { counts, pageFaults, time, owner } = task.kernel;
  counts.pageFaults++;
  task.cgroup.counts.pageFaults++;
  if (pageFaults.heard) pageFaults.emit({ tenant: owner.id, retired: time.clock.retired, time: time.clock.time, cause: `${trap.access} by ${task.name}`, cost: 0, address: BigInt(trap.address), errorCode: trap.errorCode });
}

/** Signal and si_code of each exception of a program. Linux, arch/x86/kernel/traps.c. */
const EXCEPTION_SIGNALS: { readonly [vector: number]: readonly [signal: number, code: number] } = {
  0: [SIGFPE, FPE_INTDIV], 1: [SIGTRAP, TRAP_BRKPT], 3: [SIGTRAP, SI_KERNEL], 4: [SIGSEGV, SI_KERNEL], 5: [SIGSEGV, SI_KERNEL], 6: [SIGILL, ILL_ILLOPN], 11: [SIGBUS, SI_KERNEL], 12: [SIGBUS, SI_KERNEL],
  16: [SIGFPE, FPE_INTDIV], 17: [SIGBUS, 1], 19: [SIGFPE, FPE_INTDIV],
};
