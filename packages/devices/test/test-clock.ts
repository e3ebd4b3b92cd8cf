import { EventQueue, type Timer } from "@ringzero/machine";
import type { DeviceClock } from "../src/index.ts";

/** A tenant's time that tests move. */
export class TestClock implements DeviceClock {
  readonly events: EventQueue = new EventQueue();
  #now = 0;
  now(): number { return this.#now; }
  timer(name: string, fire: (deadline: number) => void): Timer { return this.events.timer(name, fire); }
  /** Lets time pass, event by event. */
  advance(nanoseconds: number): void {
    const end = this.#now + nanoseconds;
    while (this.events.next <= end) {
      this.#now = this.events.next;
      this.events.runDue(this.#now);
    }
    this.#now = end;
  }
  /** Takes over another clock's time and armed timers. */
  copy(other: TestClock): void {
    this.#now = other.#now;
    this.events.restore(other.events.save());
  }
}
