import { VGA_TEXT_BYTES, type Bus, type TextScreen } from "@ringzero/devices";
import { ExpectScript, type ExpectStep, FrameMap, FrameWriter, FRAME_BYTES, GuestMemory, TenantTime, TOPICS, type ClockRate, type IdleMode, type Machine, type Owner, type OwnerId, type Tallies, type TraceChannel, type TraceEvent, type VectorEvent } from "@ringzero/machine";
import { Vcpu, type EngineName } from "@ringzero/x86";
import { CounterTally, type CounterMark, type Counters, type ExitReason } from "./counters.ts";
import { GuestClock } from "./guest-clock.ts";
import { FirmwareDisk } from "./firmware/firmware-disk.ts";
import { MEMORY, PORT } from "./layout.ts";
import { PcBoard } from "./pc-board.ts";
import type { Platform } from "./pc.ts";
import { SerialConsole } from "./serial-console.ts";
import { saveMemory, SNAPSHOT_VERSION, type VirtualMachineSnapshot } from "./snapshot.ts";
import { NestedPaging } from "./techniques/nested-paging.ts";
import { RingDeprivileging } from "./techniques/ring-deprivileging/ring-deprivileging.ts";
import { NO_TRAPS, TRAPPED_INSTRUCTIONS } from "./techniques/ring-deprivileging/trapped-instruction.ts";
import { TrapBuffer, type TrapBatch } from "./techniques/ring-deprivileging/trap-buffer.ts";
import type { Technique, TechniqueName } from "./techniques/technique.ts";

/** How a virtual machine runs. */
export interface VirtualMachineOptions {
  /** For people: ledgers, dumps. Default: "vm". */
  readonly name?: string;
  /** How idle time passes. Default: paced. */
  readonly idle?: IdleMode;
  /** What executes the instructions. Default: the translator. */
  readonly engine?: EngineName;
  /** Nanoseconds of the guest's time an instruction. Default: 10. */
  readonly rate?: ClockRate;
  /** The date at the start, in milliseconds since 1970. Default: the host's. */
  readonly date?: number;
  /** How the guest's ring 0 is kept from the machine's. Default: nested paging. */
  readonly technique?: TechniqueName;
  /** What is typed at the serial console and when, so that a run needs nobody at the keyboard; its marks keep counters. */
  readonly script?: readonly ExpectStep[];
}

/**
 * What a virtual machine does: `halted` by HLT with interrupts off, so that nothing but a reset makes it go on (all else is there to be looked at); `off` by its
 * own will, `crashed` by a triple fault or an error of ours, `killed` by its owner.
 */
export type VirtualMachineState = "ready" | "running" | "halted" | "paused" | "off" | "crashed" | "killed";

/** What `advance` came to. */
export interface Advance {
  /** `ran`: instructions ran out; the guest `waits` for time to pass; `stalled`: it waits for input alone; `halted`: nothing but a reset makes it go on; `ended`: it runs no more. */
  readonly kind: "ran" | "waits" | "stalled" | "halted" | "ended";
  /** How long it waits at least; undefined where it does not wait for time. */
  readonly nanoseconds?: number;
}

const RAN: Advance = { kind: "ran" }, STALLED: Advance = { kind: "stalled" }, HALTED: Advance = { kind: "halted" }, ENDED: Advance = { kind: "ended" };
/** Instructions between looks at the wall clock; wall time, and turns at most, between looks at everything else. */
const TURN = 1_000_000, WATCHED_TURN = 20_000, QUANTUM = 20_000_000, QUANTUM_TURNS = 32;
/** So long does a busy guest leave its worker to others after each quantum: a sleep shorter than the clock's grain would not. */
const BREATH = 100_000;
/**
 * A paced guest waits at least so long at a time, in nanoseconds: what was due meanwhile is made up for at once. Kernels with a periodic tick would wake the host 250 times a
 * second for nothing. An input ends the wait.
 */
