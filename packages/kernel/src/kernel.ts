import { SIGKILL } from "@ringzero/linux-abi";
import { addressOf, FrameWriter, NO_FRAME, TenantTime, TOPICS, traceTopic, type IdleStep, type Machine, type Owner, type OwnerId, type Tallies, type TenantTimeOptions, type Timer, type TraceChannel, type TraceEvent, type TraceTopic } from "@ringzero/machine";
import { byteString, FrameStore, MountNamespace, pathName, ROOT, Tmpfs, walk, type Credentials, type FileDescription, type FileSystem, type Inode, type OpenSpecial, type Path, type Timestamp } from "@ringzero/vfs";
import { PageList } from "./arch/x86/page-table.ts";
import { ProcessCpu } from "./arch/x86/process-cpu.ts";
import { newCounts, type Counts } from "./counts.ts";
import { exec } from "./exec/exec.ts";
import { AnonymousFileSystem } from "./files/anonymous.ts";
import { openSpecial } from "./files/devices.ts";
import type { Devpts } from "./files/devpts.ts";
import { ChargedStore } from "./files/charged-store.ts";
import { FdTable } from "./files/fd-table.ts";
import type { Pipe } from "./files/pipe.ts";
import { Stream } from "./files/stream.ts";
import { Tty } from "./files/tty.ts";
import { AddressSpace, type MemoryContext } from "./memory/address-space.ts";
import { Cgroup, type CgroupLimits } from "./namespaces/cgroup.ts";
import { PidNamespace, type UtsNamespace } from "./namespaces/pid-namespace.ts";
import { UserMemory } from "./memory/user-memory.ts";
import { mountStandard } from "./populate.ts";
import { Random } from "./random.ts";
import { makeRoom } from "./memory/out-of-memory.ts";
import { Turns } from "./run.ts";
import { endGroup } from "./task/exit.ts";
import { Task } from "./task/task.ts";
import { ThreadGroup } from "./task/thread-group.ts";

/** How a kernel is made. */
export interface KernelOptions {
  /** The root file system; default: an empty tmpfs. */
  readonly root?: FileSystem;
  /** Of its owner in the ledger. Default: kernel. */
  readonly name?: string;
  /** Default: the interpreter; `jit` compiles hot code. */
  readonly engine?: "interpreter" | "jit";
  /** Rate, idle mode and clock of the tenant's time. Default: 10 ns an instruction, idle free. */
  readonly time?: TenantTimeOptions;
  /** Seed of all randomness that programs are given. */
  readonly seed?: number;
  /** Seconds since 1970 when the kernel starts. */
  readonly bootTime?: number;
  /** Of the first UTS namespace. Default: ringzero. */
  readonly hostName?: string;
}
/** A program to start. */
export interface Program {
  /** Where the program lies, as its own root and working directory have it. */
  readonly path: string;
  /** Default: the path alone. */
  readonly arguments?: readonly string[];
  /** `NAME=value`. Default: none. */
  readonly environment?: readonly string[];
  /** Default: the root. */
  readonly workingDirectory?: string;
  /** Default: root. */
  readonly credentials?: Credentials;
  /** Descriptors from 0 on. Default: the terminal three times, which becomes its controlling terminal. */
  readonly files?: readonly FileDescription[];
  /** Default: the console. */
  readonly terminal?: Tty;
  /** Namespaces of its own: it is their first process. */
  readonly container?: ContainerOptions;
  /** Starts in namespaces that `newNamespaces` has made: as their first process, or beside it. */
  readonly namespaces?: Namespaces;
  /** Joins the namespaces of a task, as `exec` in a container does. */
  readonly inside?: Task;
}
/** What the tasks of a container see and share: they are made before its first process, and are there until the last one has ended. */
export interface Namespaces {
  /** What is mounted where. */
  readonly mounts: MountNamespace;
  /** Numbers of tasks. */
  readonly pids: PidNamespace;
  /** Names of the machine. */
  readonly uts: UtsNamespace;
  /** Limits, and whom memory is charged to. */
  readonly cgroup: Cgroup;
}
/** A set of namespaces. */
export interface ContainerOptions {
  /** What it sees as its root: proc, dev and tmp are mounted there where the directories exist. */
  readonly root: FileSystem;
  /** Default: the kernel's. */
  readonly hostName?: string;
  /** Its control group's name and limits. */
  readonly name?: string;
  /** Default: none. */
  readonly limits?: CgroupLimits;
  /** A control group that is there already, in place of a new one. */
  readonly cgroup?: Cgroup;
}
/** Why `run` returned: all tasks have ended; nothing can run until an input comes or the wall has caught up; so many instructions have run. */
export type RunStep = { readonly kind: "finished" } | Exclude<IdleStep, { kind: "continue" }> | { readonly kind: "budget" };

