/** Most instructions that may be retired in one step: the processor's budgets fit 30 bits. */
export const MAX_SLICE: number = 2 ** 30;

const MAX_RATE_TERM = 2 ** 22;

/** Nanoseconds for each retired instruction, as an exact fraction of two integers from 1 to 2^22. */
export interface ClockRate {
  /** The numerator. */
  readonly nanoseconds: number;
  /** The denominator. */
  readonly instructions: number;
}

/** A clock's state, plain data for snapshots. */
export interface ClockState {
  /** Of this schema. */
  readonly version: 1;
  /** Nanoseconds since the tenant began. */
  readonly time: number;
  /** What is not yet a whole nanosecond, in units of 1/rate.instructions ns. */
  readonly fraction: number;
  /** Instructions since the tenant began. */
  readonly retired: number;
  /** Nanoseconds spent idle. */
  readonly idle: number;
  /** Nanoseconds added to keep up with the wall. */
  readonly corrections: number;
}

/**
 * A tenant's clock: retired instructions × a fixed rate, plus idle time, plus corrections, in whole nanoseconds since the tenant began.
 *
 * All figures are integers in doubles and exact. A slice of at most 2^30 instructions times a rate term of at most 2^22, plus a carried
 * fraction below 2^22, stays below 2^53; only this product is formed, never that of all instructions. The time itself reaches 2^53 ns
 * after 104 days of virtual time and then stops the tenant with an Error.
 */
export class VirtualClock {
  /** Nanoseconds an instruction. */
  readonly rate: ClockRate;
  #time = 0;
  /** Time not yet a whole nanosecond, in units of 1/rate.instructions ns. */
  #fraction = 0;
  #retired = 0;
  #idle = 0;
  #corrections = 0;

  /** Default: 10 ns an instruction, a processor of 100 million instructions a second. */
  constructor(rate: ClockRate = { nanoseconds: 10, instructions: 1 }) {
    for (const term of [rate.nanoseconds, rate.instructions]) {
      if (!Number.isInteger(term) || term < 1 || term > MAX_RATE_TERM) throw new Error(`A clock rate is a fraction of two integers from 1 to ${MAX_RATE_TERM}, not ${rate.nanoseconds}/${rate.instructions}.`);
    }
    this.rate = rate;
  }

  /** Nanoseconds since the tenant began. */
  get time(): number {
    return this.#time;
  }
  /** Instructions retired since the tenant began. */
  get retired(): number {
    return this.#retired;
  }
  /** Nanoseconds spent idle. */
  get idle(): number {
    return this.#idle;
  }
  /** Nanoseconds added by corrections. */
  get corrections(): number {
    return this.#corrections;
  }

  /** The time at which the instruction after `instructions` more begins. At most 2^30 instructions. */
  timeAfter(instructions: number): number {
    return this.#time + Math.floor((instructions * this.rate.nanoseconds + this.#fraction) / this.rate.instructions);
  }
  /**
   * How many instructions are still to retire before the time reaches `deadline`: 0 where it has, at most `limit` (up to 2^30). An event
   * due at `deadline` is delivered before the instruction that follows them.
   */
  instructionsUntil(deadline: number, limit: number = MAX_SLICE): number {
    if (deadline === Number.POSITIVE_INFINITY) return limit;
    if (deadline <= this.#time) return 0;
    if (deadline >= this.timeAfter(limit)) return limit;
    // The deadline is less than 2^30 instructions away, so the product is below 2^53 as in timeAfter.
    return Math.ceil(((deadline - this.#time) * this.rate.instructions - this.#fraction) / this.rate.nanoseconds);
  }

  /** Counts instructions that have retired: an integer up to 2^30. */
  retire(instructions: number): void {
    const parts = instructions * this.rate.nanoseconds + this.#fraction;
    if (this.rate.instructions === 1) {
      this.#retired += instructions;
      this.#advance(parts);
      return;
    }
    const whole = Math.floor(parts / this.rate.instructions);
    this.#fraction = parts - whole * this.rate.instructions;
    this.#retired += instructions;
    this.#advance(whole);
  }
  /** Moves an idle tenant's clock forward to `time`; does nothing where it has passed. */
  idleUntil(time: number): void {
    if (time <= this.#time) return;
    this.#idle += time - this.#time;
    this.#advance(time - this.#time);
  }
  /** Moves the clock forward by whole nanoseconds so that it agrees with the wall. The caller logs it: it is an input. */
  correct(nanoseconds: number): void {
    if (!Number.isSafeInteger(nanoseconds) || nanoseconds < 0) throw new Error(`A clock correction is a whole number of nanoseconds from 0 up, not ${nanoseconds}: guest time never runs backwards.`);
    this.#corrections += nanoseconds;
    this.#advance(nanoseconds);
  }

  /** The state for a snapshot. */
  save(): ClockState {
    return { version: 1, time: this.#time, fraction: this.#fraction, retired: this.#retired, idle: this.#idle, corrections: this.#corrections };
  }
  /** Takes a saved state over. The rate must be the one it was saved with. */
  restore(state: ClockState): void {
    this.#time = state.time;
    this.#fraction = state.fraction;
    this.#retired = state.retired;
    this.#idle = state.idle;
    this.#corrections = state.corrections;
  }

  #advance(nanoseconds: number): void {
    const time = this.#time + nanoseconds;
    if (!(time <= Number.MAX_SAFE_INTEGER)) throw new Error("The tenant has run for 104 days of virtual time, the most its clock can count. Restart it.");
    this.#time = time;
  }
}
