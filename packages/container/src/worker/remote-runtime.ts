import type { WorkerHandle } from "@ringzero/host";
import type { Machine, OwnerId } from "@ringzero/machine";
import type { Progress } from "../image.ts";
import type { ImageContents, RuntimeOptions } from "../options.ts";
import type { ContainerSpec } from "../spec.ts";
import { StartError } from "../start-error.ts";
import type { ContainerState } from "../state.ts";
import type { RuntimeEnd, RuntimeView } from "../view.ts";
import { isFromWorker } from "./check-message.ts";
import type { CallName, Calls, FromWorker, ToWorker, WorkerData } from "./messages.ts";
import { RemoteContainer, type ContainerCalls } from "./remote-container.ts";
import { RemoteProcess } from "./remote-process.ts";

/** What a process ended with that went down with its kernel: killed. */
const LOST = 137;

/** The shared kernel with its containers on a worker of its own, as whoever holds the machine sees it. */
export class RemoteRuntime {
  /** The kernel's owner in the machine's ledger and tallies. */
  readonly owner: OwnerId;
  /** Resolves when the kernel has ended, by itself or with its worker, and its memory is given back. */
  readonly ended: Promise<RuntimeEnd>;
  readonly #machine: Machine;
  readonly #worker: WorkerHandle;
  readonly #waiting = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void; readonly progress: Progress | undefined }>();
  readonly #processes = new Map<number, RemoteProcess>();
  /** Processes that somebody has asked for. */
  readonly #claimed = new Set<number>();
  readonly #calls: ContainerCalls;
  #listeners: readonly ((id: string, state: ContainerState | undefined) => void)[] = [];
  #requests = 0;
  #end: RuntimeEnd | undefined;
  #finished = false;
  #hasEnded!: (end: RuntimeEnd) => void;

