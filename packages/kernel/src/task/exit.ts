import { CLD_EXITED, CLD_KILLED, SA_NOCLDWAIT, SIG_IGN, SIGCHLD, SIGHUP, SIGKILL } from "@ringzero/linux-abi";
import { sendToGroup, sendToProcessGroup } from "../signals/send.ts";
import { userSignal } from "../signals/signal-state.ts";
import { wakeFutex } from "../syscalls/futex.ts";
import type { Task } from "./task.ts";
import type { ThreadGroup } from "./thread-group.ts";

/** Ends one task: exit(2). With the last of its group the process has ended. */
export function endTask(task: Task, status: number): void {
  const { kernel, group } = task;
  if (task.clearTid !== 0) clearTid(task);
  task.vforkDone?.wake();
  task.vforkDone = undefined;
  group.name = task.name;
  group.tasks.delete(task);
  task.files.leave();
  task.space.leave();
  kernel.removeTask(task);
  if (group.tasks.size === 0) finish(task, group, group.ending ?? status);
}
/** Ends all tasks of a group: exit_group(2) and fatal signals. `status` as wait4(2) gives it. */
export function endGroup(task: Task, status: number): void {
  const { group } = task;
  group.ending ??= status;
  for (const other of [...group.tasks]) if (other !== task) endTask(other, status);
  if (group.tasks.has(task)) endTask(task, status);
}

/** Tells whoever joins the thread. set_tid_address(2). */
function clearTid(task: Task): void {
  const address = task.clearTid;
  task.clearTid = 0;
  try {
    task.memory.setU32(address, 0);
  } catch {
    return;
  }
  wakeFutex(task, address, 1);
}

function finish(task: Task, group: ThreadGroup, status: number): void {
  const { kernel } = task;
  group.exitStatus = status;
  kernel.alarms.get(group)?.close();
  group.onEnd?.(status);
  // With the first process of a namespace all others end. pid_namespaces(7), "The namespace init process".
  if (!task.pids.isFirst && task.pids.init === group) {
    for (const other of [...kernel.groups.values()]) for (const member of [...other.tasks]) if (member.pids.sees(member.tid) && task.pids.sees(member.tid)) endGroup(member, SIGKILL);
  }
  // Children go to the first process, or to nobody. Linux, kernel/exit.c:find_new_reaper().
  const heir = task.pids.init;
  for (const child of group.children) {
    child.parent = heir === group ? undefined : heir;
    if (child.parent) {
      child.parent.children.add(child);
      if (child.isZombie) child.parent.childChanged.wake();
    } else if (child.isZombie) kernel.groups.delete(child.pid);
  }
  group.children.clear();
  // The end of a session's leader hangs its terminal up.
  if (group.terminal && group.sessionId === group.pid) {
    sendToProcessGroup(kernel, group.terminal.foreground, userSignal(SIGHUP, 0, 0));
    group.terminal.leaveSession();
  }
  const { parent } = group;
  if (!parent) {
    kernel.groups.delete(group.pid);
    task.pids.remove(group.pid);
    return;
  }
  const action = parent.actions.get(SIGCHLD);
  if (group.exitSignal !== 0) {
    const killed = (status & 0x7f) !== 0;
    sendToGroup(parent, { signal: group.exitSignal, code: killed ? CLD_KILLED : CLD_EXITED, pid: group.pid, uid: task.credentials.uid, value: killed ? status & 0x7f : status >> 8 });
  }
  if (action.handler === SIG_IGN || action.flags & SA_NOCLDWAIT) reap(task, group);
  parent.childChanged.wake();
}
/** Forgets a process that has ended and was asked for. */
export function reap(task: Task, group: ThreadGroup): void {
  group.parent?.children.delete(group);
  group.pids.remove(group.pid);
  task.kernel.groups.delete(group.pid);
}
