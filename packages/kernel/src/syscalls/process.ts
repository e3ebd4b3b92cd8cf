import { AT_EMPTY_PATH, AT_FDCWD, CLD_DUMPED, CLD_EXITED, CLD_KILLED, CLD_STOPPED, CLONE_VFORK, CLONE_VM, CSIGNAL, E2BIG, ECHILD, EINVAL, ENOENT, EPERM, ESRCH, P_ALL, P_PGID, P_PID, rusage, SIGCHLD, WNOHANG, WUNTRACED } from "@ringzero/linux-abi";
import { exec } from "../exec/exec.ts";
import { infoBytes } from "../arch/x86/signal-frame.ts";
import { address, fd, int, NO_RESULT, path, syscall, uint, ulong, type Result, type SystemCall } from "../syscall.ts";
import { clone, type CloneRequest } from "../task/clone.ts";
import { endGroup, endTask, reap } from "../task/exit.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";
import { startOf } from "./place.ts";

/** Makes the child; a parent by vfork waits until it is gone or has another program, and `progress` says for whom. */
function fork(task: Task, request: CloneRequest): Result {
  const call = task.call!;
  if (call.progress === 0) {
    const child = clone(task, request);
    if (!(request.flags & CLONE_VFORK)) return task.seen(child.tid);
    call.progress = child.tid;
  }
  const waiting = task.kernel.tasks.get(call.progress)?.vforkDone;
  return waiting ? task.wait(waiting) : task.seen(call.progress);
}
const plain = (flags: number): CloneRequest => ({ flags, exitSignal: SIGCHLD, stack: 0, parentTid: 0, childTid: 0, threadLocal: 0 });

/** clone3(2): the fields of clone_args that there are. */
function clone3(task: Task, at: number, bytes: number): Result {
  if (bytes < 64) throw EINVAL;
  if (bytes > 4096) throw E2BIG;
  const word = (n: number): number => task.memory.u64(at + n * 8), stack = word(5), stackSize = word(6);
  return fork(task, { flags: word(0), exitSignal: word(4), stack: stack === 0 ? 0 : stack + stackSize, parentTid: word(3), childTid: word(2), threadLocal: word(7) });
}

function strings(task: Task, vector: number): string[] {
  const list: string[] = [], word = task.space.abi === "i386" ? 4 : 8;
  if (vector === 0) return list;
  for (let at = vector; ; at += word) {
    const address = task.memory.word(at);
    if (address === 0) return list;
    if (list.length > 0x2_0000) throw E2BIG;
    list.push(task.memory.string(address, 128 << 10));
  }
}
function execve(task: Task, directory: number, at: number, args: number, environment: number, flags: number): Result {
  let name = task.memory.string(at);
  if (name === "") {
    if (!(flags & AT_EMPTY_PATH)) throw ENOENT;
    name = `/proc/self/fd/${directory}`;
  }
  exec(task, startOf(task, directory, name), { path: name, arguments: strings(task, args), environment: strings(task, environment) });
  return NO_RESULT;
}

function matches(child: ThreadGroup, task: Task, kind: number, id: number): boolean {
  return kind === P_ALL || (kind === P_PID ? child.pid === task.pids.global(id) : child.groupId === (id === 0 ? task.group.groupId : task.pids.global(id)));
}
interface Report { readonly child: ThreadGroup; readonly status: number; readonly ended: boolean }
/** A child with something to tell; undefined = none yet. Throws ECHILD where there can be none. */
function report(task: Task, kind: number, id: number, options: number): Report | undefined {
  let any = false;
  for (const child of task.group.children) {
    if (!matches(child, task, kind, id)) continue;
    any = true;
    if (child.exitStatus !== undefined) return { child, status: child.exitStatus, ended: true };
    if (child.stopReport !== undefined && (child.stopReport === 0xffff ? options & 8 : options & WUNTRACED)) return { child, status: child.stopReport, ended: false };
  }
  if (!any) throw ECHILD;
  return undefined;
}
function take(task: Task, found: Report): void {
  if (found.ended) reap(task, found.child);
  else found.child.stopReport = undefined;
}
function wait4(task: Task, which: number, status: number, options: number, usage: number): Result {
  const kind = which === -1 ? P_ALL : which > 0 ? P_PID : P_PGID;
  const found = report(task, kind, Math.abs(which), options);
  if (!found) return options & WNOHANG ? 0 : task.wait(task.group.childChanged);
  if (status !== 0) task.memory.setU32(status, found.status);
  if (usage !== 0) task.memory.write(usage, rusage.for(task.abi).bytes({}));
  const pid = task.seen(found.child.pid);
  take(task, found);
  return pid;
}
function waitid(task: Task, kind: number, id: number, info: number, options: number): Result {
  if (kind !== P_ALL && kind !== P_PID && kind !== P_PGID) throw EINVAL;
  if ((options & 14) === 0) throw EINVAL;
  const found = report(task, kind, id, options & ~4 | (options & 4 ? 4 : 0));
  if (!found || (found.ended && !(options & 4))) {
    if (!(options & WNOHANG)) return task.wait(task.group.childChanged);
    if (info !== 0) task.memory.zero(info, 128);
    return 0;
  }
  const { status, child, ended } = found, killed = (status & 0x7f) !== 0;
  const code = !ended ? (status === 0xffff ? 6 : CLD_STOPPED) : !killed ? CLD_EXITED : status & 0x80 ? CLD_DUMPED : CLD_KILLED;
  if (info !== 0) task.memory.write(info, infoBytes(task, { signal: SIGCHLD, code, pid: child.pid, uid: 0, value: ended && killed ? status & 0x7f : status >> 8 }));
  if (!(options & 0x0100_0000)) take(task, found);
  return 0;
}

