/**
 * The shared kernel: programs for Linux, i386 and x86-64, on one simulated processor and one memory.
 *
 * @packageDocumentation
 */
export { newCounts, type Counts } from "./counts.ts";
export { DEVICE_LINKS, DEVICE_NODES } from "./files/devices.ts";
export { Devpts, mountDevpts, PtyMaster } from "./files/devpts.ts";
export { Stream } from "./files/stream.ts";
export { Tty, TtyFile, type TerminalModes } from "./files/tty.ts";
export { Kernel, UNKNOWN_CALLS, type KernelOptions, type ContainerOptions, type Namespaces, type Program, type RunStep } from "./kernel.ts";
export { mountStandard, populate, type FileBytes, type FileContents, type LinkTarget } from "./populate.ts";
export { Cgroup, type CgroupLimits } from "./namespaces/cgroup.ts";
export { PidNamespace, type UtsNamespace } from "./namespaces/pid-namespace.ts";
export { Sysfs } from "./proc/sysfs.ts";
export { Proc } from "./proc/proc.ts";
export { sendToGroup } from "./signals/send.ts";
export { userSignal, type SignalInfo } from "./signals/signal-state.ts";
export type { ArgumentType, Support, SystemCall } from "./syscall.ts";
export { SYSTEM_CALLS } from "./syscalls/index.ts";
export type { Task, TaskState } from "./task/task.ts";
export type { ThreadGroup } from "./task/thread-group.ts";
