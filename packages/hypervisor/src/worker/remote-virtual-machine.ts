import type { TextScreen } from "@ringzero/devices";
import type { Terminal, WorkerHandle } from "@ringzero/host";
import type { Machine, OwnerId } from "@ringzero/machine";
import type { CounterMark, Counters } from "../counters.ts";
import type { PcOptions } from "../pc.ts";
import type { VirtualMachineSnapshot } from "../snapshot.ts";
import type { TrapBatch } from "../techniques/ring-deprivileging/trap-buffer.ts";
import type { VirtualMachineOptions, VirtualMachineState } from "../virtual-machine.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { VirtualMachineWorker, type VirtualMachineParts } from "./virtual-machine-worker.ts";

/** What can be seen of a virtual machine at one moment. */
export interface VirtualMachineView {
  /** What it has crossed. */
  readonly counters: Counters;
  /** The text screen. */
  readonly screen: TextScreen;
  /** What it does. */
  readonly state: VirtualMachineState;
}

/** The serial console of a virtual machine elsewhere. */
export interface RemoteConsole {
  /** Calls `listener` with what the guest sends. Returns what ends that. */
  onOutput(listener: (bytes: Uint8Array) => void): () => void;
  /** Types. */
  write(bytes: Uint8Array): void;
  /** Types text, as UTF-8. */
  type(text: string): void;
  /** Connects a terminal: both ways, raw. Returns what ends that. */
  pipeTo(terminal: Terminal): () => void;
}

/** A virtual machine on a worker of its own, as whoever started it sees it. */
export class RemoteVirtualMachine {
  /** For people. */
  readonly name: string;
  /** Resolves with the last state when it has ended and its memory is given back. */
  readonly ended: Promise<VirtualMachineState>;
  /** Counters when it ended. */
  lastCounters: Counters | undefined;
  /** The text screen when it ended. */
  lastScreen: TextScreen | undefined;
  /** The sentence that says what went wrong where an error of ours ended it. */
  failure: string | undefined;
  /** What the steps of the script have kept, by name. */
  readonly marks: ReadonlyMap<string, CounterMark> = new Map<string, CounterMark>();
  /** Called when one is kept. */
  onMark: ((name: string, mark: CounterMark) => void) | undefined;
  readonly #machine: Machine;
  readonly #worker: WorkerHandle;
  readonly #views = new Map<number, (view: VirtualMachineView | undefined) => void>();
  readonly #snapshots = new Map<number, (snapshot: VirtualMachineSnapshot | undefined) => void>();
  #listeners: readonly ((bytes: Uint8Array) => void)[] = [];
  #trapListeners: readonly ((batch: TrapBatch) => void)[] = [];
  #stateListeners: readonly ((state: VirtualMachineState) => void)[] = [];
  #state: VirtualMachineState = "ready";
  #owners: readonly OwnerId[] = [];
  #paused: (() => void)[] = [];
  #requests = 0;
  /** What it said of its end; a worker that ends without a word has crashed. */
  #outcome: { readonly state: VirtualMachineState; readonly failure: string | undefined } | undefined;
  #finished = false;
  #hasEnded!: (state: VirtualMachineState) => void;