  private constructor(machine: Machine, worker: WorkerHandle, owner: OwnerId) {
    this.#machine = machine;
    this.#worker = worker;
    this.owner = owner;
    this.ended = new Promise((resolve) => (this.#hasEnded = resolve));
    this.#calls = { ask: (call, what) => this.#ask(call, what), process: (number) => this.#claim(number) };
    worker.onMessage((message) => { if (isFromWorker(message)) this.#hear(message); });
    void worker.ended.then((error) => this.#finish(this.#end ?? { reason: "failed", failure: error?.message ?? "The kernel's worker has ended." }));
  }
  /**
   * Starts a worker with a kernel, ready for containers. `module` is the worker's: it calls `serveRuntime`. The machine must be in shared memory. Rejects with an
   * Error where the kernel cannot be booted.
   */
  static async create(machine: Machine, module: URL, options: RuntimeOptions = {}): Promise<RemoteRuntime> {
    const data: WorkerData = { attachment: machine.attachment(), options }, worker = machine.host.workers.start(module, { name: options.name ?? "kernel", data });
    const before = new Set(machine.pool.owners().map((o) => o.id));
    const owner = await new Promise<OwnerId>((resolve, reject) => {
      const end = worker.onMessage((message) => {
        if (!isFromWorker(message)) return;
        end();
        if (message.kind === "ready") resolve(message.owner);
        else reject(new Error(message.kind === "failed" ? message.message : "The worker's module is no runtime's."));
      });
      void worker.ended.then((error) => reject(error ?? new Error("The kernel's worker has ended.")));
    }).catch(async (error: unknown) => {
      await worker.terminate();
      const made = machine.pool.owners().filter((o) => !before.has(o.id) && o.name.startsWith(options.name ?? "kernel"));
      for (const o of made.toSorted((a, b) => Number(a.id === a.tenant) - Number(b.id === b.tenant))) machine.pool.removeOwner(o.id);
      throw error;
    });
    return new RemoteRuntime(machine, worker, owner);
  }

  /** Gives the runtime an image from memory, for specifications that name its reference. */
  async addImage(reference: string, contents: ImageContents): Promise<void> { await this.#ask("addImage", { reference, contents }); }
  /** Makes a container, ready to start; `progress` is told of an image that is made or read. Rejects with an Error where the image is not there, the name is taken, or memory does not suffice. */
  async create(spec: ContainerSpec, progress?: Progress): Promise<RemoteContainer> {
    const { state, process } = await this.#ask("create", { spec }, progress);
    return new RemoteContainer(this.#calls, state, this.#claim(process));
  }
  /** All containers, in the order in which they were made. */
  async containers(): Promise<readonly ContainerState[]> { return await this.#ask("containers", {}); }
  /** What can be seen of the kernel and its containers now. */
  async look(): Promise<RuntimeView> { return await this.#ask("look", {}); }
  /** Calls `listener` when a container is made, changes its state, or (undefined) is gone. Returns what ends that. */
  onChange(listener: (id: string, state: ContainerState | undefined) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => { this.#listeners = this.#listeners.filter((other) => other !== listener); };
  }
  /** Stops between two slices; what is asked for meanwhile is carried out, and programs do not run. Resolves when it has. */
  async pause(): Promise<void> { await this.#ask("pause", {}); }
  /** Goes on. */
  async resume(): Promise<void> { await this.#ask("resume", {}); }
  /** Resolves when no program can run until an input comes. */
  async quiet(): Promise<void> { await this.#ask("quiet", {}); }
  /** Crashes the shared kernel: every container dies with it, and `ended` says why. */
  panic(reason: string): void { this.#post({ kind: "panic", reason }); }
  /** Kills every container and ends the kernel. Resolves when its memory is given back. */
  async shutdown(): Promise<void> {
    if (this.#finished) return;
    await this.#ask("shutdown", {}).catch(() => {});
    await this.ended;
  }
  /** Ends it wherever it is, as where its worker hangs. Resolves when its memory is given back. */
  async terminate(): Promise<void> {
    this.#end ??= { reason: "failed", failure: "The kernel was terminated." };
    await this.#worker.terminate();
    await this.ended;
  }

  #hear(m: FromWorker): void {
    switch (m.kind) {
      case "answer": this.#waiting.get(m.request)?.resolve(m.value); break;
      case "refused": this.#waiting.get(m.request)?.reject(m.exitCode === undefined ? new Error(m.message) : new StartError(m.message, m.exitCode)); break;
      case "progress": this.#waiting.get(m.request)?.progress?.(m.step, m.done, m.of); break;
      case "output": this.#process(m.process).hear(m.stream, m.bytes); break;
      case "read": this.#process(m.process).read(m.bytes); break;
      case "exited":
        this.#process(m.process).end(m.code);
        // One that ended before the answer that tells of it waits for that.
        if (this.#claimed.delete(m.process)) this.#processes.delete(m.process);
        break;
      case "changed": for (const listener of this.#listeners) listener(m.id, m.state); break;
      case "ended":
        this.#end = m.end;
        void this.#worker.terminate();
        break;
      default:
    }
    if (m.kind === "answer" || m.kind === "refused") this.#waiting.delete(m.request);
  }
  /** The process of a number: its output may come before the answer that tells of it. */
  #process(number: number): RemoteProcess {
    let process = this.#processes.get(number);
    if (!process) this.#processes.set(number, (process = new RemoteProcess(number, (message) => this.#post(message))));
    return process;
  }
  #claim(number: number): RemoteProcess {
    const process = this.#process(number);
    if (process.exitCode === undefined) this.#claimed.add(number);
    else this.#processes.delete(number);
    return process;
  }
  #finish(end: RuntimeEnd): void {
    if (this.#finished) return;
    this.#finished = true;
    // The worker is gone: its memory is taken back from here, the kernel's own last.
    const owners = this.#machine.pool.owners().filter((o) => o.tenant === this.owner).toSorted((a, b) => Number(a.id === this.owner) - Number(b.id === this.owner));
    for (const { id } of owners) this.#machine.pool.removeOwner(id);
    for (const process of this.#processes.values()) process.end(LOST);
    this.#processes.clear();
    for (const { reject } of this.#waiting.values()) reject(goneError(end));
    this.#waiting.clear();
    this.#end = end;
    this.#hasEnded(end);
  }
  #ask<K extends CallName>(call: K, what: Calls[K]["ask"], progress?: Progress): Promise<Calls[K]["answer"]> {
    if (this.#finished) return Promise.reject(goneError(this.#end!));
    const request = this.#requests++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, { resolve: resolve as (value: unknown) => void, reject, progress });
      this.#post({ kind: "call", request, call, ...what } as ToWorker);
    });
  }
  #post(message: ToWorker): void { if (!this.#finished) this.#worker.post(message); }
}

function goneError(end: RuntimeEnd): Error { return new Error(end.failure === undefined ? "The kernel has been shut down." : `The kernel has ended: ${end.failure}`); }
