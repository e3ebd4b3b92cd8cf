import type { WallClock } from "@ringzero/host";
import { EventQueue, type EventQueueState } from "./event-queue.ts";
import { InputLog, type Input, type LoggedInput } from "./input-log.ts";
import { Pacer, type IdleMode } from "./pacer.ts";
import { MAX_SLICE, VirtualClock, type ClockRate, type ClockState } from "./virtual-clock.ts";

/** How a tenant's time runs. */
export interface TenantTimeOptions {
  /** Nanoseconds per instruction. Default: 10. */
  readonly rate?: ClockRate;
  /** Default: free. */
  readonly idle?: IdleMode;
  /** `wall` adds logged corrections at slice ends, for tenants that need the date. Default: virtual. */
  readonly clock?: "virtual" | "wall";
  /** Needed where idle is paced or the clock follows the wall. */
  readonly wall?: WallClock;
  /** Inputs of an earlier run: they enter where they entered then, and nothing else does. */
  readonly replay?: InputLog;
}

/** What an idle tenant does next: goes on at once, waits for so many wall nanoseconds or until woken, or waits for an input alone. */
export type IdleStep = { readonly kind: "continue" } | { readonly kind: "wait"; readonly nanoseconds: number } | { readonly kind: "stalled" };

/** State of a tenant's time, plain data. */
export interface TenantTimeState {
  /** Of this schema. */
  readonly version: 1;
  /** The clock's. */
  readonly clock: ClockState;
  /** The queue's. */
  readonly events: EventQueueState;
}

/** Behind the wall by less than this the clock is left alone: corrections are inputs, and each costs a line of the log. */
const CORRECTION_STEP = 1_000_000;

/** So often a run loop may turn without effect before a replay is given up. */
const STUCK = 1000;

/**
 * A tenant's clock, its coming events and its inputs, as a run loop uses them:
 *
 *     const ran = run(time.budget(1_000_000));   // stops exactly where the next event or replayed input is due
 *     time.sliceEnd(ran);                        // counts, admits inputs, fires what is due
 *     if (nothing is runnable) time.idle();      // moves to the next event, or says how long to wait
 */
export class TenantTime {
  /** Its time. */
  readonly clock: VirtualClock;
  /** What is to come. */
  readonly events: EventQueue = new EventQueue();
  /** Every input admitted so far. */
  readonly log: InputLog = new InputLog();
  readonly #idleMode: IdleMode;
  readonly #followsWall: boolean;
  readonly #pacer: Pacer | undefined;
  readonly #replay: readonly LoggedInput[] | undefined;
  #replayed = 0;
  /** Times in a row that nothing happened although the next input's instant has come. */
  #stuck = 0;
  readonly #pending: Input[] = [];
  readonly #ports = new Map<string, (bytes: Uint8Array) => void>();

