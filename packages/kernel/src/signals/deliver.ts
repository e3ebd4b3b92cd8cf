import { SA_NODEFER, SA_RESETHAND, SIG_DFL, SIG_IGN, SIGSTOP, CLD_STOPPED, SIGCHLD, SA_NOCLDSTOP, SIGSEGV, SI_KERNEL } from "@ringzero/linux-abi";
import { enterHandler } from "../arch/x86/signal-frame.ts";
import { endGroup } from "../task/exit.ts";
import type { Task } from "../task/task.ts";
import { DEFAULT_ACTION, defaultAction, signalBit, UNBLOCKABLE, type SignalAction, type SignalInfo, type SignalSet } from "./signal-state.ts";
import { forceSignal, sendToGroup } from "./send.ts";

/** Whether a signal waits that the task does not block. */
export function hasSignal(task: Task): boolean {
  if (task.pending.empty && task.group.pending.empty) return task.group.ending !== undefined;
  return ((task.pending.set | task.group.pending.set) & ~(task.blockedSignals & ~UNBLOCKABLE)) !== 0n || task.group.ending !== undefined;
}
/** What the next signal will do: run a handler, or its default action, unless that is to be ignored. */
export function wouldHandle(task: Task): SignalAction | "default" | undefined {
  if (task.group.ending !== undefined) return "default";
  const open = (task.pending.set | task.group.pending.set) & ~(task.blockedSignals & ~UNBLOCKABLE);
  for (let signal = 1; signal <= 64; signal++) {
    if (!(open & signalBit(signal))) continue;
    const action = task.group.actions.get(signal);
    if (action.handler === SIG_IGN) continue;
    if (action.handler !== SIG_DFL) return action;
    const does = defaultAction(signal);
    if (does === "terminate" || does === "stop") return "default";
  }
  return undefined;
}

/** Carries out what waits, on the way back to the program: at most one handler is entered at a time. Linux, kernel/signal.c:get_signal(). */
export function deliverSignals(task: Task): void {
  if (task.group.ending !== undefined) {
    endGroup(task, task.group.ending);
    return;
  }
  const blocked = task.blockedSignals & ~UNBLOCKABLE;
  for (;;) {
    const info = task.pending.take(blocked) ?? task.group.pending.take(blocked);
    if (!info) break;
    const action = task.group.actions.get(info.signal);
    if (action.handler === SIG_IGN) continue;
    task.kernel.counts.signals++;
    task.cgroup.counts.signals++;
    if (action.handler !== SIG_DFL) {
      handle(task, info, action);
      return;
    }
    switch (defaultAction(info.signal)) {
      case "terminate":
        endGroup(task, info.signal);
        return;
      case "stop":
        stop(task, info.signal);
        return;
      default:
    }
  }
  // Nothing ran in place of a mask that a call had set for its time.
  if (task.savedMask !== undefined && !task.call) {
    task.blockedSignals = task.savedMask;
    task.savedMask = undefined;
  }
}

function handle(task: Task, info: SignalInfo, action: SignalAction): void {
  const mask: SignalSet = task.savedMask ?? task.blockedSignals;
  task.savedMask = undefined;
  if (!enterHandler(task, info, action, mask)) {
    // No room for the frame. Linux, kernel/signal.c:force_sigsegv().
    task.group.actions.set(SIGSEGV, DEFAULT_ACTION);
    forceSignal(task, SIGSEGV, SI_KERNEL, 0);
    deliverSignals(task);
    return;
  }
  task.blockedSignals |= action.mask;
  if (!(action.flags & SA_NODEFER)) task.blockedSignals |= signalBit(info.signal);
  task.blockedSignals &= ~UNBLOCKABLE;
  if (action.flags & SA_RESETHAND) task.group.actions.set(info.signal, DEFAULT_ACTION);
}
function stop(task: Task, signal: number): void {
  const { group } = task;
  for (const member of group.tasks) {
    member.stopWaiting();
    member.state = "stopped";
  }
  group.stopped = true;
  group.stopReport = ((signal || SIGSTOP) << 8) | 0x7f;
  const { parent } = group;
  if (!parent) return;
  parent.childChanged.wake();
  if (!(parent.actions.get(SIGCHLD).flags & SA_NOCLDSTOP)) sendToGroup(parent, { signal: SIGCHLD, code: CLD_STOPPED, pid: group.pid, uid: task.credentials.uid, value: signal });
}
