import { CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID, CLONE_FILES, CLONE_FS, CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER, CLONE_NEWUTS, CLONE_PARENT, CLONE_PARENT_SETTID, CLONE_SETTLS, CLONE_SIGHAND, CLONE_THREAD, CLONE_VFORK, CLONE_VM, EAGAIN, EINVAL, ENOMEM, EPERM, Errno } from "@ringzero/linux-abi";
import { MountNamespace, WaitQueue, type Mount, type Path } from "@ringzero/vfs";
import { GPR } from "../arch/x86/registers.ts";
import { setThreadLocal } from "../arch/x86/thread-area.ts";
import { PidNamespace } from "../namespaces/pid-namespace.ts";
import { Task } from "./task.ts";
import { ThreadGroup } from "./thread-group.ts";

/** What clone(2) is asked for. */
export interface CloneRequest {
  /** CLONE_*, without the signal. */
  readonly flags: number;
  /** Signal that tells the parent of the end. */
  readonly exitSignal: number;
  /** Stack pointer of the child; 0 = as the parent's. */
  readonly stack: number;
  /** Where the parent is told the child's number: CLONE_PARENT_SETTID. */
  readonly parentTid: number;
  /** Where the child is told its own: CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID. */
  readonly childTid: number;
  /** CLONE_SETTLS: FS base on x86-64, a user_desc on i386. */
  readonly threadLocal: number;
}

const NAMESPACES = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;
/** Those that are not there: a container shares them with all. */
const MISSING = CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWCGROUP;

/** Gives a task namespaces of its own: unshare(2), clone(2). Throws EINVAL, EPERM. */
export function enterNewNamespaces(task: Task, flags: number): void {
  if (flags & MISSING) throw EINVAL;
  if (flags & NAMESPACES && !task.credentials.privileged) throw EPERM;
  if (flags & CLONE_NEWNS) {
    const copies = new Map<Mount, Mount>(), root = task.fs.namespace.root.copyTree(copies), moved = (path: Path): Path => ({ mount: copies.get(path.mount) ?? path.mount, dentry: path.dentry });
    task.fs = { ...task.fs, namespace: new MountNamespace(root), root: moved(task.fs.root), cwd: moved(task.fs.cwd) };
  }
  if (flags & CLONE_NEWUTS) task.uts = { ...task.uts };
  if (flags & CLONE_NEWPID) task.childPids = new PidNamespace(task.childPids);
}

/** A new task that returns from the same call with 0. Linux, kernel/fork.c:copy_process(). */
export function clone(parent: Task, request: CloneRequest): Task {
  const { flags } = request, { kernel } = parent;
  if (flags & CLONE_SIGHAND && !(flags & CLONE_VM)) throw EINVAL;
  if (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND)) throw EINVAL;
  if (flags & MISSING) throw EINVAL;
  if (flags & NAMESPACES && !parent.credentials.privileged) throw EPERM;
  if (flags & CLONE_NEWPID && flags & CLONE_THREAD) throw EINVAL;
  if (flags & CLONE_NEWNS && flags & CLONE_FS) throw EINVAL;
  const refusing = parent.cgroup.refusesTask();
  if (refusing) {
    refusing.refusedForks++;
    kernel.cgroupEvent(refusing, "pids", "fork refused");
    throw EAGAIN;
  }
  // With a namespace's first process all has ended there. Linux, kernel/fork.c:copy_process(), pid_namespaces(7).
  if (parent.childPids.init?.isZombie) throw ENOMEM;
  if (flags & CLONE_PARENT && parent.pids.init === parent.group) throw EINVAL;
  const tid = kernel.nextPid();
  const space = flags & CLONE_VM ? parent.space.share() : parent.space.fork();
  const owner = flags & CLONE_PARENT ? parent.group.parent : parent.group;
  const pids = flags & CLONE_THREAD ? parent.pids : flags & CLONE_NEWPID ? new PidNamespace(parent.childPids) : parent.childPids;
  const group = flags & CLONE_THREAD ? parent.group : new ThreadGroup(tid, owner, request.exitSignal, pids);
  if (group !== parent.group) {
    group.groupId = parent.group.groupId;
    group.sessionId = parent.group.sessionId;
    group.terminal = parent.group.terminal;
    group.actions = flags & CLONE_SIGHAND ? parent.group.actions : parent.group.actions.copy();
  }
  const child = new Task(kernel, tid, group, {
    space, files: flags & CLONE_FILES ? parent.files.share() : parent.files.fork(), fs: flags & CLONE_FS ? parent.fs : { ...parent.fs }, credentials: parent.credentials, name: parent.name,
    cgroup: parent.cgroup, uts: parent.uts, pids,
  });
  try {
    enterNewNamespaces(child, flags & NAMESPACES & ~CLONE_NEWPID);
    child.pids.init ??= group;
    inherit(parent, child, request);
  } catch (error) {
    abandon(child);
    throw error;
  }
  kernel.addTask(child);
  return child;
}
/** What a child has of its parent, and what the request adds. */
function inherit(parent: Task, child: Task, request: CloneRequest): void {
  const { flags } = request;
  child.executable = parent.executable;
  child.blockedSignals = parent.blockedSignals;
  if (!(flags & CLONE_VM) || flags & CLONE_VFORK) child.alternateStack = parent.alternateStack;
  parent.kernel.cpu.copyTo(parent.cpu, child.cpu);
  child.registers.set(GPR.rax, 0);
  if (request.stack !== 0) child.registers.set(GPR.rsp, request.stack);
  if (flags & CLONE_SETTLS) setThreadLocal(child, parent.abi, request.threadLocal);
  if (flags & CLONE_PARENT_SETTID) tell(parent, request.parentTid, parent.seen(child.tid));
  if (flags & CLONE_CHILD_SETTID) tell(child, request.childTid, child.seen(child.tid));
  if (flags & CLONE_CHILD_CLEARTID) child.clearTid = request.childTid;
  if (flags & CLONE_VFORK) child.vforkDone = new WaitQueue();
}
/** Writes a number where a program wants it; that it cannot be is nobody's failure. Linux, kernel/fork.c:kernel_clone(), schedule_tail(): put_user(). */
function tell(task: Task, address: number, value: number): void {
  try {
    task.memory.setU32(address, value);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}
/** Gives back what a child has that never ran. */
function abandon(child: Task): void {
  const { group } = child;
  group.tasks.delete(child);
  if (group.tasks.size === 0) group.parent?.children.delete(group);
  if (child.pids.init === group && group.tasks.size === 0) child.pids.init = undefined;
  child.pids.remove(child.tid);
  child.files.leave();
  child.space.leave();
  child.state = "dead";
  child.retire();
}
