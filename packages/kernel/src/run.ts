import { SEGV_ACCERR, SEGV_MAPERR, SIGBUS, SIGFPE, SIGILL, SIGKILL, SIGSEGV, SIGTRAP, FPE_INTDIV, ILL_ILLOPN, SI_KERNEL, TRAP_BRKPT, BUS_ADRERR } from "@ringzero/linux-abi";
import type { Trap } from "./arch/x86/process-cpu.ts";
import { enterSystemCall, resumeSystemCall } from "./dispatch.ts";
import type { Kernel } from "./kernel.ts";
import { makeRoom } from "./memory/out-of-memory.ts";
import { deliverSignals, hasSignal } from "./signals/deliver.ts";
import { forceSignal } from "./signals/send.ts";
import type { Task } from "./task/task.ts";

/** Instructions that a task runs before others have their turn: 10 ms of virtual time at the default rate. */
const SLICE = 1_000_000;

/** Runs a task until its slice is over, or it blocks, stops or ends. */
export function runSlice(kernel: Kernel, task: Task): void {
  let left = SLICE;
  kernel.current = task;
  while (task.state === "runnable" && left > 0) {
    if (task.call && !resumeSystemCall(task)) break;
    if (hasSignal(task)) deliverSignals(task);
    if (task.state !== "runnable") break;
    const budget = kernel.time.budget(left);
    if (budget === 0) {
      kernel.time.sliceEnd(0);
      continue;
    }
    kernel.cpu.switchTo(task.cpu, task.space.table, task.space.number);
    const before = kernel.cpu.retired, trap = kernel.cpu.run(budget), ran = kernel.cpu.retired - before;
    left -= ran;
    kernel.count(task, ran);
    kernel.time.sliceEnd(ran);
    handle(task, trap);
  }
  kernel.current = undefined;
}

function handle(task: Task, trap: Trap): void {
  switch (trap.kind) {
    case "budget": return;
    case "systemCall":
      task.kernel.counts.systemCalls++;
      task.cgroup.counts.systemCalls++;
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
