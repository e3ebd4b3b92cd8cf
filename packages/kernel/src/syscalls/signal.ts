import { EAGAIN, EINVAL, ENOMEM, EPERM, ESRCH, kernel_sigaction, SI_TKILL, SIG_BLOCK, SIG_IGN, SIG_SETMASK, SIG_UNBLOCK, SIGKILL, SIGNALS, SIGSTOP, SS_DISABLE, SS_ONSTACK, stack_t, SIG_DFL } from "@ringzero/linux-abi";
import { infoBytes, leaveHandler, leaveHandler32 } from "../arch/x86/signal-frame.ts";
import { GPR } from "../arch/x86/registers.ts";
import { sendToGroup, sendToProcessGroup, sendToTask } from "../signals/send.ts";
import { defaultAction, UNBLOCKABLE, userSignal, type SignalSet } from "../signals/signal-state.ts";
import { address, int, NO_RESULT, size, syscall, type Result, type SystemCall } from "../syscall.ts";
import type { Task } from "../task/task.ts";
import { readTime } from "./time.ts";

const readSet = (task: Task, at: number): SignalSet => BigInt(task.memory.u32(at)) | (BigInt(task.memory.u32(at + 4)) << 32n);
function writeSet(task: Task, at: number, set: SignalSet): void {
  task.memory.setU32(at, Number(set & 0xffff_ffffn));
  task.memory.setU32(at + 4, Number(set >> 32n));
}

function sigaction(task: Task, signal: number, act: number, old: number, setSize: number): number {
  if (setSize !== 8 || !(signal >= 1 && signal <= SIGNALS)) throw EINVAL;
  const layout = kernel_sigaction.for(task.abi), before = task.group.actions.get(signal);
  if (act !== 0 && (signal === SIGKILL || signal === SIGSTOP)) throw EINVAL;
  const wanted = act === 0 ? undefined : layout.get(task.memory.bytes(act, layout.size));
  if (old !== 0) {
    task.memory.write(old, layout.bytes({ sa_handler: BigInt(before.handler), sa_flags: BigInt(before.flags >>> 0), sa_restorer: BigInt(before.restorer), sa_mask: [Number(before.mask & 0xffff_ffffn), Number(before.mask >> 32n)] }));
  }
  if (!wanted) return 0;
  const handler = Number(wanted.sa_handler);
  task.group.actions.set(signal, { handler, flags: Number(wanted.sa_flags) | 0, restorer: Number(wanted.sa_restorer), mask: (BigInt(wanted.sa_mask[0]!) | (BigInt(wanted.sa_mask[1]!) << 32n)) & ~UNBLOCKABLE });
  // A signal that is ignored now is not kept. POSIX.1-2017, "Signal Actions".
  if (handler === SIG_IGN || (handler === SIG_DFL && defaultAction(signal) === "ignore")) {
    task.group.pending.drop(signal);
    for (const member of task.group.tasks) member.pending.drop(signal);
  }
  return 0;
}
function sigprocmask(task: Task, how: number, set: number, old: number, setSize: number): number {
  if (setSize !== 8) throw EINVAL;
  const before = task.blockedSignals, wanted = set === 0 ? undefined : readSet(task, set);
  if (old !== 0) writeSet(task, old, before);
  if (wanted === undefined) return 0;
  if (how === SIG_BLOCK) task.blockedSignals = before | wanted;
  else if (how === SIG_UNBLOCK) task.blockedSignals = before & ~wanted;
  else if (how === SIG_SETMASK) task.blockedSignals = wanted;
  else throw EINVAL;
  task.blockedSignals &= ~UNBLOCKABLE;
  return 0;
}
/** rt_sigsuspend(2): the mask comes back after the handler. */
function sigsuspend(task: Task, mask: SignalSet): Result {
  if (task.call!.progress === 0) {
    task.call!.progress = 1;
    task.savedMask = task.blockedSignals;
    task.blockedSignals = mask & ~UNBLOCKABLE;
  }
  return task.wait();
}
function sigaltstack(task: Task, set: number, old: number): number {
  const layout = stack_t.for(task.abi), { alternateStack } = task, sp = task.registers.number(GPR.rsp);
  const on = alternateStack.size > 0 && sp > alternateStack.address && sp <= alternateStack.address + alternateStack.size;
  if (old !== 0) task.memory.write(old, layout.bytes({ ss_sp: BigInt(alternateStack.address), ss_flags: alternateStack.size === 0 ? SS_DISABLE : on ? SS_ONSTACK : 0, ss_size: BigInt(alternateStack.size) }));
  if (set === 0) return 0;
  if (on) throw EPERM;
  const wanted = layout.get(task.memory.bytes(set, layout.size));
  if (wanted.ss_flags & SS_DISABLE) task.alternateStack = { address: 0, size: 0, flags: SS_DISABLE };
  else {
    if (wanted.ss_size < 2048n) throw ENOMEM;
    task.alternateStack = { address: Number(wanted.ss_sp), size: Number(wanted.ss_size), flags: 0 };
  }
  return 0;
}

