import type { Timer } from "@ringzero/machine";
import type { DeviceClock } from "./device-clock.ts";
import { scaleDown } from "./scale.ts";

/** State of the timer, plain data. */
export interface LocalApicTimerState {
  /** Count that it starts from; 0 = stopped. */
  readonly initial: number;
  /** Divide configuration register, bits 0, 1 and 3. */
  readonly divide: number;
  /** Whether it starts again at zero. */
  readonly periodic: boolean;
  /** Virtual time at which the count began, in nanoseconds. */
  readonly start: number;
  /** Whether the count has not reached zero yet. */
  readonly running: boolean;
}

/**
 * The local APIC's timer: counts down from an initial count at 1 GHz divided by 1 to 128, once or again and again. SDM vol. 3A, "APIC Timer". Counts follow
 * from the clock; nothing ticks.
 */
export class LocalApicTimer {
  readonly #clock: DeviceClock;
  readonly #timer: Timer;
  readonly #expired: () => void;
  #initial = 0;
  /** Divide configuration register. */
  #divide = 0;
  #periodic = false;
  /** When counting from the initial count began. */
  #start = 0;
  #running = false;

  /** `expired` is called whenever the count reaches zero. */
  constructor(name: string, clock: DeviceClock, expired: () => void) {
    this.#clock = clock;
    this.#expired = expired;
    this.#timer = clock.timer(name, (deadline) => this.#zero(deadline));
  }

  /** Nanoseconds a count: bits 3, 1 and 0 of the register are 2, 4 … 128, then 1. */
  get #step(): number {
    const code = ((this.#divide >> 1) & 4) | (this.#divide & 3);
    return code === 7 ? 1 : 2 << code;
  }
  get #period(): number { return this.#initial * this.#step; }

  /** Initial count; 0 stops. */
  get initial(): number { return this.#initial; }
  /** Starts counting; 0 stops. */
  set initial(count: number) {
    this.#initial = count;
    this.#start = this.#clock.now();
    this.#running = count !== 0;
    if (this.#running) this.#arm();
    else this.#timer.cancel();
  }
  /** Current count. */
  get current(): number {
    if (!this.#running) return 0;
    const passed = scaleDown(this.#clock.now() - this.#start, 1, this.#step);
    return this.#periodic ? this.#initial - (passed % this.#initial) : Math.max(0, this.#initial - passed);
  }
  /** Divide configuration register: a change takes the current count along. */
  get divide(): number { return this.#divide; }
  /** Takes effect at once: what is left of the count goes on at the new rate. */
  set divide(value: number) {
    const left = this.current;
    this.#divide = value & 11;
    if (!this.#running) return;
    this.#start = this.#clock.now() - (this.#initial - left) * this.#step;
    this.#arm();
  }
  /** Whether it starts again from the initial count. */
  set periodic(periodic: boolean) { this.#periodic = periodic; }

  /** Who asks for one interrupt looks at a clock when it comes; who asks for many counts them, so that each has its instant. */
  #arm(): void {
    const deadline = this.#start + this.#period;
    if (this.#periodic) this.#timer.arm(deadline);
    else this.#timer.armWithSlack(deadline);
  }
  #zero(deadline: number): void {
    if (this.#periodic) {
      this.#start = deadline;
      this.#arm();
    } else this.#running = false;
    this.#expired();
  }

  /** The state as plain data. */
  save(): LocalApicTimerState { return { initial: this.#initial, divide: this.#divide, periodic: this.#periodic, start: this.#start, running: this.#running }; }
  /** Takes a saved state over; what is armed comes back with the tenant's events. */
  restore(s: LocalApicTimerState): void {
    this.#initial = s.initial;
    this.#divide = s.divide;
    this.#periodic = s.periodic;
    this.#start = s.start;
    this.#running = s.running;
  }
}
