import type { PidNamespace } from "../namespaces/pid-namespace.ts";
import type { Task } from "../task/task.ts";
import type { ThreadGroup } from "../task/thread-group.ts";

/** Nanoseconds in units of which programs are told a hundred a second: USER_HZ. time(7). */
export function ticks(nanoseconds: number): number { return Math.floor(nanoseconds / 1e7); }
/** Nanoseconds that a process has computed. */
export function processTime(group: ThreadGroup, kernel: Task["kernel"]): number {
  const { nanoseconds, instructions } = kernel.time.clock.rate;
  return Math.floor((group.instructions * nanoseconds) / instructions);
}
function stateOf(group: ThreadGroup): "Z" | "T" | "S" | "R" {
  const [task] = group.tasks;
  return group.isZombie ? "Z" : group.stopped ? "T" : task?.state === "blocked" ? "S" : "R";
}
const sizeOf = (task: Task | undefined): number => task?.space.vmas.reduce((sum, v) => sum + v.end - v.start, 0) ?? 0;

/** The fields of /proc/[pid]/stat that are kept; others are 0. proc(5). */
export function statText(pids: PidNamespace, group: ThreadGroup): string {
  const [task] = group.tasks, number = (global: number): number => pids.local(global), zeros = (n: number): number[] => Array.from({ length: n }, () => 0);
  const fields = [
    number(group.pid), `(${task?.name ?? group.name})`, stateOf(group), number(group.parent?.pid ?? 0), number(group.groupId), number(group.sessionId), group.terminal?.inode.device ?? 0, group.terminal ? number(group.terminal.foreground) : -1, ...zeros(5),
    task ? ticks(processTime(group, task.kernel)) : 0, ...zeros(3), 20, 0, group.tasks.size, 0, ticks(group.startTime), sizeOf(task), task?.space.residentFrames() ?? 0, ...zeros(28),
  ];
  return `${fields.join(" ")}\n`;
}
/** /proc/[pid]/statm: pages in all, and those that are there. */
export function statmText(task: Task): string {
  const resident = task.space.residentFrames();
  return `${Math.ceil(sizeOf(task) / 4096)} ${resident} 0 0 0 ${resident} 0\n`;
}
const STATES = { R: "R (running)", S: "S (sleeping)", T: "T (stopped)", Z: "Z (zombie)" } as const;
/** /proc/[pid]/status: what ps and top look for. */
export function statusText(pids: PidNamespace, group: ThreadGroup): string {
  const [task] = group.tasks, { uid, gid, groups } = task?.credentials ?? { uid: 0, gid: 0, groups: [] }, hex = (set: bigint): string => set.toString(16).padStart(16, "0"), four = (n: number): string => `${n}\t${n}\t${n}\t${n}`;
  return `Name:\t${task?.name ?? group.name}\nState:\t${STATES[stateOf(group)]}\nTgid:\t${pids.local(group.pid)}\nPid:\t${pids.local(group.pid)}\nPPid:\t${pids.local(group.parent?.pid ?? 0)}\nUid:\t${four(uid)}\nGid:\t${four(gid)}\nGroups:\t${groups.join(" ")}\n`
    + (task ? `VmSize:\t${String(Math.ceil(sizeOf(task) / 1024)).padStart(8)} kB\nVmRSS:\t${String(task.space.residentFrames() * 4).padStart(8)} kB\n` : "")
    + `Threads:\t${group.tasks.size}\nSigPnd:\t${hex(task?.pending.set ?? 0n)}\nShdPnd:\t${hex(group.pending.set)}\nSigBlk:\t${hex(task?.blockedSignals ?? 0n)}\n`;
}
const LIMITS = ["cpu time", "file size", "data size", "stack size", "core file size", "resident set", "processes", "open files", "locked memory", "address space", "file locks", "pending signals", "msgqueue size", "nice priority", "realtime priority", "realtime timeout"];
/** /proc/[pid]/limits. */
export function limitsText(group: ThreadGroup): string {
  const value = (n: number): string => (n === Number.POSITIVE_INFINITY ? "unlimited" : String(n));
  return `Limit                     Soft Limit           Hard Limit           Units     \n${group.limits.slice(0, LIMITS.length).map(([soft, hard], i) => `Max ${LIMITS[i]!.padEnd(21)} ${value(soft).padEnd(20)} ${value(hard).padEnd(20)}\n`).join("")}`;
}