const SHORTEST_WAIT = 30_000_000;
/**
 * Of the guest's time since anything but ticks happened, a timer of a paced guest may be late by so much, up to the longest, in nanoseconds. A one-shot timer fires late then, as when a
 * host's processor was busy elsewhere, so that of many ticks one is left; a periodic one has each of its ticks, at its own instant, made up for later.
 */
const LATE_SHARE = 0.01, LATEST = 200_000_000;
/** Ticks take fewer instructions than this, and nothing outside the kernel's ring. */
const TICK = 100_000;
/** A busy guest may be so far from the wall, in nanoseconds, before that is forgotten at its next wait. */
const PACE_TOLERANCE = 50_000_000;
/** After so many instructions without a wait a guest counts as busy: a tick's few thousand are not worth a look at the clock. */
const BUSY = 500_000;
/** A wait that took so much longer than asked, in nanoseconds, was the host's own sleep: the time does not count. */
const HOST_SLEPT = 1_000_000_000;
/** What a step of idle time counts as in a turn, so that a guest that only waits ends its turn too. */
const IDLE_STEP = 1000;
/** The same for a run that ended because the guest's handlers fault without end: it took as long as many instructions. */
const FRUITLESS_STEP = 250_000;

/** A whole computer with an operating system of its own, on frames of the one simulated machine. */
export class VirtualMachine {
  /** For people. */
  readonly name: string;
  /** What it is made of. */
  readonly platform: Platform;
  /** The serial console. */
  readonly console: SerialConsole;
  /** Guest-physical memory. */
  readonly memory: GuestMemory;
  /** Its clock and what is to come. */
  readonly time: TenantTime;
  /** Its devices. */
  readonly board: PcBoard;
  /** Its processor. */
  readonly vcpu: Vcpu;
  /** Whom its memory is charged to. */
  readonly owner: Owner;
  /** What the steps of the script have kept, by name. */
  readonly marks: ReadonlyMap<string, CounterMark> = new Map<string, CounterMark>();
  /** Called when one is kept. */
  onMark: ((name: string, mark: CounterMark) => void) | undefined;
  /** Resolves with the last state when it has ended. */
  readonly ended: Promise<VirtualMachineState>;
  readonly #machine: Machine;
  readonly #engineOwner: Owner;
  readonly #clock: GuestClock;
  readonly #tally = new CounterTally();
  readonly #totals: Tallies;
  readonly #exits: TraceChannel<TraceEvent>;
  readonly #interrupts: TraceChannel<VectorEvent>;
  readonly #technique: Technique;
  readonly #traps: TrapBuffer;
  readonly #mayBeLate: boolean;
  readonly #powerOn: { readonly [part: string]: unknown };
  #state: Exclude<VirtualMachineState, "halted"> = "ready";
  #halted = false;
  #stateListeners: readonly ((state: VirtualMachineState) => void)[] = [];
  #saidState: VirtualMachineState = "ready";
  /** The guest's time at which something but a tick happened last, and its crossings of rings until then. */
  #livelyAt = 0;
  #crossings = 0;
  /** Instructions since the last wait. */
  #busy = 0;
  /** The guest executes: what happens to its memory is its own doing. */
  #inGuest = false;
  #resetRequested = false;
  #powerOffRequested = false;
  #loop: Promise<void> | undefined;
  #wake = new AbortController();
  #hasEnded!: (state: VirtualMachineState) => void;
  #failure: unknown;
  #disposed = false;
  #started = 0;

