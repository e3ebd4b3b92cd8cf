import { TenantTime, type ExchangeEnd } from "../src/index.ts";

/**
 * A tenant that computes, sends what it has counted to the others at instants that follow from what it has heard, and writes its history
 * down. Any difference in order or instant of a message makes all that follows differ.
 */
export class Chatter {
  readonly time: TenantTime = new TenantTime({ rate: { nanoseconds: 7, instructions: 2 } });
  readonly end: ExchangeEnd;
  readonly history: string[] = [];
  readonly #members: number;
  #hash: number;
  #refused = 0;
  /** Instructions left until it has nothing to do. */
  #work = 100;

  constructor(end: ExchangeEnd, members: number) {
    this.end = end;
    this.#members = members;
    this.#hash = end.member + 1;
    const quantum = this.time.events.timer("quantum", () => {});
    quantum.arm(end.boundary);
    const talk = this.time.events.timer("talk", (deadline) => {
      const message = Uint8Array.from({ length: 1 + (this.#hash & 63) }, (_, i) => this.#hash >>> (i % 24));
      if (!end.send((this.#hash >>> 8) % this.#members, message)) this.#refused++;
      this.#work += this.#hash & 127;
      talk.arm(deadline + 50 + ((this.#hash >>> 4) % 700));
    });
    talk.arm(100);
    for (let from = 0; from < members; from++) {
      this.time.port(`tenant${from}`, (bytes) => {
        for (const byte of bytes) this.#hash = Math.imul(this.#hash ^ byte, 16777619) ^ from;
        this.#hash ^= this.time.clock.retired;
        this.#work += bytes.length;
        this.history.push(`${from}:${bytes.length} at ${this.time.clock.retired}/${this.time.clock.time} → ${this.#hash >>> 0}`);
      });
    }
    this.#rearm = () => quantum.arm(end.boundary);
  }
  readonly #rearm: () => void;

  /** Runs up to the boundary, in slices of any length, partly idle. */
  toBoundary(limit: number): void {
    while (this.time.clock.time < this.end.boundary) {
      const ran = Math.min(this.time.budget(limit), this.#work);
      this.#work -= ran;
      this.time.sliceEnd(ran);
      if (this.#work === 0 && this.time.clock.time < this.end.boundary) this.time.idle();
    }
    this.end.arrive();
  }
  /** Takes what is due at the boundary. */
  cross(): void {
    this.end.deliver((from, bytes) => this.time.offer(`tenant${from}`, bytes));
    this.time.sliceEnd(0);
    this.#rearm();
  }
  /** All that can be known about the run. */
  summary(): string {
    return `${this.#hash >>> 0} ${this.history.length} ${this.#refused} ${this.time.clock.retired} ${this.time.clock.time}\n${this.history.slice(-20).join("\n")}`;
  }
}
