import type { WallClock } from "@ringzero/host";

/** How idle time passes: `paced` waits for the wall, `free` jumps to the next event. */
export type IdleMode = "paced" | "free";

/** Ties a virtual clock to the wall: knows how far ahead of real time a tenant is. All times are whole nanoseconds. */
export class Pacer {
  readonly #wall: WallClock;
  #virtualStart = 0;
  #wallStart = 0;

  /** The virtual time `virtualNow` is now. */
  constructor(wall: WallClock, virtualNow: number) {
    this.#wall = wall;
    this.restart(virtualNow);
  }
  /** Begins anew from here, as after a pause: the time in between does not count. */
  restart(virtualNow: number): void {
    this.#virtualStart = virtualNow;
    this.#wallStart = this.#wall.now();
  }
  /** The virtual time that the wall has reached. */
  reached(): number {
    return this.#virtualStart + Math.floor(this.#wall.now() - this.#wallStart);
  }
  /** Wall time until the wall reaches a virtual time; 0 where it has. */
  until(virtualTime: number): number {
    return Math.max(0, virtualTime - this.reached());
  }
}