function groupOf(task: Task, pid: number): ThreadGroup {
  const group = pid === 0 ? task.group : task.kernel.groups.get(task.pids.global(pid));
  if (!group) throw ESRCH;
  return group;
}
function setpgid(task: Task, pid: number, groupId: number): number {
  const group = groupOf(task, pid), wanted = groupId === 0 ? group.pid : task.pids.global(groupId);
  if (groupId < 0) throw EINVAL;
  if (group !== task.group && group.parent !== task.group) throw ESRCH;
  if (group.sessionId === group.pid || group.sessionId !== task.group.sessionId) throw EPERM;
  if (wanted !== group.pid && ![...task.kernel.groups.values()].some((g) => g.groupId === wanted && g.sessionId === group.sessionId)) throw EPERM;
  group.groupId = wanted;
  return 0;
}
function setsid(task: Task): number {
  const { group } = task;
  if ([...task.kernel.groups.values()].some((g) => g.groupId === group.pid)) throw EPERM;
  group.sessionId = group.groupId = group.pid;
  group.terminal = undefined;
  return task.seen(group.pid);
}

/** clone(2), execve(2), wait4(2), exit(2); process groups and sessions. */
export const PROCESS: readonly SystemCall[] = [
  syscall("fork", [], (task) => fork(task, plain(0))),
  syscall("vfork", [], (task) => fork(task, plain(CLONE_VM | CLONE_VFORK))),
  // The last two arguments change places between the ABIs. clone(2), "C library/kernel differences".
  syscall("clone", [ulong, address, address, address, address], (task, flags, stack, parentTid, a, b) => {
    const wide = task.abi === "x86_64";
    return fork(task, { flags: flags & ~CSIGNAL, exitSignal: flags & CSIGNAL, stack, parentTid, childTid: wide ? a : b, threadLocal: wide ? b : a });
  }, "partial: namespaces of mounts, numbers and host name"),
  syscall("clone3", [address, ulong], clone3, "partial: namespaces as clone, no set_tid, no cgroup"),
  syscall("execve", [path, address, address], (task, at, args, environment) => execve(task, AT_FDCWD, at, args, environment, 0)),
  syscall("execveat", [fd, path, address, address, int], execve),
  syscall("exit", [int], (task, status) => { endTask(task, (status & 0xff) << 8); return NO_RESULT; }),
  syscall("exit_group", [int], (task, status) => { endGroup(task, (status & 0xff) << 8); return NO_RESULT; }),
  syscall("wait4", [int, address, int, address], wait4, "partial: resource usage is zero"),
  syscall("waitpid", [int, address, int], (task, pid, status, options) => wait4(task, pid, status, options, 0)),
  syscall("waitid", [int, int, address, int], waitid),
  syscall("getpid", [], (task) => task.seen(task.group.pid)),
  syscall("gettid", [], (task) => task.seen(task.tid)),
  syscall("getppid", [], (task) => task.seen(task.group.parent?.pid ?? 0)),
  syscall("getpgid", [int], (task, pid) => task.seen(groupOf(task, pid).groupId)),
  syscall("getpgrp", [], (task) => task.seen(task.group.groupId)),
  syscall("getsid", [int], (task, pid) => task.seen(groupOf(task, pid).sessionId)),
  syscall("setpgid", [int, int], setpgid),
  syscall("setsid", [], setsid),
  syscall("set_tid_address", [address], (task, at) => {
    task.clearTid = at;
    return task.seen(task.tid);
  }),
  syscall("set_robust_list", [address, ulong], () => 0, "stub: no robust futexes"),
  syscall("rseq", [address, uint, int, uint], () => -38, "stub: not there, as before Linux 4.18"),
];