/** A system call that the kernel does not have was made: `cause` is its name. */
export const UNKNOWN_CALLS: TraceTopic<TraceEvent> = traceTopic("unknownSystemCalls");

const SPACE_NUMBERS = 255;
/**
 * After so many instructions without a wait tasks count as busy; they may be so far ahead of the wall or behind it, in nanoseconds, before that is forgotten at the next wait. Little
 * behind: the sleep that follows would be the shorter for it, and the start of a program is slow where its code has not run before.
 */
const BUSY = 20_000, AHEAD = 50_000_000, BEHIND = 5_000_000;

/** One shared Linux-ABI kernel and its tasks. Everything runs on the worker that calls `run`. */
export class Kernel {
  /** The machine whose frames and trace bus it uses. */
  readonly machine: Machine;
  /** Whom the ledger charges for what belongs to no container. */
  readonly owner: Owner;
  /** The tenant's clock, timers and inputs. */
  readonly time: TenantTime;
  /** The one processor. @internal */
  readonly cpu: ProcessCpu;
  /** The first terminal: programs that are given no files talk to it. */
  readonly console: Tty;
  /** All tasks by number. */
  readonly tasks: Map<number, Task> = new Map();
  /** All processes by number, those that have ended and were not waited for among them. */
  readonly groups: Map<number, ThreadGroup> = new Map();
  /** The first mount namespace: what programs outside containers see. */
  readonly namespace: MountNamespace;
  /** Inodes of what has no name: pipes, terminals, streams. @internal */
  readonly anonymous: AnonymousFileSystem;
  /** What address spaces need of it. @internal */
  readonly memoryContext: MemoryContext;
  /** The date at virtual time 0, in seconds since 1970. */
  readonly bootTime: number;
  /** The first namespaces. */
  readonly uts: UtsNamespace;
  /** The first namespace of task numbers: the kernel's own numbers. */
  readonly pids: PidNamespace = new PidNamespace();
  /** The control group at the top, without limits. */
  readonly cgroup: Cgroup;
  readonly #cgroups: TraceChannel<NonNullable<(typeof TOPICS)["cgroups"]["event"]>>;
  /** Each system call with its arguments and result, for whoever listens. */
  readonly systemCalls: TraceChannel<NonNullable<(typeof TOPICS)["systemCalls"]["event"]>>;
  /** System calls by name as they were asked for and are not there, with how often. */
  readonly unknownCalls: Map<string, number> = new Map();
  /** How files without a name are opened again, through /proc/self/fd. */
  readonly reopen: WeakMap<Inode, (path: Path, flags: number) => FileDescription> = new WeakMap();
  /** Pipes of FIFOs that have been opened. @internal */
  readonly fifos: WeakMap<Inode, Pipe> = new WeakMap();
  /** Who waits at which futex, by the key of its word. @internal */
  readonly futexes: Map<string, { readonly task: Task; woken: boolean; mask: number }[]> = new Map();
  /** Timers of alarm(2), by process. */
  readonly alarms: WeakMap<ThreadGroup, Timer> = new WeakMap();
  /** The task that a call is carried out for. */
  current: Task | undefined;
  /** Opens device nodes and FIFOs for `openFile` of vfs. */
  readonly openSpecial: OpenSpecial = (inode, path, flags) => openSpecial(this, inode, path, flags);
  readonly #unknown: TraceChannel<TraceEvent>;
  readonly #writer: FrameWriter;
  /** Tasks that there have ever been. */
  forks = 0;
  /** What all tasks have crossed. */
  readonly counts: Counts = newCounts();
  /** Each change of the running task. */
  readonly contextSwitches: TraceChannel<NonNullable<(typeof TOPICS)["contextSwitches"]["event"]>>;
  /** Each page fault, with its cause. */
  readonly pageFaults: TraceChannel<NonNullable<(typeof TOPICS)["pageFaults"]["event"]>>;
  readonly #tallies: Tallies;
  /** Control groups whose tasks have run since their counts were handed out. */
  readonly #active = new Set<Cgroup>();
  /** The one of them that was entered last. */
  #lastActive: Cgroup | undefined;
  /** The task that ran last. */
  #last: Task | undefined;
  /** Instructions at the last time that nothing could run. */
  #idleFrom = 0;
  readonly #runQueue: Task[] = [];
  readonly #turns = new Turns(this);
  readonly #random: Random;
  #spaceNumber = 0;
  #devices = 0;
  #containers = 0;
  #nextPid = 1;

