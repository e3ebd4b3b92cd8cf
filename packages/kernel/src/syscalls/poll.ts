import { EINVAL, POLLERR, POLLHUP, POLLNVAL, pollfd, POLLIN, POLLOUT, POLLPRI } from "@ringzero/linux-abi";
import type { WaitQueue } from "@ringzero/vfs";
import { UNBLOCKABLE } from "../signals/signal-state.ts";
import { address, int, syscall, uint, type Result, type SystemCall } from "../syscall.ts";
import type { Task } from "../task/task.ts";
import { readTime } from "./time.ts";

const ENTRY = pollfd.for("i386");

/** poll(2); `timeout` in nanoseconds, undefined = for ever. */
function poll(task: Task, at: number, count: number, timeout: number | undefined): Result {
  if (count > task.files.limit) throw EINVAL;
  const entries = Array.from({ length: count }, (_, i) => ENTRY.get(task.memory.bytes(at + i * ENTRY.size, ENTRY.size)));
  let ready = 0;
  const queues: (WaitQueue | undefined)[] = [];
  entries.forEach((entry, i) => {
    let events = 0;
    if (entry.fd >= 0) {
      if (!task.files.has(entry.fd)) events = POLLNVAL;
      else {
        const file = task.files.get(entry.fd);
        events = file.poll() & (entry.events | POLLERR | POLLHUP);
        queues.push(file.changed);
      }
    }
    if (events !== 0) ready++;
    task.memory.write(at + i * ENTRY.size + ENTRY.offsets.revents, Uint8Array.of(events & 0xff, events >> 8));
  });
  return ready > 0 || expired(task, timeout) ? ready : task.wait(...queues);
}
function expired(task: Task, timeout: number | undefined): boolean {
  if (timeout === undefined) return false;
  task.call!.deadline ??= task.kernel.time.clock.time + timeout;
  return task.timedOut;
}
/** A mask for the time of the call: pselect(2), ppoll(2). */
function withMask(task: Task, set: number): void {
  if (set === 0 || task.call!.deadline !== undefined || task.savedMask !== undefined) return;
  task.savedMask = task.blockedSignals;
  task.blockedSignals = (BigInt(task.memory.u32(set)) | (BigInt(task.memory.u32(set + 4)) << 32n)) & ~UNBLOCKABLE;
}

const SETS = [POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, POLLPRI] as const;
/** select(2): three sets of bits, which are overwritten with what is ready. */
function select(task: Task, count: number, sets: readonly [number, number, number], timeout: number | undefined): Result {
  if (count < 0) throw EINVAL;
  const bytes = Math.ceil(Math.min(count, task.files.limit) / 32) * 4, queues: (WaitQueue | undefined)[] = [];
  const wanted = sets.map((at) => (at === 0 ? new Uint8Array(bytes) : task.memory.bytes(at, bytes))), found = wanted.map(() => new Uint8Array(bytes));
  let ready = 0;
  for (let number = 0; number < Math.min(count, bytes * 8); number++) {
    const bit = 1 << (number & 7), byte = number >> 3;
    if (!wanted.some((set) => set[byte]! & bit)) continue;
    const file = task.files.get(number), events = file.poll();
    queues.push(file.changed);
    SETS.forEach((mask, i) => {
      if (!(wanted[i]![byte]! & bit) || !(events & mask)) return;
      found[i]![byte]! |= bit;
      ready++;
    });
  }
  if (ready === 0 && !expired(task, timeout)) return task.wait(...queues);
  sets.forEach((at, i) => { if (at !== 0) task.memory.write(at, found[i]!); });
  return ready;
}

const native = (task: Task): 4 | 8 => (task.abi === "i386" ? 4 : 8);
const optional = (task: Task, at: number, word: 4 | 8): number | undefined => (at === 0 ? undefined : readTime(task, at, word));
const timeval = (task: Task, at: number): number | undefined => {
  if (at === 0) return undefined;
  const word = native(task), read = (a: number): number => (word === 4 ? task.memory.u32(a) : task.memory.u64(a));
  return read(at) * 1e9 + read(at + word) * 1000;
};

/** poll(2), select(2) and their kind. */
export const POLL: readonly SystemCall[] = [
  syscall("poll", [address, uint, int], (task, at, count, timeout) => poll(task, at, count, timeout < 0 ? undefined : timeout * 1e6)),
  ...([["ppoll", undefined], ["ppoll_time64", 8]] as const).map(([name, word]) => syscall(name, [address, uint, address, address], (task, at, count, timeout, mask) => {
    withMask(task, mask);
    return poll(task, at, count, optional(task, timeout, word ?? native(task)));
  })),
  ...["select", "_newselect"].map((name) => syscall(name, [int, address, address, address, address], (task, count, a, b, c, timeout) => select(task, count, [a, b, c], timeval(task, timeout)))),
  ...([["pselect6", undefined], ["pselect6_time64", 8]] as const).map(([name, word]) => syscall(name, [int, address, address, address, address, address], (task, count, a, b, c, timeout, mask) => {
    withMask(task, mask === 0 ? 0 : task.memory.word(mask));
    return select(task, count, [a, b, c], optional(task, timeout, word ?? native(task)));
  })),
];
