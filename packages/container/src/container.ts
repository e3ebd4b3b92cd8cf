import { sendToGroup, userSignal, type Devpts, type Kernel, type Namespaces } from "@ringzero/kernel";
import { SIGKILL } from "@ringzero/linux-abi";
import { Process, type ProcessContext } from "./process.ts";
import { signalNumber } from "./signal-number.ts";
import type { ContainerSpec, ProcessSpec } from "./spec.ts";
import type { ContainerState, ContainerStatus } from "./state.ts";
import type { ContainerMark, ContainerView, PromptTime } from "./view.ts";

/** What a container needs of the runtime that holds it. */
export interface ContainerContext {
  /** The kernel that all containers share. */
  readonly kernel: Kernel;
  /** Carries an action out where inputs enter the kernel's time. */
  act<T>(what: object, action: () => T): Promise<T>;
  /** There is an input. */
  wake(): void;
  /** A name for a process's ports that no other has. */
  processName(): string;
  /** Host time: nanoseconds of a clock that only goes forward, and the date in milliseconds. */
  wall(): number;
  date(): number;
  /** Its state is another one. */
  changed(container: Container): void;
  /** It is gone: gives back what the runtime holds for it. */
  removed(container: Container): void;
}

/** A container on the worker that runs it: OCI runtime specification, "Lifecycle". */
export class Container {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** The image it was made from; undefined where it was a directory. */
  readonly image: string | undefined;
  /** Its first program. */
  readonly init: Process;
  readonly #context: ContainerContext;
  readonly #namespaces: Namespaces;
  /** Programs that run in it, the first one and those that exec added; those that have ended stay until their output is handed out. */
  readonly #processes = new Set<Process>();
  readonly #created: number;
  readonly #devpts: Devpts | undefined;
  readonly #defaults: ProcessSpec;
  #startedAt: number | undefined;
  #finishedAt: number | undefined;
  #prompt: PromptTime | undefined;
  readonly #marks: { [name: string]: ContainerMark } = Object.create(null) as { [name: string]: ContainerMark };
  #removed = false;

  /** Made by `Runtime.create`. @internal */
  constructor(context: ContainerContext, id: string, name: string, image: string | undefined, spec: ProcessSpec, namespaces: Namespaces, devpts: Devpts | undefined) {
    this.#context = context;
    this.id = id;
    this.name = name;
    this.image = image;
    this.#namespaces = namespaces;
    this.#defaults = spec;
    this.#devpts = devpts;
    this.#created = context.date();
    this.init = this.#newProcess(spec);
    this.init.onEnd = () => this.#ended();
  }
  get #status(): ContainerStatus { return this.init.exitCode !== undefined ? "stopped" : this.#startedAt === undefined ? "created" : "running"; }

