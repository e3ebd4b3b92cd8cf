import type { DeviceClock } from "@ringzero/devices";
import type { TenantTime, Timer } from "@ringzero/machine";

/** The processor, as the clock sees it. */
export interface ClockedProcessor {
  readonly retired: number;
  attention(): void;
}

/** A tenant's time as its devices see it while a slice runs: exact at the instruction under way. */
export class GuestClock implements DeviceClock {
  readonly #time: TenantTime;
  #processor: ClockedProcessor | undefined;
  /** Virtual time at which the slice under way ends; before that, what is armed ends it earlier. */
  sliceEnd: number = Number.NEGATIVE_INFINITY;

  constructor(time: TenantTime) { this.#time = time; }
  /** From now on the time moves with a processor's instructions. It has retired as many as the clock has counted. */
  follow(processor: ClockedProcessor): void { this.#processor = processor; }

  now(): number {
    const { clock } = this.#time;
    return this.#processor ? clock.timeAfter(this.#processor.retired - clock.retired) : clock.time;
  }
  timer(name: string, fire: (deadline: number) => void): Timer {
    const timer = this.#time.events.timer(name, fire);
    const endSliceBefore = (time: number): void => { if (time < this.sliceEnd) this.#processor?.attention(); };
    return {
      name,
      get deadline() { return timer.deadline; },
      arm: (time) => {
        timer.arm(time);
        endSliceBefore(time);
      },
      armWithSlack: (time) => {
        timer.armWithSlack(time);
        endSliceBefore(time);
      },
      cancel: () => timer.cancel(),
      close: () => timer.close(),
    };
  }
}
