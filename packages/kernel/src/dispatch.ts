import { EINTR, ENOSYS, Errno, SA_RESTART, SYSTEM_CALLS_I386, SYSTEM_CALLS_X86_64 } from "@ringzero/linux-abi";
import { WOULD_BLOCK } from "@ringzero/vfs";
import { GPR, type Registers } from "./arch/x86/registers.ts";
import { ARGUMENTS, type Abi } from "./arch/x86/abi.ts";
import { hasSignal, wouldHandle } from "./signals/deliver.ts";
import { NO_RESULT, type SystemCall } from "./syscall.ts";
import { SYSTEM_CALLS } from "./syscalls/index.ts";
import type { CallRecord, Task } from "./task/task.ts";

interface CallTable {
  readonly calls: readonly (SystemCall | undefined)[];
  readonly names: readonly (string | undefined)[];
}
function table(numbers: { readonly [name: string]: number }): CallTable {
  const calls: (SystemCall | undefined)[] = [], names: (string | undefined)[] = [];
  const byName = new Map(SYSTEM_CALLS.map((call) => [call.name, call]));
  for (const [name, number] of Object.entries(numbers)) {
    names[number] = name;
    calls[number] = byName.get(name);
  }
  return { calls, names };
}
const TABLE_I386: CallTable = table(SYSTEM_CALLS_I386), TABLE_X86_64: CallTable = table(SYSTEM_CALLS_X86_64);
const tableOf = (abi: Abi): CallTable => (abi === "x86_64" ? TABLE_X86_64 : TABLE_I386);

/** The name of a call by its number. */
export function callName(abi: Abi, number: number): string { return tableOf(abi).names[number] ?? `${abi} system call ${number}`; }

/** A program has made a system call: its registers say which. */
export function enterSystemCall(task: Task, abi: Abi): void {
  const { registers } = task, number = registers.low(GPR.rax), call = tableOf(abi).calls[number];
  if (!call) {
    task.kernel.unknownCall(task, callName(abi, number));
    registers.set(GPR.rax, -ENOSYS.number);
    return;
  }
  const record = task.beginCall(abi, number);
  readArguments(registers, abi, call, record.arguments);
  carryOut(task, call);
}
function readArguments(registers: Registers, abi: Abi, { parameters }: SystemCall, into: number[]): void {
  const wide = abi === "x86_64", order = wide ? ARGUMENTS.x86_64 : ARGUMENTS.i386;
  for (let i = 0; i < parameters.length; i++) {
    const { bits, signed } = parameters[i]!, register = order[i]!, low = registers.low(register);
    if (!wide || bits === 32) into[i] = signed ? low | 0 : low;
    else {
      const high = registers.high(register);
      into[i] = low + (signed ? high | 0 : high) * 0x1_0000_0000;
    }
  }
}
/** Enters a blocked task's call again. False where it still waits. */
export function resumeSystemCall(task: Task): boolean {
  const record = task.call!;
  carryOut(task, tableOf(record.abi).calls[record.number]!);
  return task.state === "runnable";
}

function carryOut(task: Task, call: SystemCall): void {
  const record = task.call!;
  let result;
  try {
    // Those beyond its own arguments it does not see.
    const a = record.arguments;
    result = call.run(task, a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!);
  } catch (error) {
    if (!(error instanceof Errno)) throw new Error(`The kernel failed in ${call.name}(${given(call, record).join(", ")}) of task ${task.tid}, "${task.name}".`, { cause: error });
    result = -error.number;
  }
  if (result === WOULD_BLOCK) {
    if (!interrupted(task)) {
      if (task.state === "runnable") task.state = "blocked";
      return;
    }
    task.stopWaiting();
    call.abandon?.(task);
    // A signal with a handler ends the wait; the handler's flags say whether the call is made again afterwards. signal(7), "Interruption of system calls".
    task.call = undefined;
    if (restarts(task, call)) {
      const { registers } = task;
      registers.set(GPR.rax, record.number);
      registers.rip -= SYSTEM_CALL_BYTES;
      return;
    }
    result = -EINTR.number;
  }
  task.call = undefined;
  if (task.state === "dead") return;
  if (task.state === "blocked") task.state = "runnable";
  if (result !== NO_RESULT) task.registers.set(GPR.rax, result as number);
  trace(task, call, record, result === NO_RESULT ? 0 : (result as number));
}
/** The arguments that a call has been given. */
function given(call: SystemCall, record: CallRecord): readonly number[] { return record.arguments.slice(0, call.parameters.length); }

/** Both SYSCALL and INT n take two bytes. */
const SYSTEM_CALL_BYTES = 2;

/** Whether a signal is there that ends the wait: one that is ignored does not. */
function interrupted(task: Task): boolean {
  return hasSignal(task) && wouldHandle(task) !== undefined;
}
/** Calls that a handler always interrupts. signal(7). */
const NEVER_RESTARTED: ReadonlySet<string> = new Set(["poll", "ppoll", "select", "pselect6", "_newselect", "nanosleep", "clock_nanosleep", "clock_nanosleep_time64", "pause", "rt_sigsuspend", "sigsuspend", "rt_sigtimedwait", "epoll_wait"]);
function restarts(task: Task, call: SystemCall): boolean {
  const action = wouldHandle(task);
  return action !== undefined && (action === "default" || (action.flags & SA_RESTART) !== 0) && !NEVER_RESTARTED.has(call.name);
}

function trace(task: Task, call: SystemCall, record: CallRecord, result: number): void {
  const { systemCalls, time, owner } = task.kernel;
  if (!systemCalls.heard) return;
  const { retired, time: now } = time.clock;
  systemCalls.emit({ tenant: owner.id, retired, time: now, cause: call.name, cost: 0, task: task.tid, arguments: given(call, record).map(BigInt), result: BigInt(result) });
}