  /** Starts its program. Rejects with an Error where it has been started before, with a StartError where the program cannot be: the container is stopped then. */
  async start(): Promise<void> {
    if (this.#status !== "created") throw new Error(`Container "${this.name}" is ${this.#status}: only one that is created can be started.`);
    await this.#context.act({ start: this.id, args: this.init.spec.args }, () => {
      if (this.#status !== "created") throw new Error(`Container "${this.name}" is ${this.#status}: only one that is created can be started.`);
      const { kernel } = this.#context, virtual = kernel.time.clock.time, wall = this.#context.wall();
      this.init.onMark = (name) => this.#mark(name, virtual, wall);
      this.init.onPrompt = () => this.#prompted({ virtual: kernel.time.clock.time - virtual, wall: this.#context.wall() - wall });
      this.#startedAt = this.#context.date();
      try {
        this.init.start(this.#namespaces);
      } catch (error) {
        this.init.end((error as { readonly exitCode?: number }).exitCode ?? 127);
        throw error;
      }
      this.#context.changed(this);
    });
  }
  /** Starts a program beside the first one. What is not given is the container's: environment, working directory, user. Rejects with an Error where it does not run, with a StartError where the program cannot be started. */
  async exec(spec: ProcessSpec): Promise<Process> {
    const { env = [], cwd, user } = this.#defaults, process = this.#newProcess({ ...(cwd === undefined ? {} : { cwd }), ...(user === undefined ? {} : { user }), ...spec, env: [...env, ...(spec.env ?? [])] });
    try {
      await this.#context.act({ exec: this.id, args: spec.args }, () => {
        if (this.#status !== "running") throw new Error(`Container "${this.name}" is ${this.#status}: programs can be added only while it runs.`);
        process.start(this.#namespaces);
      });
    } catch (error) {
      this.#processes.delete(process);
      throw error;
    }
    return process;
  }
  /** Sends its first process a signal, TERM unless another is given. One that has not been started yet ends by it. Rejects with an Error where it is stopped. */
  async kill(signal: string | number = "TERM"): Promise<void> {
    const number = signalNumber(signal);
    if (this.#status === "stopped") throw new Error(`Container "${this.name}" is stopped already.`);
    await this.#context.act({ kill: this.id, signal: number }, () => {
      if (this.#status === "created") return this.init.end(128 + number);
      const group = this.#context.kernel.groups.get(this.init.pid);
      if (group) sendToGroup(group, userSignal(number, 0, 0));
    });
  }
  /** Resolves when its first program has ended: its status as a shell sees it. */
  wait(): Promise<number> { return this.init.exited; }
  /** Removes it and gives back all that it had. With `force` one that runs is killed first. Rejects with an Error where it runs. */
  async delete(force: boolean = false): Promise<void> {
    if (this.#removed) return;
    if (this.#status === "running") {
      if (!force) throw new Error(`Container "${this.name}" runs. Kill it first, or delete it with force.`);
      await this.kill(SIGKILL);
      await this.wait();
    }
    this.dispose();
  }
  /** Gives its memory back; nothing of it may run any more. */
  dispose(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.init.end(128 + SIGKILL);
    for (const process of this.#processes) process.flush();
    this.#context.kernel.removeCgroup(this.#namespaces.cgroup);
    this.#context.removed(this);
  }

  /** Its kernel has ended: so have all its programs. */
  lost(): void {
    for (const process of this.#processes) {
      process.lost(128 + SIGKILL);
      process.flush();
    }
  }

  /** It as it is now. */
  state(): ContainerState {
    return {
      id: this.id, status: this.#status, pid: this.#status === "running" ? this.init.pid : 0, name: this.name, image: this.image, args: this.init.spec.args, created: this.#created,
      startedAt: this.#startedAt, finishedAt: this.#finishedAt, exitCode: this.init.exitCode, outOfMemory: this.#namespaces.cgroup.outOfMemory > 0, owner: this.#namespaces.cgroup.owner,
    };
  }
  /** Its part of the kernel as it is now. */
  view(): ContainerView {
    const { counts, tasks, frames, peakFrames, refusedForks } = this.#namespaces.cgroup;
    return { state: this.state(), counters: { ...counts }, tasks, frames, peakFrames, refusedForks, prompt: this.#prompt, marks: { ...this.#marks } };
  }
  /** Hands its output out. */
  flush(): void {
    for (const process of this.#processes) {
      process.flush();
      if (process !== this.init && process.exitCode !== undefined) this.#processes.delete(process);
    }
  }

  #newProcess(spec: ProcessSpec): Process {
    const { kernel, act, wake, processName } = this.#context, context: ProcessContext = { kernel, name: processName(), devpts: this.#devpts, act, wake }, process = new Process(context, spec);
    this.#processes.add(process);
    return process;
  }
  #prompted(prompt: PromptTime): void {
    this.#prompt = prompt;
    const tallies = this.#context.kernel.machine.tallies(this.#namespaces.cgroup.owner);
    tallies.set("promptNanoseconds", prompt.virtual);
    tallies.set("promptWallNanoseconds", prompt.wall);
  }
  #mark(name: string, virtual: number, wall: number): void {
    const { kernel } = this.#context, { owner, counts } = this.#namespaces.cgroup, line = kernel.machine.ledger().owners.find((o) => o.id === owner)!;
    this.#marks[name] = { counters: { ...counts }, time: kernel.time.clock.time - virtual, frames: { private: line.private, shared: line.shared, saved: line.saved }, wall: this.#context.wall() - wall };
  }
  #ended(): void {
    this.#finishedAt = this.#context.date();
    this.#context.changed(this);
  }
}
