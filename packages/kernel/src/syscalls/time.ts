import { CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_COARSE, CLOCK_MONOTONIC_RAW, CLOCK_PROCESS_CPUTIME_ID, CLOCK_REALTIME, CLOCK_REALTIME_COARSE, CLOCK_THREAD_CPUTIME_ID, EINVAL, SIGALRM, SI_KERNEL, TIMER_ABSTIME } from "@ringzero/linux-abi";
import type { Timestamp } from "@ringzero/vfs";
import { sendToGroup } from "../signals/send.ts";
import { userSignal } from "../signals/signal-state.ts";
import { address, int, syscall, uint, type Result, type SystemCall } from "../syscall.ts";
import { FOREVER, type Task } from "../task/task.ts";

/** Nanoseconds of a timespec whose numbers have `word` bytes, since the second `from` of its clock. Throws EINVAL. */
export function readTime(task: Task, at: number, word: 4 | 8, from: number = 0): number {
  const read = (a: number): number => (word === 4 ? task.memory.u32(a) | 0 : task.memory.u64(a));
  const seconds = read(at), nanoseconds = read(at + word);
  if (!(seconds >= 0 && nanoseconds >= 0 && nanoseconds < 1e9)) throw EINVAL;
  return Math.round((seconds - from) * 1e9) + nanoseconds;
}
function writeTime(task: Task, at: number, time: Timestamp, word: 4 | 8): void {
  if (word === 4) {
    task.memory.setU32(at, time.seconds);
    task.memory.setU32(at + 4, time.nanoseconds);
  } else {
    task.memory.setU64(at, time.seconds);
    task.memory.setU64(at + 8, time.nanoseconds);
  }
}
const split = (nanoseconds: number): Timestamp => ({ seconds: Math.floor(nanoseconds / 1e9), nanoseconds: nanoseconds % 1e9 });
const native = (task: Task): 4 | 8 => (task.abi === "i386" ? 4 : 8);

/** Virtual time alone: every clock of a kernel follows from retired instructions and idle time. */
function clock(task: Task, id: number): Timestamp {
  const { time } = task.kernel.time.clock;
  switch (id) {
    case CLOCK_REALTIME: case CLOCK_REALTIME_COARSE: return task.kernel.now();
    case CLOCK_MONOTONIC: case CLOCK_MONOTONIC_RAW: case CLOCK_MONOTONIC_COARSE: case CLOCK_BOOTTIME: return split(time);
    case CLOCK_PROCESS_CPUTIME_ID: case CLOCK_THREAD_CPUTIME_ID: return split(time - task.kernel.time.clock.idle);
    default: throw EINVAL;
  }
}
function gettime(task: Task, id: number, at: number, word: 4 | 8): number {
  writeTime(task, at, clock(task, id), word);
  return 0;
}
function sleep(task: Task, id: number, flags: number, request: number, word: 4 | 8): Result {
  const call = task.call!;
  if (call.deadline === undefined) {
    const absolute = (flags & TIMER_ABSTIME) !== 0, wanted = readTime(task, request, word, absolute && id === CLOCK_REALTIME ? task.kernel.bootTime : 0);
    call.deadline = absolute ? Math.max(0, wanted) : task.kernel.time.clock.time + wanted;
  }
  return task.timedOut ? 0 : task.wait();
}
function alarm(task: Task, seconds: number): number {
  const { kernel, group } = task, name = `alarm ${group.pid}`, now = kernel.time.clock.time;
  const timer = kernel.alarms.get(group) ?? kernel.time.events.timer(name, () => sendToGroup(group, userSignal(SIGALRM, 0, 0, SI_KERNEL)));
  kernel.alarms.set(group, timer);
  const left = timer.deadline === undefined ? 0 : Math.max(1, Math.ceil((timer.deadline - now) / 1e9));
  timer.cancel();
  // One that is farther away than a clock counts never comes.
  if (seconds > 0 && now + seconds * 1e9 < FOREVER) timer.arm(now + seconds * 1e9);
  return left;
}

/** Clocks, sleeping, alarms. */
export const TIME: readonly SystemCall[] = [
  syscall("clock_gettime", [int, address], (task, id, at) => gettime(task, id, at, native(task)), "partial: CPU time of a process is that of all"),
  syscall("clock_gettime64", [int, address], (task, id, at) => gettime(task, id, at, 8), "partial: CPU time of a process is that of all"),
  syscall("clock_getres", [int, address], (task, id, at) => {
    clock(task, id);
    if (at !== 0) writeTime(task, at, { seconds: 0, nanoseconds: 1 }, native(task));
    return 0;
  }),
  syscall("gettimeofday", [address, address], (task, at) => {
    const { seconds, nanoseconds } = task.kernel.now();
    if (at !== 0) writeTime(task, at, { seconds, nanoseconds: Math.floor(nanoseconds / 1000) }, native(task));
    return 0;
  }),
  syscall("time", [address], (task, at) => {
    const { seconds } = task.kernel.now();
    if (at !== 0) task.memory.setWord(at, seconds);
    return seconds;
  }),
  syscall("nanosleep", [address, address], (task, request) => sleep(task, CLOCK_MONOTONIC, 0, request, native(task)), "partial: the remainder is not told"),
  syscall("clock_nanosleep", [int, int, address, address], (task, id, flags, request) => sleep(task, id, flags, request, native(task)), "partial: the remainder is not told"),
  syscall("clock_nanosleep_time64", [int, int, address, address], (task, id, flags, request) => sleep(task, id, flags, request, 8), "partial: the remainder is not told"),
  syscall("alarm", [uint], alarm),
];