  /** A tenant at its beginning. Throws an Error where its time follows the wall and no wall clock is given. */
  constructor(options: TenantTimeOptions = {}) {
    this.clock = new VirtualClock(options.rate);
    this.#replay = options.replay?.inputs;
    this.#idleMode = options.idle ?? "free";
    // A replay takes its corrections from the log.
    this.#followsWall = options.clock === "wall" && !this.#replay;
    if ((this.#idleMode === "paced" || this.#followsWall) && !options.wall) throw new Error("A tenant whose time follows the wall needs the host's clock.");
    this.#pacer = options.wall ? new Pacer(options.wall, 0) : undefined;
  }

  /** Names what an input port's bytes go to. */
  port(name: string, admit: (bytes: Uint8Array) => void): void {
    if (this.#ports.has(name) || name === "clock") throw new Error(`The tenant has an input port "${name}" already.`);
    this.#ports.set(name, admit);
  }
  /** Takes a port away, with what was offered there and has not entered. */
  closePort(name: string): void {
    this.#ports.delete(name);
    for (let i = this.#pending.length - 1; i >= 0; i--) if (this.#pending[i]!.port === name) this.#pending.splice(i, 1);
  }
  /** Offers an input from outside; it enters at the next slice end. In a replay it is dropped: the log alone speaks. */
  offer(port: string, bytes: Uint8Array): void {
    if (!this.#ports.has(port)) throw new Error(`The tenant has no input port "${port}".`);
    if (!this.#replay) this.#pending.push({ port, bytes, nanoseconds: 0 });
  }
  /** Whether inputs wait to be admitted. */
  get pending(): boolean {
    return this.#pending.length > 0;
  }

  /** Instructions that may run before something is due: at most `limit`, 0 where something is due now. */
  budget(limit: number = MAX_SLICE): number {
    const untilEvent = this.clock.instructionsUntil(this.events.next, limit);
    if (this.#replay === undefined) return untilEvent;
    const input = this.#replay[this.#replayed];
    return input ? Math.min(untilEvent, Math.max(0, input.retired - this.clock.retired)) : untilEvent;
  }
  /** Ends a slice in which `retired` instructions retired: inputs enter, then what is due fires. */
  sliceEnd(retired: number): void {
    this.clock.retire(retired);
    if (this.#followsWall) this.#correct();
    // Most slices end with nothing to enter and nothing due.
    if (this.#pending.length === 0 && this.#replay === undefined && this.clock.time < this.events.next) return;
    this.#settle();
  }
  /**
   * Lets idle time pass: see {@link IdleStep}. After a wait, or when woken out of one, it is called again. `slack` is how late, in nanoseconds, timers may be
   * that were armed so: it must follow from the tenant's state alone, or a replay comes apart.
   */
  idle(slack: number = 0): IdleStep {
    const next = this.events.nextWithin(slack), input = this.#replay?.[this.#replayed];
    if (input && input.retired === this.clock.retired) return this.#idleTo(Math.min(next, input.time));
    if (this.#idleMode === "free" || this.#replay) {
      if (this.#pending.length > 0) return this.#idleTo(this.clock.time);
      if (next < Number.POSITIVE_INFINITY) return this.#idleTo(next);
      // The recorded run executed instructions here.
      if (input) this.#comeApart(input);
      return { kind: "stalled" };
    }
    const pacer = this.#pacer!;
    // An input that arrives while idle enters at the virtual time that the wall has reached, never past the next event.
    if (this.#pending.length > 0) return this.#idleTo(Math.max(this.clock.time, Math.min(pacer.reached(), next)));
    if (next === Number.POSITIVE_INFINITY) return { kind: "stalled" };
    const wait = pacer.until(next);
    if (wait > 0) return { kind: "wait", nanoseconds: wait };
    return this.#idleTo(next);
  }
  /**
   * Before a paced tenant that was busy begins to wait: forgets how far it ran ahead of the wall or fell behind, where that is more than so many nanoseconds.
   * So a wait of five seconds takes five seconds, whatever the speed before it: no less than that by `behind`, no more by `ahead`.
   */
  forgive(ahead: number, behind: number = ahead): void {
    const pacer = this.#idleMode === "paced" && !this.#replay ? this.#pacer : undefined;
    if (!pacer) return;
    const lead = this.clock.time - pacer.reached();
    if (lead > ahead || -lead > behind) pacer.restart(this.clock.time);
  }
  /** After a pause: the wall time that passed meanwhile does not count. */
  resume(): void {
    this.#pacer?.restart(this.clock.time);
  }

  /** The state for a snapshot; pending inputs are not yet part of the tenant. */
  save(): TenantTimeState {
    return { version: 1, clock: this.clock.save(), events: this.events.save() };
  }
  /** Takes a saved state over, once all its timers have been made. */
  restore(state: TenantTimeState): void {
    this.clock.restore(state.clock);
    this.events.restore(state.events);
    this.resume();
  }

  #idleTo(time: number): IdleStep {
    this.clock.idleUntil(time);
    this.#settle();
    return { kind: "continue" };
  }
  /** Inputs enter, then what is due fires. In a replay inputs that entered after an event of the same instant follow it again. */
  #settle(): void {
    const before = this.log.inputs.length + this.events.fired;
    do {
      this.#admitInputs();
    } while (this.events.runDue(this.clock.time) > 0 && this.#replay);
    if (this.#replay) this.#checkReplay(this.log.inputs.length + this.events.fired > before);
  }
  /** Throws an Error where the next input can enter no more: this run is not the one that was recorded. */
  #checkReplay(progress: boolean): void {
    const input = this.#replay?.[this.#replayed];
    if (!input) return;
    const { retired, time } = this.clock;
    const instant = input.retired - retired || input.time - time;
    this.#stuck = progress || instant !== 0 ? 0 : this.#stuck + 1;
    if (instant < 0 || (instant === 0 && input.fired < this.events.fired) || this.#stuck === STUCK) this.#comeApart(input);
  }
  #comeApart(input: LoggedInput): never {
    const { retired, time } = this.clock;
    throw new Error(`The replay came apart: an input for "${input.port}" entered at instruction ${input.retired}, ${input.time} ns, after ${input.fired} events; this run is at ${retired}, ${time} ns, after ${this.events.fired}. Replay with the configuration and the snapshot that the log was recorded with.`);
  }
  #correct(): void {
    const behind = this.#pacer!.reached() - this.clock.time;
    if (behind >= CORRECTION_STEP) this.#admit({ port: "clock", bytes: new Uint8Array(0), nanoseconds: behind });
  }
  #admitInputs(): void {
    for (;;) {
      const due = this.#replay?.[this.#replayed];
      if (!due || due.retired !== this.clock.retired || due.time > this.clock.time || due.fired !== this.events.fired) break;
      this.#replayed++;
      this.#admit(due);
    }
    if (this.#pending.length > 0) for (const input of this.#pending.splice(0)) this.#admit(input);
  }
  #admit(input: Input): void {
    this.log.add({ port: input.port, bytes: input.bytes, nanoseconds: input.nanoseconds, retired: this.clock.retired, time: this.clock.time, fired: this.events.fired });
    if (input.port === "clock") {
      this.clock.correct(input.nanoseconds);
      return;
    }
    const admit = this.#ports.get(input.port);
    if (!admit) throw new Error(`The input log speaks to port "${input.port}", which this tenant does not have. Replay it in the configuration it was recorded in.`);
    admit(input.bytes);
  }
}
