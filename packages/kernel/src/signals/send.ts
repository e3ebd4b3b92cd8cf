import { SIG_DFL, SIG_IGN, SIGCONT, SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU } from "@ringzero/linux-abi";
import type { Kernel } from "../kernel.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import { DEFAULT_ACTION, defaultAction, signalBit, type SignalInfo } from "./signal-state.ts";

const STOPS = [SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU];

/** Sends a signal to a group: any of its tasks that does not block it takes it. Linux, kernel/signal.c:send_signal_locked(). */
export function sendToGroup(group: ThreadGroup, info: SignalInfo): void {
  if (info.signal === 0 || group.isZombie) return;
  if (!prepare(group, info.signal, info.pid)) return;
  group.pending.add(info);
  for (const task of group.tasks) {
    if (task.blockedSignals & signalBit(info.signal) && info.signal !== SIGKILL) continue;
    wakeFor(task, info.signal);
    if (info.signal !== SIGKILL) return;
  }
}
/** Sends a signal to one task: tgkill(2), and faults. */
export function sendToTask(task: Task, info: SignalInfo): void {
  if (info.signal === 0 || task.state === "dead" || !prepare(task.group, info.signal, info.pid)) return;
  task.pending.add(info);
  if (!(task.blockedSignals & signalBit(info.signal))) wakeFor(task, info.signal);
}
/** A signal that cannot be blocked or ignored, for what the task itself did. Linux, kernel/signal.c:force_sig_info_to_task(). */
export function forceSignal(task: Task, signal: number, code: number, value: number): void {
  const { actions } = task.group;
  if (task.blockedSignals & signalBit(signal) || actions.get(signal).handler === SIG_IGN) {
    actions.set(signal, DEFAULT_ACTION);
    task.blockedSignals &= ~signalBit(signal);
  }
  task.pending.add({ signal, code, pid: 0, uid: 0, value });
}
/** Sends a signal to every group of a process group. */
export function sendToProcessGroup(kernel: Kernel, groupId: number, info: SignalInfo): number {
  let sent = 0;
  for (const group of [...kernel.groups.values()]) {
    if (group.groupId !== groupId || group.isZombie) continue;
    sendToGroup(group, info);
    sent++;
  }
  return sent;
}

/** What a signal does by being sent. False where it is ignored and so never kept. */
function prepare(group: ThreadGroup, signal: number, from: number): boolean {
  if (signal === SIGCONT || signal === SIGKILL) {
    for (const stop of STOPS) {
      group.pending.drop(stop);
      for (const task of group.tasks) task.pending.drop(stop);
    }
    if (group.stopped) {
      group.stopped = false;
      group.stopReport = 0xffff;
      group.parent?.childChanged.wake();
      // A call that was under way is entered again.
      for (const task of group.tasks) if (task.state === "stopped") task.kernel.makeRunnable(task);
    }
  } else if (STOPS.includes(signal)) {
    group.pending.drop(SIGCONT);
  }
  const { handler } = group.actions.get(signal);
  // A namespace's first process hears only what it has a handler for, and from outside KILL and STOP. Linux, kernel/signal.c:sig_task_ignored().
  if (handler === SIG_DFL && group.pids.init === group && !group.pids.isFirst) return (signal === SIGKILL || signal === SIGSTOP) && (from === 0 || !group.pids.sees(from));
  const blocked = [...group.tasks].every((task) => task.blockedSignals & signalBit(signal));
  return blocked || !(handler === SIG_IGN || (handler === SIG_DFL && defaultAction(signal) === "ignore"));
}
function wakeFor(task: Task, signal: number): void {
  if (task.state === "blocked") task.wake();
  else if (task.state === "stopped" && signal === SIGKILL) task.kernel.makeRunnable(task);
}