  private constructor(machine: Machine, platform: Platform, options: VirtualMachineOptions, snapshot: VirtualMachineSnapshot | undefined) {
    const { name = "vm", idle = "paced", engine = "jit", technique = "nested-paging", date = machine.host.wallClock.unixMilliseconds() } = options;
    this.name = name;
    this.platform = platform;
    this.#machine = machine;
    this.owner = machine.createOwner({ name, kind: "vm" });
    this.#engineOwner = machine.createOwner({ name: `${name} engine`, kind: "engine", tenant: this.owner.id });
    this.#totals = machine.tallies(this.owner.id);
    this.#exits = machine.trace.channel(TOPICS.exits);
    this.#interrupts = machine.trace.channel(TOPICS.interrupts);
    this.ended = new Promise((resolve) => (this.#hasEnded = resolve));
    this.#traps = new TrapBuffer(machine.trace.channel(TRAPPED_INSTRUCTIONS), this.owner.id);
    this.memory = new GuestMemory(machine, this.#makeMap(technique), new FrameWriter(machine, this.owner.id), this.#engineOwner.id);
    this.time = new TenantTime({ idle, wall: machine.host.wallClock, ...(options.rate ? { rate: options.rate } : {}) });
    this.#clock = new GuestClock(this.time);
    this.console = new SerialConsole((bytes) => this.#offer("console", bytes));
    this.board = new PcBoard(this.#clock, {
      request: (asserted) => this.#technique.request(asserted), nmi: () => this.vcpu.requestNmi(), a20: (open) => this.vcpu.processor.setA20(open),
      reset: () => { this.#resetRequested = true; this.vcpu.attention(); }, powerOff: () => { this.#powerOffRequested = true; this.vcpu.attention(); },
    }, this.console, platform.memory, Math.floor(date / 1000));
    if (options.script) this.console.script = new ExpectScript(options.script, (step) => this.#reached(step));
    if (platform.floppy) this.board.add("firmware disk", PORT.firmwareDisk, 10, new FirmwareDisk(platform.floppy, this.memory));
    this.time.port("console", (bytes) => { this.console.admit(bytes); this.board.feedConsole(); });
    this.time.port("keyboard", (bytes) => this.board.keyboard.press([...bytes]));
    this.time.port("reset", () => { this.#resetRequested = true; });
    this.time.port("crash", () => this.#loseInterruptTable());
    this.time.port("power", () => this.board.power.pressPowerButton());
    this.vcpu = this.#makeVcpu(engine);
    this.#technique = this.#makeTechnique(technique);
    this.#clock.follow(this.vcpu);
    this.#powerOn = this.board.save();
    this.#mayBeLate = idle === "paced";
    if (snapshot) this.#restore(snapshot);
    else this.#boot();
  }
  /** Makes a virtual machine, ready to start. Throws an Error where memory does not suffice. */
  static async create(machine: Machine, platform: Platform, options: VirtualMachineOptions = {}): Promise<VirtualMachine> {
    return VirtualMachine.#make(machine, platform, options, undefined);
  }
  /** Makes one that goes on from a snapshot of a virtual machine of the same platform. Throws an Error where the platform is another. */
  static async restore(machine: Machine, platform: Platform, snapshot: VirtualMachineSnapshot, options: VirtualMachineOptions = {}): Promise<VirtualMachine> {
    if (snapshot.version !== SNAPSHOT_VERSION) throw new Error(`The snapshot has version ${String(snapshot.version)}; this build reads version ${SNAPSHOT_VERSION}. Boot anew.`);
    if (snapshot.memory !== platform.memory || snapshot.model !== platform.model.name) {
      throw new Error(`The snapshot is of a machine with ${snapshot.memory / 2 ** 20} MiB and a ${snapshot.model} processor, and this one has ${platform.memory / 2 ** 20} MiB and ${platform.model.name}.`);
    }
    return VirtualMachine.#make(machine, platform, options, snapshot);
  }
  static #make(machine: Machine, platform: Platform, options: VirtualMachineOptions, snapshot: VirtualMachineSnapshot | undefined): VirtualMachine {
    const before = new Set(machine.pool.owners().map((o) => o.id));
    try {
      return new VirtualMachine(machine, platform, options, snapshot);
    } catch (error) {
      // What was half made gives its memory back: the engine's owner before the guest that it belongs to.
      const made = machine.pool.owners().filter((o) => !before.has(o.id) && o.name.startsWith(options.name ?? "vm"));
      for (const o of made.toSorted((a, b) => Number(a.id === a.tenant) - Number(b.id === b.tenant))) machine.pool.removeOwner(o.id);
      throw error;
    }
  }

  /** The guest's frames, and behind them those that the technique needs. */
  #makeMap(technique: TechniqueName): FrameMap {
    const frames = this.platform.memory / FRAME_BYTES, more = technique === "ring-deprivileging" ? RingDeprivileging.frames : 0, map = new FrameMap(this.#machine, this.owner.id, frames + more);
    // What loaders and devices touch is no exit of the guest's.
    map.source = (frame) => { if (this.#inGuest && frame < frames) this.#faulted(); };
    const frame = (address: number): number => address / FRAME_BYTES;
    map.addMemory(0, frame(MEMORY.conventionalEnd));
    map.addMemory(frame(MEMORY.vgaText), frame(MEMORY.high - MEMORY.vgaText));
    map.addMemory(frame(MEMORY.high), frames + more - frame(MEMORY.high));
    return map;
  }
  #makeTechnique(name: TechniqueName): Technique {
    if (name === "nested-paging") return new NestedPaging(this.vcpu);
    const channel = this.#machine.trace.channel(TRAPPED_INSTRUCTIONS);
    return new RingDeprivileging(this.vcpu, this.memory, this.platform.memory / FRAME_BYTES, {
      get heard() { return channel.heard; },
      trapped: (trap) => channel.emit({ ...this.#moment(), cause: trap.mnemonic, cost: 0, ...trap }),
    });
  }
  #makeVcpu(engine: EngineName): Vcpu {
    const { ports, memory } = this.board, tally = this.#tally;
    return new Vcpu({
      model: this.platform.model, engine,
      memory: this.memory,
      io: {
        pio: this.#counted(ports, "io"),
        mmio: this.#counted(memory, "mmio"),
      },
      acknowledge: () => {
        const vector = this.board.localApic.acknowledge();
        tally.interrupts++;
        tally.byVector[vector]!++;
        if (this.#interrupts.heard) this.#interrupts.emit({ ...this.#moment(), cause: "external", cost: 0, vector, errorCode: undefined });
        return vector;
      },
      // One tick a nanosecond.
      timeStamp: (retired) => BigInt(this.time.clock.timeAfter(retired - this.time.clock.retired)),
      ...(this.time.clock.rate.instructions === 1 ? { timeStampStep: BigInt(this.time.clock.rate.nanoseconds) } : {}),
      apicBase: (value) => this.board.setApicBase(value),
      taskPriority: { read: () => this.board.localApic.taskPriority, write: (priority) => { this.board.localApic.taskPriority = priority; } },
    });
  }
  /** A bus whose accesses are exits. */
  #counted(bus: Bus, reason: "io" | "mmio"): Pick<Bus, "read" | "write"> {
    const tally = this.#tally;
    return {
      read: (address, size) => {
        tally[reason]++;
        if (this.#exits.heard) this.#exited(reason);
        return bus.read(address, size);
      },
      write: (address, size, value) => {
        tally[reason]++;
        if (this.#exits.heard) this.#exited(reason);
        bus.write(address, size, value);
      },
    };
  }
  #moment(): { readonly tenant: OwnerId; readonly retired: number; readonly time: number } { return { tenant: this.owner.id, retired: this.vcpu.retired, time: this.#clock.now() }; }
  #faulted(): void {
    this.#tally.frameFaults++;
    if (this.#exits.heard) this.#exited("frame");
  }
  #exited(cause: ExitReason): void { this.#exits.emit({ ...this.#moment(), cause, cost: 0 }); }
  /** Firmware's work, and the boot protocol's. */
  #boot(): void {
    for (const { address, bytes } of [...this.platform.firmware, ...this.platform.boot.segments]) {
      const failure = this.memory.write(address, bytes);
      if (failure) throw new Error(`"${this.name}" cannot be loaded at ${address.toString(16)}: ${failure}. Give the machine more memory, or end something.`);
    }
    this.board.initialize();
    this.vcpu.restore(this.platform.boot.enter(this.vcpu.save()));
    this.#technique.reset();
  }

  get #hasEndedAlready(): boolean { return this.#state === "off" || this.#state === "crashed" || this.#state === "killed"; }
  /** Owners of its memory: the engine's structures, then the guest. In this order they are removed. */
  get owners(): readonly OwnerId[] { return [this.#engineOwner.id, this.owner.id]; }
  /** Its state between two instructions. It must not run: pause it before. */
  snapshot(): VirtualMachineSnapshot {
    // What is restored knows nothing of how long it was idle: so that this one goes on as that one does.
    this.#livelyAt = this.time.clock.time;
    return {
      version: SNAPSHOT_VERSION, memory: this.platform.memory, model: this.platform.model.name, vcpu: this.vcpu.save(), board: this.board.save(), time: this.time.save(),
      ...saveMemory(this.memory.map, this.memory, this.platform.memory / FRAME_BYTES),
    };
  }
  #restore(s: VirtualMachineSnapshot): void {
    s.frames.forEach((n, i) => {
      const failure = this.memory.write(n * FRAME_BYTES, s.contents.subarray(i * FRAME_BYTES, (i + 1) * FRAME_BYTES));
      if (failure) throw new Error(`"${this.name}" cannot be restored: frame ${n} is ${failure}. Give the machine more memory, or end something.`);
    });
    // Time first: what devices put out follows from it. Timers last: they are as they were armed.
    this.vcpu.restore(s.vcpu);
    this.time.restore(s.time);
    this.board.restore(s.board);
    this.board.setApicBase(s.vcpu.registers["apicBase"]!);
    this.time.events.restore(s.time.events);
    this.#livelyAt = this.time.clock.time;
    this.#technique.reset();
  }
  /** How its ring 0 is kept from the machine's. */
  get technique(): TechniqueName { return this.#technique.name; }
  /** What it does now. */
  get state(): VirtualMachineState { return this.#state === "running" && this.#halted ? "halted" : this.#state; }
  /** Calls `listener` with each new state. Returns what ends that. */
  onState(listener: (state: VirtualMachineState) => void): () => void {
    this.#stateListeners = [...this.#stateListeners, listener];
    return () => { this.#stateListeners = this.#stateListeners.filter((other) => other !== listener); };
  }
  /** The error that crashed it, undefined where it was the guest itself. */
  get failure(): unknown { return this.#failure; }
  /** What it has crossed so far. */
  get counters(): Counters {
    const t = this.#tally, c = this.vcpu.counts, { time, idle, retired } = this.time.clock;
    return {
      instructions: retired, exits: { io: t.io, mmio: t.mmio, hlt: t.hlt, shutdown: t.shutdown, cpuid: c.cpuid, msr: c.msr, control: c.control, frame: t.frameFaults }, interrupts: t.interrupts,
      interruptsByVector: byVector(t.byVector), exceptionsByVector: byVector(c.exceptions), ringCrossings: c.ringCrossings, frameFaults: t.frameFaults, triplefaults: t.shutdown, time, idle,
      traps: this.#technique instanceof RingDeprivileging ? this.#technique.counters : NO_TRAPS,
    };
  }
  /** A step of the script, within the instruction that completed its text. */
  #reached({ mark, type }: ExpectStep): void {
    if (mark !== undefined) {
      const { private: own, shared, saved } = this.#machine.ledger().owners.find((o) => o.id === this.owner.id)!;
      const kept: CounterMark = { counters: { ...this.counters, instructions: this.vcpu.retired, time: this.#clock.now() }, frames: { private: own, shared, saved }, wall: this.#machine.host.wallClock.now() - this.#started };
      (this.marks as Map<string, CounterMark>).set(mark, kept);
      this.onMark?.(mark, kept);
    }
    if (type !== undefined) this.console.type(type);
  }
  /** The text screen. */
  screen(): TextScreen {
    return this.board.vga.screen((offset, into) => { this.memory.read(MEMORY.vgaText + (offset % VGA_TEXT_BYTES), into); });
  }
  /** Calls `listener` with the instructions that trapped (ring deprivileging), a slice's at once. Returns what ends that. */
  onTraps(listener: (batch: TrapBatch) => void): () => void { return this.#traps.listen(listener); }
  /** Presses and releases keys: scan codes of set 1. */
  press(scanCodes: readonly number[]): void { this.#offer("keyboard", Uint8Array.from(scanCodes)); }

  /** Starts, or goes on after a pause. */
  start(): void {
    if (this.#state !== "ready" && this.#state !== "paused") return;
    if (this.#state === "ready") this.#started = this.#machine.host.wallClock.now();
    this.#state = "running";
    this.#sayState();
    this.time.resume();
    this.#loop = this.#run();
  }
  /** Stops between two instructions until `start`. Resolves when it has. */
  async pause(): Promise<void> {
    if (this.#state === "running") this.#state = "paused";
    this.#wake.abort();
    await this.#loop;
    this.#sayState();
  }
  /** The reset button: starts anew from the platform's boot image. */
  reset(): void { this.#offer("reset", new Uint8Array()); }
  /** Presses the power button: the guest may switch itself off. */
  powerOff(): void { this.#offer("power", new Uint8Array()); }
  /** Breaks its kernel, as a bug in ring 0 might: an interrupt comes that may not be masked, and its table of handlers is gone. The processor shuts down by a triple fault. */
  crash(): void { this.#offer("crash", new Uint8Array()); }
  /** Ends it at once. Resolves when its memory is given back. */
  async kill(): Promise<void> {
    this.#finish("killed");
    this.#wake.abort();
    await this.#loop;
    this.dispose();
  }
  /** Gives its frames back. It must not run. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#machine.pool.removeOwner(this.#engineOwner.id);
    this.#machine.pool.removeOwner(this.owner.id);
  }

  #offer(port: string, bytes: Uint8Array): void {
    this.time.offer(port, bytes);
    this.#wake.abort();
  }
  #sayState(): void {
    const { state } = this;
    if (state === this.#saidState) return;
    this.#saidState = state;
    for (const listener of this.#stateListeners) listener(state);
  }
  #loseInterruptTable(): void {
    const state = this.vcpu.save();
    this.vcpu.restore({ ...state, registers: { ...state.registers, idtrLimit: 0n }, nmiPending: true, nmiBlocked: false });
  }
  #finish(state: "off" | "crashed" | "killed"): void {
    if (this.#hasEndedAlready) return;
    this.#state = state;
    this.#sayState();
    this.#hasEnded(state);
  }

  /** Runs in quanta, so that everything else on this worker has its turn. */
  async #run(): Promise<void> {
    const { wallClock } = this.#machine.host;
    try {
      while (this.#state === "running") {
        this.#wake = new AbortController();
        const end = wallClock.now() + QUANTUM, turn = this.#traps.heard ? WATCHED_TURN : TURN;
        let went = this.advance(turn);
        for (let turns = 1; turns < QUANTUM_TURNS && went.kind === "ran" && wallClock.now() < end && this.#state === "running"; turns++) went = this.advance(turn);
        if (this.#state !== "running") break;
        const wait = went.nanoseconds !== undefined ? Math.max(went.nanoseconds, SHORTEST_WAIT, this.#lateness()) : went.kind === "stalled" || went.kind === "halted" ? Number.POSITIVE_INFINITY : BREATH;
        if (!this.time.pending) await this.#sleep(wait);
      }
    } catch (error) {
      this.#failure = error;
      this.#finish("crashed");
    }
  }
  /** How late a timer may be: longer the longer nothing but ticks has happened. It follows from the guest's state alone, so that a run repeats. */
  #lateness(): number {
    return this.#mayBeLate ? Math.min(LATEST, Math.floor((this.time.clock.time - this.#livelyAt) * LATE_SHARE)) : 0;
  }
  async #sleep(nanoseconds: number): Promise<void> {
    const { signal } = this.#wake;
    if (nanoseconds === Number.POSITIVE_INFINITY) {
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    } else {
      const { wallClock } = this.#machine.host, lay = wallClock.now();
      await wallClock.sleep(nanoseconds, signal).catch(() => {});
      if (wallClock.now() - lay > nanoseconds + HOST_SLEPT) this.time.resume();
    }
  }

  /** Runs at most so many instructions here and now. For tests and tools; `start` does it by itself. */
  advance(instructions: number): Advance {
    const { time, vcpu } = this, { clock } = time;
    let left = instructions;
    while (left > 0) {
      if (this.#hasEndedAlready) return this.#settle(ENDED);
      const budget = time.budget(left);
      if (budget > 0) {
        const before = vcpu.retired;
        this.#clock.sliceEnd = clock.timeAfter(budget);
        this.#inGuest = true;
        const exit = this.#technique.run(budget);
        this.#inGuest = false;
        this.#clock.sliceEnd = Number.NEGATIVE_INFINITY;
        const ran = vcpu.retired - before;
        left -= ran;
        time.sliceEnd(ran);
        // How the run ended is of the machine before the reset.
        if (this.#resetRequested && !this.#powerOffRequested) {
          this.#reset();
          if (ran === 0) left -= IDLE_STEP;
          continue;
        }
        if (this.#powerOffRequested) this.#finish("off");
        else if (exit.kind === "shutdown") {
          this.#tally.shutdown++;
          if (this.#exits.heard) this.#exited("shutdown");
          this.#finish("crashed");
        }
        else if (exit.kind === "halted") {
          if (ran > 0) {
            this.#tally.hlt++;
            if (this.#exits.heard) this.#exited("hlt");
            this.#rests(this.#busy + ran);
            this.#busy = 0;
          }
          left -= IDLE_STEP;
          // What entered at the slice's end may have ended the wait already.
          const step = vcpu.wakes ? undefined : this.#idle();
          if (step) return this.#settle(step);
        }
        else {
          this.#busy += ran;
          // Handlers that fault for ever retire nothing.
          if (ran === 0) left -= FRUITLESS_STEP;
        }
      } else time.sliceEnd(0);
    }
    return this.#settle(RAN);
  }
  /** It has come to HLT, so many instructions after the last. */
  #rests(instructions: number): void {
    const { time } = this, { ringCrossings } = this.vcpu.counts;
    if (instructions > BUSY) time.forgive(PACE_TOLERANCE);
    if (instructions > TICK || ringCrossings !== this.#crossings) this.#livelyAt = time.clock.time;
    this.#crossings = ringCrossings;
  }
  /** Lets a halted processor wait. Undefined = go on. */
  #idle(): Advance | undefined {
    // Nothing but a reset ends this: the kernel has stopped for good.
    if (!this.vcpu.interruptsEnabled) return HALTED;
    const step = this.time.idle(this.#lateness());
    if (step.kind === "continue") return undefined;
    return step.kind === "wait" ? { kind: "waits", nanoseconds: step.nanoseconds } : STALLED;
  }
  #settle(step: Advance): Advance {
    this.console.flush();
    this.#traps.flush();
    this.#halted = step.kind === "halted";
    this.#sayState();
    const { retired, idle, time } = this.time.clock, t = this.#tally, c = this.vcpu.counts, totals = this.#totals;
    totals.set("instructions", retired);
    totals.set("exits", t.io + t.mmio + t.hlt + t.shutdown + c.cpuid + c.msr + c.control + t.frameFaults);
    totals.set("faults", c.exceptions.reduce((sum, n) => sum + n, 0));
    totals.set("ringCrossings", c.ringCrossings);
    if (this.#technique instanceof RingDeprivileging) totals.set("traps", this.#technique.trapped);
    totals.set("interrupts", t.interrupts);
    totals.set("idleNanoseconds", idle);
    totals.set("nanoseconds", time);
    return step;
  }
  /** The board's reset: processor and devices as after power-on, memory as firmware leaves it. */
  #reset(): void {
    this.#resetRequested = false;
    this.#halted = false;
    this.#sayState();
    this.time.events.restore({ version: 1, fired: this.time.events.fired, armed: [] });
    this.board.restore(this.#powerOn);
    for (let n = 0; n < this.memory.map.frameCount; n++) this.memory.map.discard(n);
    this.vcpu.reset();
    this.board.setApicBase(this.vcpu.save().registers["apicBase"]!);
    this.#boot();
  }
}

function byVector(counts: Uint32Array): ReadonlyMap<number, number> { return new Map([...counts].flatMap((n, vector) => (n > 0 ? [[vector, n] as const] : []))); }