  constructor(machine: Machine, options: KernelOptions = {}) {
    this.machine = machine;
    this.owner = machine.createOwner({ name: options.name ?? "kernel", kind: "kernel" });
    this.#writer = new FrameWriter(machine, this.owner.id);
    this.time = new TenantTime(options.time);
    this.bootTime = options.bootTime ?? 1_767_225_600;
    this.uts = { hostName: options.hostName ?? "ringzero", domainName: "(none)" };
    this.#random = new Random(options.seed ?? 0);
    this.systemCalls = machine.trace.channel(TOPICS.systemCalls);
    this.cgroup = new Cgroup("/", undefined, this.owner.id);
    this.#cgroups = machine.trace.channel(TOPICS.cgroups);
    this.contextSwitches = machine.trace.channel(TOPICS.contextSwitches);
    this.pageFaults = machine.trace.channel(TOPICS.pageFaults);
    this.#tallies = machine.tallies(this.owner.id);
    this.#unknown = machine.trace.channel(UNKNOWN_CALLS);
    const engineOwner = machine.createOwner({ name: `${this.owner.name}'s processor`, kind: "engine", tenant: this.owner.id });
    this.cpu = new ProcessCpu(machine, engineOwner.id, this.#writer, options.engine ?? "interpreter", {
      entropy: () => (BigInt(this.#random.next()) << 32n) | BigInt(this.#random.next()), systemCall: (abi, retired) => this.#turns.systemCall(abi, retired),
    });
    const zero = machine.pool.allocate(this.owner.id);
    if (zero === NO_FRAME) throw new Error("No frame is left for the kernel. Give the machine more memory.");
    this.memoryContext = {
      machine, writer: this.#writer, zeroFrame: addressOf(zero), gdtFrame: this.cpu.gdtFrame, signalReturnFrame: this.cpu.signalReturnFrame,
      flushPage: (address) => this.cpu.flushPage(address), pages: new PageList(), numberUse: 1, nextSpaceNumber: () => this.#nextSpaceNumber(),
    };
    this.anonymous = new AnonymousFileSystem(this.nextDevice(), () => this.now());
    this.namespace = MountNamespace.of(options.root ?? this.newTmpfs());
    this.console = this.newTerminal("console");
  }

  #nextSpaceNumber(): number {
    if (this.#spaceNumber === SPACE_NUMBERS) {
      this.#spaceNumber = 0;
      this.memoryContext.numberUse++;
      this.cpu.flushAll();
    }
    return ++this.#spaceNumber;
  }

