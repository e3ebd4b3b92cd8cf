/** A timer that is armed, plain data for snapshots. */
export interface ArmedTimer {
  /** The timer's. */
  readonly name: string;
  /** Virtual nanoseconds. */
  readonly deadline: number;
  /** Whether it may be put off while the tenant is idle. */
  readonly slack?: true;
}

/** The state of a queue: its armed timers in the order in which they would fire. */
export interface EventQueueState {
  /** Of this schema. */
  readonly version: 1;
  /** Events fired since the tenant began. */
  readonly fired: number;
  /** In the order in which they would fire. */
  readonly armed: readonly ArmedTimer[];
}

/** One thing that a device or the kernel will do at a time. Arming allocates nothing. */
export interface Timer {
  /** Unique in its queue, the same in every run. */
  readonly name: string;
  /** The time it is armed for, undefined where it is not. */
  readonly deadline: number | undefined;
  /** Arms it for a time, instead of the time it was armed for before. Behind all timers armed for that time already. */
  arm(time: number): void;
  /** The same for a timer that may be late where the tenant is idle, by what {@link EventQueue.nextWithin} is given. */
  armWithSlack(time: number): void;
  /** Disarms it; nothing where it is not armed. */
  cancel(): void;
  /** Disarms it and frees its name. */
  close(): void;
}

/**
 * A tenant's coming events, by virtual time in nanoseconds; events of one time fire in the order in which they were armed. A timer has
 * a name that is the same in every run, by which a snapshot finds it again: the queue holds no other state.
 */
export class EventQueue {
  readonly #timers = new Map<string, QueuedTimer>();
  /** A binary heap: parent of i at (i - 1) >> 1. Each timer knows its place, so that it leaves in logarithmic time. */
  readonly #heap: QueuedTimer[] = [];
  #sequence = 0;
  #fired = 0;

  /** A new timer. Throws an Error where the name is taken. */
  timer(name: string, fire: (deadline: number) => void): Timer {
    if (this.#timers.has(name)) throw new Error(`The tenant has a timer "${name}" already. Give each timer a name of its own.`);
    const timer: QueuedTimer = new QueuedTimer(name, fire, {
      enter: (time, slack) => this.#enter(timer, time, slack),
      leave: () => this.#leave(timer),
      forget: () => this.#timers.delete(name),
    });
    this.#timers.set(name, timer);
    return timer;
  }

  /** Timers that are armed. */
  get size(): number {
    return this.#heap.length;
  }
  /** Events fired since the tenant began. */
  get fired(): number {
    return this.#fired;
  }
  /** The time of the next event, Infinity where there is none. */
  get next(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }
  /** The time by which one fires where those that may be late are late by up to `slack` nanoseconds; Infinity where there is none. */
  nextWithin(slack: number): number {
    if (slack === 0) return this.next;
    let next = Number.POSITIVE_INFINITY;
    for (const timer of this.#heap) next = Math.min(next, timer.slack ? timer.at + slack : timer.at);
    return next;
  }
  /** Fires everything due at `now` or before, what is armed for such a time meanwhile included. Returns how many fired. */
  runDue(now: number): number {
    const before = this.#fired;
    for (let timer = this.#heap[0]; timer !== undefined && timer.at <= now; timer = this.#heap[0]) {
      const deadline = timer.at;
      this.#leave(timer);
      this.#fired++;
      timer.fire(deadline);
    }
    return this.#fired - before;
  }

  /** The state for a snapshot. */
  save(): EventQueueState {
    return { version: 1, fired: this.#fired, armed: [...this.#heap].sort((a, b) => (before(a, b) ? -1 : 1)).map(({ name, at, slack }) => ({ name, deadline: at, ...(slack ? { slack } : {}) })) };
  }
  /** Arms the timers of a saved state, and no others. Each must have been made before. */
  restore(state: EventQueueState): void {
    while (this.#heap.length > 0) this.#leave(this.#heap[0]!);
    for (const { name, deadline, slack } of state.armed) {
      const timer = this.#timers.get(name);
      if (!timer) throw new Error(`The snapshot has a timer "${name}" armed that this tenant does not have. Restore it into the configuration it was taken from.`);
      if (slack) timer.armWithSlack(deadline);
      else timer.arm(deadline);
    }
    this.#fired = state.fired;
  }

  #enter(timer: QueuedTimer, time: number, slack: boolean): void {
    if (timer.place >= 0) this.#leave(timer);
    timer.at = time;
    timer.slack = slack;
    timer.sequence = this.#sequence++;
    this.#heap.push(timer);
    timer.place = this.#heap.length - 1;
    this.#up(timer);
  }
  #leave(timer: QueuedTimer): void {
    const place = timer.place;
    if (place < 0) return;
    timer.place = -1;
    const last = this.#heap.pop()!;
    if (last === timer) return;
    this.#put(last, place);
    this.#up(last);
    this.#down(last);
  }
  #up(timer: QueuedTimer): void {
    for (let place = timer.place; place > 0; place = timer.place) {
      const parent = this.#heap[(place - 1) >> 1]!;
      if (!before(timer, parent)) return;
      const above = parent.place;
      this.#put(parent, place);
      this.#put(timer, above);
    }
  }
  #down(timer: QueuedTimer): void {
    for (;;) {
      const left = this.#heap[timer.place * 2 + 1];
      const right = this.#heap[timer.place * 2 + 2];
      if (left === undefined) return;
      const child = right !== undefined && before(right, left) ? right : left;
      if (!before(child, timer)) return;
      const { place } = child;
      this.#put(child, timer.place);
      this.#put(timer, place);
    }
  }
  #put(timer: QueuedTimer, place: number): void {
    this.#heap[place] = timer;
    timer.place = place;
  }
}

interface Hooks {
  enter(time: number, slack: boolean): void;
  leave(): void;
  forget(): void;
}

class QueuedTimer implements Timer {
  readonly name: string;
  readonly fire: (deadline: number) => void;
  readonly #hooks: Hooks;
  at = 0;
  slack = false;
  sequence = 0;
  /** Place in the heap, -1 where it is not armed. */
  place = -1;

  constructor(name: string, fire: (deadline: number) => void, hooks: Hooks) {
    this.name = name;
    this.fire = fire;
    this.#hooks = hooks;
  }
  get deadline(): number | undefined {
    return this.place < 0 ? undefined : this.at;
  }
  arm(time: number): void { this.#arm(time, false); }
  armWithSlack(time: number): void { this.#arm(time, true); }
  #arm(time: number, slack: boolean): void {
    if (!Number.isSafeInteger(time)) throw new Error(`Timer "${this.name}" is armed for ${time}: a time is a whole number of nanoseconds.`);
    this.#hooks.enter(time, slack);
  }
  cancel(): void {
    this.#hooks.leave();
  }
  close(): void {
    this.#hooks.leave();
    this.#hooks.forget();
  }
}

function before(a: QueuedTimer, b: QueuedTimer): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
