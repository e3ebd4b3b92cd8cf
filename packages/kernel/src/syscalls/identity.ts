import { EINVAL, EPERM, ESRCH, PR_GET_NAME, PR_SET_NAME, PR_SET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, RLIM_NLIMITS, rlimit, RLIMIT_NOFILE, rusage, sysinfo, tms, utsname } from "@ringzero/linux-abi";
import { byteString, bytesOf } from "@ringzero/vfs";
import { archPrctl, setThreadArea } from "../arch/x86/thread-area.ts";
import { address, int, size, syscall, uint, type SystemCall } from "../syscall.ts";
import type { Task } from "../task/task.ts";

/** The kernel that programs are told they run on: what they choose by it is what is here. */
const RELEASE = "6.1.0", VERSION = "#1 SMP PREEMPT_DYNAMIC Ring Zero";

function uname(task: Task, at: number): number {
  const field = (text: string): Uint8Array => bytesOf(byteString(text)).subarray(0, 64);
  task.memory.write(at, utsname.bytes({ sysname: field("Linux"), nodename: field(task.uts.hostName), release: field(RELEASE), version: field(VERSION), machine: field("x86_64"), domainname: field(task.uts.domainName) }));
  return 0;
}
const NO_LIMIT = 2n ** 64n - 1n, NO_LIMIT_32 = 0xffff_ffffn;
function writeLimit(task: Task, at: number, resource: number, wide: boolean): void {
  const none = wide ? NO_LIMIT : NO_LIMIT_32, value = (n: number): bigint => (n === Number.POSITIVE_INFINITY ? none : BigInt(n));
  const [soft, hard] = limitsOf(task, resource), layout = rlimit.for(wide ? "x86_64" : "i386");
  task.memory.write(at, layout.bytes({ rlim_cur: value(soft), rlim_max: value(hard) }));
}
function readLimit(task: Task, at: number, resource: number, wide: boolean): void {
  const layout = rlimit.for(wide ? "x86_64" : "i386"), none = wide ? NO_LIMIT : NO_LIMIT_32, value = (n: bigint): number => (n === none ? Number.POSITIVE_INFINITY : Number(n));
  const wanted = layout.get(task.memory.bytes(at, layout.size)), soft = value(wanted.rlim_cur), hard = value(wanted.rlim_max);
  if (soft > hard) throw EINVAL;
  if (hard > limitsOf(task, resource)[1] && !task.credentials.privileged) throw EPERM;
  task.group.limits[resource] = [soft, hard];
  if (resource === RLIMIT_NOFILE) task.files.limit = Math.min(soft, 1 << 20);
}
function limitsOf(task: Task, resource: number): readonly [number, number] {
  if (!(resource >= 0 && resource < RLIM_NLIMITS)) throw EINVAL;
  return task.group.limits[resource]!;
}
function prctl(task: Task, option: number, argument: number): number {
  switch (option) {
    case PR_SET_NAME:
      task.name = stringUpTo(task, argument, 15);
      return 0;
    case PR_GET_NAME: {
      const name = new Uint8Array(16);
      name.set(bytesOf(task.name).subarray(0, 15));
      task.memory.write(argument, name);
      return 0;
    }
    case PR_GET_DUMPABLE: return 1;
    case PR_SET_PDEATHSIG: case PR_SET_DUMPABLE: case PR_SET_NO_NEW_PRIVS: return 0;
    case PR_GET_NO_NEW_PRIVS: return 0;
    default: throw EINVAL;
  }
}
function stringUpTo(task: Task, at: number, length: number): string {
  let text = "";
  for (let i = 0; i < length; i++) {
    const [byte] = task.memory.bytes(at + i, 1);
    if (byte === 0) break;
    text += String.fromCharCode(byte!);
  }
  return text;
}
function groups(task: Task, count: number, at: number): number {
  const list = task.credentials.groups;
  if (count === 0) return list.length;
  if (count < list.length) throw EINVAL;
  list.forEach((group, i) => task.memory.setU32(at + i * 4, group));
  return list.length;
}
function setGroups(task: Task, count: number, at: number): number {
  if (!task.credentials.privileged) throw EPERM;
  if (!(count >= 0 && count <= 65536)) throw EINVAL;
  task.credentials = { ...task.credentials, groups: Array.from({ length: count }, (_, i) => task.memory.u32(at + i * 4)).toSorted((a, b) => a - b) };
  return 0;
}
const UNCHANGED = 0xffff_ffff;
/** setuid(2) and its kind: one user is real, effective and saved. */
function become(task: Task, change: { readonly uid?: number; readonly gid?: number }): number {
  const { credentials } = task, { uid = UNCHANGED, gid = UNCHANGED } = change;
  if (!credentials.privileged && ((uid !== UNCHANGED && uid !== credentials.uid) || (gid !== UNCHANGED && gid !== credentials.gid))) throw EPERM;
  const next = uid === UNCHANGED ? credentials.uid : uid;
  task.credentials = { ...credentials, uid: next, gid: gid === UNCHANGED ? credentials.gid : gid, privileged: credentials.privileged && next === 0 };
  return 0;
}
const three = (task: Task, a: number, b: number, c: number, value: number): number => {
  for (const at of [a, b, c]) task.memory.setU32(at, value);
  return 0;
};
/** Names of one call on both ABIs: i386 has those with 16-bit users beside it. */
const both = (name: string): string[] => [name, `${name}32`];

