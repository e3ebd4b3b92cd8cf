import { EAGAIN, EINVAL, ENOSYS, ETIMEDOUT, FUTEX_CLOCK_REALTIME, FUTEX_PRIVATE_FLAG, FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_WAKE, FUTEX_WAKE_BITSET } from "@ringzero/linux-abi";
import { address, int, syscall, uint, type Result, type SystemCall } from "../syscall.ts";
import type { Task } from "../task/task.ts";
import { readTime } from "./time.ts";

/** Two tasks mean the same futex where they mean the same byte of memory: the frame decides, for mappings may lie elsewhere. */
const keyOf = (task: Task, at: number): string => String(task.memory.reach(at, false));

/** Wakes up to `count` tasks that wait for a word. Returns how many. */
export function wakeFutex(task: Task, at: number, count: number, mask: number = -1): number {
  const key = keyOf(task, at), waiters = task.kernel.futexes.get(key);
  if (!waiters) return 0;
  let woken = 0;
  for (const waiter of [...waiters]) {
    if (woken >= count) break;
    if (!(waiter.mask & mask)) continue;
    waiters.splice(waiters.indexOf(waiter), 1);
    waiter.woken = true;
    woken++;
    waiter.task.wake();
  }
  if (waiters.length === 0) task.kernel.futexes.delete(key);
  return woken;
}

/** `progress`: 1 once it waits; whoever wakes it takes it off the list. The time is relative, or absolute since the second `base` of its clock. */
function wait(task: Task, at: number, value: number, timeout: number, mask: number, base: number | undefined, word: 4 | 8): Result {
  const call = task.call!, key = keyOf(task, at), list = task.kernel.futexes.get(key), own = list?.find((w) => w.task === task);
  if (call.progress === 1 && !own) return 0;
  if (!own) {
    if (task.memory.u32(at) !== value >>> 0) throw EAGAIN;
    if (timeout !== 0) call.deadline = base === undefined ? task.kernel.time.clock.time + readTime(task, timeout, word) : Math.max(0, readTime(task, timeout, word, base));
    call.progress = 1;
    const waiter = { task, woken: false, mask };
    if (list) list.push(waiter);
    else task.kernel.futexes.set(key, [waiter]);
  } else if (task.timedOut) {
    list!.splice(list!.indexOf(own), 1);
    throw ETIMEDOUT;
  }
  return task.wait();
}
/** A signal has ended the wait. */
function abandon(task: Task): void {
  for (const list of task.kernel.futexes.values()) {
    const own = list.findIndex((waiter) => waiter.task === task);
    if (own >= 0) list.splice(own, 1);
  }
}
function futex(task: Task, at: number, operation: number, value: number, timeout: number, mask: number, word: 4 | 8): Result {
  if (at % 4 !== 0) throw EINVAL;
  switch (operation & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)) {
    case FUTEX_WAIT: return wait(task, at, value, timeout, -1, undefined, word);
    case FUTEX_WAIT_BITSET: return wait(task, at, value, timeout, mask, operation & FUTEX_CLOCK_REALTIME ? task.kernel.bootTime : 0, word);
    case FUTEX_WAKE: return wakeFutex(task, at, value);
    case FUTEX_WAKE_BITSET: return wakeFutex(task, at, value, mask);
    default: throw ENOSYS;
  }
}

/** futex(2), with both widths of time. */
export const FUTEX: readonly SystemCall[] = [
  syscall("futex", [address, int, uint, address, address, uint], (task, at, operation, value, timeout, _second, mask) => futex(task, at, operation, value, timeout, mask, task.abi === "i386" ? 4 : 8), "partial: WAIT and WAKE with and without bit sets", abandon),
  syscall("futex_time64", [address, int, uint, address, address, uint], (task, at, operation, value, timeout, _second, mask) => futex(task, at, operation, value, timeout, mask, 8), "partial: WAIT and WAKE with and without bit sets", abandon),
];