  private constructor(machine: Machine, worker: WorkerHandle) {
    this.name = worker.name;
    this.#machine = machine;
    this.#worker = worker;
    this.ended = new Promise((resolve) => (this.#hasEnded = resolve));
  }

  /**
   * Starts a worker with a virtual machine that is ready to start. `module` is the worker's: it calls `serveVirtualMachine`. The machine must be in shared
   * memory. With a snapshot it goes on from there. Rejects with an Error where the virtual machine cannot be made.
   */
  static async create(machine: Machine, module: URL, pc: PcOptions, options: VirtualMachineOptions = {}, snapshot?: VirtualMachineSnapshot): Promise<RemoteVirtualMachine> {
    return RemoteVirtualMachine.on(new VirtualMachineWorker(machine, module, options.name ?? "vm", false), { pc, options, snapshot });
  }
  /** The same on a worker that is there already. */
  static async on(place: VirtualMachineWorker, parts: VirtualMachineParts): Promise<RemoteVirtualMachine> {
    const { machine, handle: worker } = place, remote = new RemoteVirtualMachine(machine, worker);
    place.make(parts);
    await new Promise<void>((resolve, reject) => {
      worker.onMessage((message) => {
        const m = message as FromWorker;
        if (m.kind === "ready") resolve();
        if (m.kind === "failed") {
          void worker.terminate();
          reject(new Error(m.message));
        } else remote.#hear(m);
      });
      void worker.ended.then((error) => {
        reject(error ?? new Error(`The worker of "${remote.name}" has ended.`));
        remote.#finish(remote.#outcome ?? { state: "crashed", failure: error?.message ?? "Its worker has ended." });
      });
    });
    return remote;
  }

  /** Owners of its memory: the engine's structures, then the guest. None once they are given back. */
  get owners(): readonly OwnerId[] { return this.#finished ? [] : this.#owners; }

  #hear(m: FromWorker): void {
    switch (m.kind) {
      case "ready": this.#owners = m.owners; break;
      case "output": for (const listener of this.#listeners) listener(m.bytes); break;
      case "state": this.#enter(m.state); break;
      case "traps": for (const listener of this.#trapListeners) listener(m.batch); break;
      case "mark": {
        (this.marks as Map<string, CounterMark>).set(m.name, m.mark);
        this.onMark?.(m.name, m.mark);
        break;
      }
      case "paused": this.#paused.shift()?.(); break;
      case "snapshot":
        this.#snapshots.get(m.request)?.(m.snapshot);
        this.#snapshots.delete(m.request);
        break;
      case "view":
        this.#views.get(m.request)?.(m);
        this.#views.delete(m.request);
        break;
      case "ended":
        this.lastCounters = m.counters;
        this.lastScreen = m.screen;
        this.#outcome = m;
        void this.#worker.terminate();
        break;
      default:
    }
  }
  #finish({ state, failure }: { readonly state: VirtualMachineState; readonly failure: string | undefined }): void {
    if (this.#finished) return;
    this.#finished = true;
    this.failure = failure;
    this.#enter(state);
    // The worker is gone: its memory is taken back from here.
    for (const id of this.#owners) if (this.#machine.pool.owner(id)?.name.startsWith(this.name)) this.#machine.pool.removeOwner(id);
    for (const resume of this.#paused.splice(0)) resume();
    for (const view of this.#views.values()) view(undefined);
    this.#views.clear();
    for (const snapshot of this.#snapshots.values()) snapshot(undefined);
    this.#snapshots.clear();
    this.#hasEnded(state);
  }
  #ask(message: ToWorker): void { if (!this.#finished) this.#worker.post(message); }

  #enter(state: VirtualMachineState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }
  /** What it does, as it last said. */
  get state(): VirtualMachineState { return this.#state; }
  /** Calls `listener` with each new state. Returns what ends that. */
  onState(listener: (state: VirtualMachineState) => void): () => void {
    this.#stateListeners = [...this.#stateListeners, listener];
    return () => { this.#stateListeners = this.#stateListeners.filter((other) => other !== listener); };
  }

  /** Starts, or goes on after a pause. */
  start(): void { this.#ask({ kind: "start" }); }
  /** Stops between two instructions. Resolves when it has. */
  async pause(): Promise<void> {
    if (this.#finished) return;
    const paused = new Promise<void>((resolve) => this.#paused.push(resolve));
    this.#ask({ kind: "pause" });
    await paused;
  }
  /** The reset button. */
  reset(): void { this.#ask({ kind: "reset" }); }
  /** The power button. */
  powerOff(): void { this.#ask({ kind: "powerOff" }); }
  /** Breaks its kernel, as a bug in ring 0 might: see `VirtualMachine.crash`. */
  crash(): void { this.#ask({ kind: "crash" }); }
  /** Ends it wherever it is. Resolves when its memory is given back. */
  async kill(): Promise<void> {
    this.#outcome ??= { state: "killed", failure: undefined };
    await this.#worker.terminate();
    await this.ended;
  }
  /** Counters, screen and state now; undefined where it has ended. */
  async look(): Promise<VirtualMachineView | undefined> {
    if (this.#finished) return undefined;
    const request = this.#requests++;
    const view = new Promise<VirtualMachineView | undefined>((resolve) => this.#views.set(request, resolve));
    this.#ask({ kind: "look", request });
    return await view;
  }
  /** Its state between two instructions; a running one goes on at once. Undefined where it has ended. */
  async snapshot(): Promise<VirtualMachineSnapshot | undefined> {
    if (this.#finished) return undefined;
    const request = this.#requests++;
    const snapshot = new Promise<VirtualMachineSnapshot | undefined>((resolve) => this.#snapshots.set(request, resolve));
    this.#ask({ kind: "snapshot", request });
    return await snapshot;
  }
  /** Calls `listener` with the instructions that trapped (ring deprivileging), a slice's at once, while anybody listens. Returns what ends that. */
  onTraps(listener: (batch: TrapBatch) => void): () => void {
    if (this.#trapListeners.length === 0) this.#ask({ kind: "watchTraps", on: true });
    this.#trapListeners = [...this.#trapListeners, listener];
    return () => {
      this.#trapListeners = this.#trapListeners.filter((other) => other !== listener);
      if (this.#trapListeners.length === 0) this.#ask({ kind: "watchTraps", on: false });
    };
  }
  /** Presses and releases keys: scan codes of set 1. */
  press(scanCodes: readonly number[]): void { this.#ask({ kind: "press", scanCodes }); }

  /** The serial console. */
  readonly console: RemoteConsole = {
    onOutput: (listener) => {
      this.#listeners = [...this.#listeners, listener];
      return () => { this.#listeners = this.#listeners.filter((other) => other !== listener); };
    },
    write: (bytes) => this.#ask({ kind: "type", bytes }),
    type: (text) => this.#ask({ kind: "type", bytes: new TextEncoder().encode(text) }),
    pipeTo: (terminal) => {
      const ends = [this.console.onOutput((bytes) => terminal.write(bytes)), terminal.onInput((bytes) => this.console.write(bytes))];
      terminal.setRaw(true);
      return () => {
        for (const end of ends) end();
        terminal.setRaw(false);
      };
    },
  };
}