const checkSignal = (signal: number): void => { if (!(signal >= 0 && signal <= SIGNALS)) throw EINVAL; };
function kill(task: Task, pid: number, signal: number): number {
  checkSignal(signal);
  const { kernel } = task, info = userSignal(signal, task.group.pid, task.credentials.uid);
  if (pid > 0) {
    const group = kernel.groups.get(task.pids.global(pid));
    if (!group) throw ESRCH;
    sendToGroup(group, info);
    return 0;
  }
  if (pid === -1) {
    for (const group of [...kernel.groups.values()]) if (task.pids.sees(group.pid) && group !== task.pids.init && group !== task.group) sendToGroup(group, info);
    return 0;
  }
  if (sendToProcessGroup(kernel, pid === 0 ? task.group.groupId : task.pids.global(-pid), info) === 0) throw ESRCH;
  return 0;
}
function tgkill(task: Task, group: number, tid: number, signal: number): number {
  checkSignal(signal);
  const target = task.kernel.tasks.get(task.pids.global(tid));
  if (!target || (group !== -1 && target.group.pid !== task.pids.global(group))) throw ESRCH;
  sendToTask(target, userSignal(signal, task.group.pid, task.credentials.uid, SI_TKILL));
  return 0;
}
function sigtimedwait(task: Task, set: number, into: number, timeout: number, word: 4 | 8): Result {
  const wanted = readSet(task, set), call = task.call!;
  const info = task.pending.take(~wanted) ?? task.group.pending.take(~wanted);
  if (info) {
    if (into !== 0) task.memory.write(into, infoBytes(task, info));
    return info.signal;
  }
  if (timeout !== 0) call.deadline ??= task.kernel.time.clock.time + readTime(task, timeout, word);
  if (task.timedOut) throw EAGAIN;
  return task.wait();
}

/** kill(2), sigaction(2), sigprocmask(2) and their kind. */
export const SIGNAL: readonly SystemCall[] = [
  syscall("rt_sigaction", [int, address, address, size], sigaction),
  syscall("rt_sigprocmask", [int, address, address, size], sigprocmask),
  syscall("rt_sigpending", [address, size], (task, at) => {
    writeSet(task, at, (task.pending.set | task.group.pending.set) & task.blockedSignals);
    return 0;
  }),
  syscall("rt_sigsuspend", [address, size], (task, at) => sigsuspend(task, readSet(task, at))),
  syscall("rt_sigtimedwait", [address, address, address, size], (task, set, into, timeout) => sigtimedwait(task, set, into, timeout, task.abi === "i386" ? 4 : 8)),
  syscall("rt_sigreturn", [], (task) => { leaveHandler(task); return NO_RESULT; }),
  syscall("sigreturn", [], (task) => { leaveHandler32(task); return NO_RESULT; }),
  syscall("sigaltstack", [address, address], sigaltstack),
  syscall("pause", [], (task) => task.wait()),
  syscall("kill", [int, int], kill),
  syscall("tkill", [int, int], (task, tid, signal) => tgkill(task, -1, tid, signal)),
  syscall("tgkill", [int, int, int], tgkill),
];