  // ---- files ----
  /** A number for a file system. */
  nextDevice(): number { return ++this.#devices; }
  /** Frames for files, charged to the kernel. */
  get store(): FrameStore { return new FrameStore(this.machine, this.owner.id, this.#writer); }
  /** Frames for files, charged to an owner that the kernel's tenant has. */
  storeOf(owner: OwnerId): FrameStore { return new FrameStore(this.machine, owner, this.#writer); }
  /** Frames for files that count against a control group. */
  chargedStore(cgroup: Cgroup): FrameStore { return new ChargedStore(this.machine, cgroup, this.#writer); }
  /** A file system in memory, charged to a control group. Default: the first. */
  newTmpfs(mode: number = 0o755, cgroup: Cgroup = this.cgroup): Tmpfs {
    return new Tmpfs({ store: this.chargedStore(cgroup), device: this.nextDevice(), now: () => this.now(), mode });
  }
  /** A terminal for a container, by a name of its own. */
  newTerminal(name: string, devpts?: Devpts): Tty {
    const terminal = devpts ? devpts.make(name) : new Tty(this, name, this.anonymous.inode(0o20620));
    this.time.port(name, (bytes) => terminal.input(bytes));
    return terminal;
  }
  /** Hangs a terminal up: what is typed goes nowhere any more, and its session is told. */
  closeTerminal(terminal: Tty): void {
    this.time.closePort(terminal.name);
    terminal.hangUp();
  }
  /** A stream to the outside, to pass as a program's standard file. */
  stream(flags: number, onOutput?: (bytes: Uint8Array) => void): Stream {
    const stream = new Stream(this.anonymous.inode(), flags, onOutput);
    this.reopen.set(stream.inode, () => stream);
    return stream;
  }
  /** The memory of a space as system calls reach it. @internal */
  userMemory(space: AddressSpace): UserMemory { return new UserMemory(space, this.machine.views, this.#writer, (short) => makeRoom(this, short)); }

  // ---- time and chance ----
  /** The date. */
  now(): Timestamp {
    const { time } = this.time.clock, seconds = Math.floor(time / 1e9);
    return { seconds: this.bootTime + seconds, nanoseconds: time - seconds * 1e9 };
  }
  /** Bytes from the seed: the same in every run. */
  random(length: number): Uint8Array { return this.#random.bytes(length); }

  // ---- tasks ----
  /** Starts a program as a child of nobody. Throws errnos, as execve(2) does. */
  spawn(program: Program): ThreadGroup {
    const { inside, container } = program, { mounts, pids, uts, cgroup } = this.#namespacesFor(program), pid = this.nextPid();
    const root = inside?.fs.root ?? mounts.rootPath, group = new ThreadGroup(pid, undefined, 0, pids);
    const task = new Task(this, pid, group, {
      space: new AddressSpace(this.memoryContext, "x86_64", cgroup), files: new FdTable(), fs: { namespace: mounts, root, cwd: root, umask: 0o022 },
      credentials: program.credentials ?? ROOT, name: "", pids, cgroup, uts,
    });
    // Where the first program has ended, the kernel's own namespace goes on with the next; any other is dead (pid_namespaces(7)).
    if (!pids.init || (pids === this.pids && pids.init.isZombie)) pids.init = group;
    this.addTask(task);
    try {
      if (container) mountStandard(this, mounts, pids);
      if (program.workingDirectory !== undefined) task.fs.cwd = walk(task.walk, root, byteString(program.workingDirectory), true);
      const terminal = program.terminal ?? this.console;
      for (const file of program.files ?? [terminal.open(), terminal.open(), terminal.open()]) task.files.add(file);
      if (!program.files) terminal.takeSession(group);
      exec(task, task.fs.cwd, { path: byteString(program.path), arguments: (program.arguments ?? [program.path]).map(byteString), environment: (program.environment ?? []).map(byteString) });
    } catch (error) {
      endGroup(task, 127 << 8);
      throw error;
    }
    return group;
  }
  #namespacesFor(program: Program): Namespaces {
    const { inside } = program;
    if (inside) return { mounts: inside.fs.namespace, pids: inside.pids, uts: inside.uts, cgroup: inside.cgroup };
    return program.namespaces ?? (program.container ? this.newNamespaces(program.container) : { mounts: this.namespace, pids: this.pids, uts: this.uts, cgroup: this.cgroup });
  }
  /** Namespaces for a container; nothing is mounted in them yet but the root. */
  newNamespaces(options: ContainerOptions): Namespaces {
    return { mounts: MountNamespace.of(options.root), pids: new PidNamespace(this.pids), uts: { hostName: options.hostName ?? this.uts.hostName, domainName: "(none)" }, cgroup: options.cgroup ?? this.newCgroup(options) };
  }
  /** The place of an absolute path, as the first task sees it. */
  lookup(path: string): Path { return lookupRoot(this.namespace, byteString(path)); }
  /** A number that no task has. @internal */
  nextPid(): number {
    while (this.tasks.has(this.#nextPid) || this.groups.has(this.#nextPid)) this.#nextPid++;
    return this.#nextPid++;
  }
  /** Enters a task that can run. @internal */
  addTask(task: Task): void {
    this.forks++;
    this.tasks.set(task.tid, task);
    this.groups.set(task.group.pid, task.group);
    this.#runQueue.push(task);
  }
  /** Takes a task out of all tables: it has ended. @internal */
  removeTask(task: Task): void {
    task.state = "dead";
    task.retire();
    if (this.#last === task) this.#last = undefined;
    this.tasks.delete(task.tid);
    this.cpu.forget(task.cpu);
    const at = this.#runQueue.indexOf(task);
    if (at >= 0) this.#runQueue.splice(at, 1);
  }
  /** Puts a blocked or stopped task into the run queue. @internal */
  makeRunnable(task: Task): void {
    if (task.state === "dead" || task.state === "runnable") return;
    task.state = "runnable";
    this.#runQueue.push(task);
  }
  /** A task has a new program. @internal */
  beginProgram(task: Task, space: AddressSpace, executable: Path, name: string): void {
    for (const other of [...task.group.tasks]) if (other !== task) this.dropThread(other);
    task.setSpace(space);
    task.executable = executable;
    task.name = name.slice(name.lastIndexOf("/") + 1).slice(0, 15);
    task.files.closeOnExec();
    task.group.actions = task.group.actions.forNewProgram();
    task.alternateStack = { address: 0, size: 0, flags: 2 };
    task.clearTid = 0;
    task.vforkDone?.wake();
    task.vforkDone = undefined;
  }
  /** Ends a thread whose group lives on. */
  dropThread(task: Task): void {
    task.group.tasks.delete(task);
    task.files.leave();
    task.space.leave();
    this.removeTask(task);
  }
  /** The absolute path of a place as a task sees it. */
  pathName(path: Path, task: Task): string { return pathName(path, task.fs.root).name; }

  // ---- running ----
  /**
   * Runs tasks in turn until all have ended, nothing can run, or about so many instructions have retired.
   */
  run(instructions: number = Number.POSITIVE_INFINITY): RunStep {
    try {
      return this.#run(this.cpu.retired + instructions);
    } finally {
      this.#writeTallies();
    }
  }
  #run(end: number): RunStep {
    for (;;) {
      if (this.tasks.size === 0) return { kind: "finished" };
      if (this.cpu.retired >= end) return { kind: "budget" };
      const task = this.#runQueue.shift();
      if (task) {
        if (task.state === "runnable") {
          if (task !== this.#last) this.#switched(task);
          this.#turns.run(task);
        }
        if (task.state === "runnable") this.#runQueue.push(task);
        continue;
      }
      if (this.time.clock.retired - this.#idleFrom > BUSY) this.time.forgive(AHEAD, BEHIND);
      this.#idleFrom = this.time.clock.retired;
      const step = this.time.idle();
      if (step.kind !== "continue") return step;
    }
  }
  #switched(task: Task): void {
    const { contextSwitches, time } = this;
    this.counts.contextSwitches++;
    task.cgroup.counts.contextSwitches++;
    if (contextSwitches.heard) contextSwitches.emit({ tenant: this.owner.id, retired: time.clock.retired, time: time.clock.time, cause: task.name, cost: 0, from: this.#last?.tid ?? 0, to: task.tid });
    this.#last = task;
  }
  /** Hands the counts to whoever reads the machine's tallies meanwhile. */
  #writeTallies(): void {
    const { time, idle } = this.time.clock;
    this.#writeCounts(this.owner.id, this.counts);
    this.#tallies.set("idleNanoseconds", idle);
    this.#tallies.set("nanoseconds", time);
    for (const group of this.#active) this.#writeCounts(group.owner, group.counts);
    this.#active.clear();
    this.#lastActive = undefined;
  }
  #writeCounts(owner: OwnerId, counts: Counts): void {
    const tallies = this.machine.tallies(owner);
    tallies.set("instructions", counts.instructions);
    tallies.set("systemCalls", counts.systemCalls);
    tallies.set("faults", counts.pageFaults);
    tallies.set("contextSwitches", counts.contextSwitches);
    tallies.set("signals", counts.signals);
  }
  /** A task has run so many instructions. */
  count(task: Task, instructions: number): void {
    this.counts.instructions += instructions;
    task.cgroup.counts.instructions += instructions;
    task.group.instructions += instructions;
    if (task.cgroup === this.cgroup || task.cgroup === this.#lastActive) return;
    this.#lastActive = task.cgroup;
    this.#active.add(task.cgroup);
  }
  /** Ends everything. */
  kill(): void {
    for (const group of [...this.groups.values()]) for (const task of [...group.tasks]) endGroup(task, SIGKILL);
  }
  /** A control group below the first one; its frames have an owner in the machine's ledger. */
  newCgroup(options: Pick<ContainerOptions, "name" | "limits">): Cgroup {
    const path = `/${options.name ?? `container${++this.#containers}`}`;
    return new Cgroup(path, this.cgroup, this.machine.createOwner({ name: path.slice(1), kind: "container", tenant: this.owner.id }).id, options.limits);
  }
  /** Forgets a control group whose tasks have all ended. */
  removeCgroup(group: Cgroup): void {
    if (group.tasks > 0) throw new Error(`Control group ${group.path} still has ${group.tasks} tasks. End them first.`);
    this.#active.delete(group);
    if (this.#lastActive === group) this.#lastActive = undefined;
    if (group === this.cgroup) return;
    group.parent?.countFrame(-group.frames);
    this.machine.pool.removeOwner(group.owner);
  }
  /** A control group has limited something. */
  cgroupEvent(group: Cgroup, controller: string, cause: string): void {
    if (this.#cgroups.heard) this.#cgroups.emit({ tenant: this.owner.id, retired: this.time.clock.retired, time: this.time.clock.time, cause, cost: 0, group: group.path, controller });
  }
  /** Notes a call that is not there. */
  unknownCall(task: Task, name: string): void {
    this.unknownCalls.set(name, (this.unknownCalls.get(name) ?? 0) + 1);
    if (this.#unknown.heard) this.#unknown.emit({ tenant: this.owner.id, retired: this.time.clock.retired, time: this.time.clock.time, cause: `${name} by ${task.name}`, cost: 0 });
  }
}

function lookupRoot(namespace: MountNamespace, path: string): Path {
  const root = namespace.rootPath;
  return walk({ root, cwd: root, credentials: ROOT }, root, path, true);
}