/** Users, groups, names, limits, and what a process can learn of its machine. */
export const IDENTITY: readonly SystemCall[] = [
  syscall("uname", [address], uname),
  syscall("sethostname", [address, size], (task, at, length) => {
    if (!task.credentials.privileged) throw EPERM;
    if (length > 64) throw EINVAL;
    task.uts.hostName = String.fromCharCode(...task.memory.bytes(at, length));
    return 0;
  }),
  ...["getuid", "geteuid"].flatMap(both).map((name) => syscall(name, [], (task) => task.credentials.uid)),
  ...["getgid", "getegid"].flatMap(both).map((name) => syscall(name, [], (task) => task.credentials.gid)),
  ...both("getgroups").map((name) => syscall(name, [int, address], groups)),
  ...both("setgroups").map((name) => syscall(name, [int, address], setGroups)),
  ...both("setuid").map((name) => syscall(name, [uint], (task, uid) => become(task, { uid }))),
  ...both("setgid").map((name) => syscall(name, [uint], (task, gid) => become(task, { gid }))),
  ...["setreuid", "setresuid"].flatMap(both).map((name) => syscall(name, [uint, uint], (task, _real, uid) => become(task, { uid }), "partial: real and saved user are the effective one")),
  ...["setregid", "setresgid"].flatMap(both).map((name) => syscall(name, [uint, uint], (task, _real, gid) => become(task, { gid }), "partial: real and saved group are the effective one")),
  ...both("getresuid").map((name) => syscall(name, [address, address, address], (task, a, b, c) => three(task, a, b, c, task.credentials.uid))),
  ...both("getresgid").map((name) => syscall(name, [address, address, address], (task, a, b, c) => three(task, a, b, c, task.credentials.gid))),
  syscall("set_thread_area", [address], setThreadArea),
  syscall("arch_prctl", [int, address], archPrctl),
  syscall("prctl", [int, address], prctl, "partial: name, dumpable, no_new_privs"),
  syscall("getrandom", [address, size, uint], (task, at, length) => {
    // More than this comes with the next call: no other task runs meanwhile.
    const count = Math.min(length, 1 << 20);
    for (let done = 0; done < count; done += 4096) task.memory.write(at + done, task.kernel.random(Math.min(4096, count - done)));
    return count;
  }),
  ...["getrlimit", "ugetrlimit"].map((name) => syscall(name, [uint, address], (task, resource, at) => { writeLimit(task, at, resource, task.abi === "x86_64"); return 0; })),
  syscall("setrlimit", [uint, address], (task, resource, at) => { readLimit(task, at, resource, task.abi === "x86_64"); return 0; }),
  syscall("prlimit64", [int, uint, address, address], (task, pid, resource, set, old) => {
    if (pid !== 0 && task.pids.global(pid) !== task.group.pid) throw ESRCH;
    if (old !== 0) writeLimit(task, old, resource, true);
    if (set !== 0) readLimit(task, set, resource, true);
    return 0;
  }),
  syscall("getrusage", [int, address], (task, _who, at) => {
    task.memory.write(at, rusage.for(task.abi).bytes({}));
    return 0;
  }, "stub: zeros"),
  syscall("times", [address], (task, at) => {
    if (at !== 0) task.memory.write(at, tms.for(task.abi).bytes({}));
    return Math.floor(task.kernel.time.clock.time / 1e7);
  }, "partial: CPU times are zero"),
  syscall("sysinfo", [address], (task, at) => {
    const { capacity, inUse } = task.kernel.machine.ledger().frames;
    task.memory.write(at, sysinfo.for(task.abi).bytes({ uptime: BigInt(Math.floor(task.kernel.time.clock.time / 1e9)), totalram: BigInt(capacity), freeram: BigInt(capacity - inUse), procs: task.kernel.tasks.size, mem_unit: 4096 }));
    return 0;
  }),
  syscall("sched_yield", [], () => 0),
  syscall("sched_getaffinity", [int, uint, address], (task, _pid, length, at) => {
    if (length < 8) throw EINVAL;
    task.memory.setU32(at, 1);
    task.memory.setU32(at + 4, 0);
    return 8;
  }, "full"),
  syscall("getpriority", [int, int], () => 20, "stub: one priority"),
  syscall("setpriority", [int, int, int], () => 0, "stub: one priority"),
];
