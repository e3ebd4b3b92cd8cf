import type { Timer } from "@ringzero/machine";
import { ByteDevice } from "./bus.ts";
import type { DeviceClock } from "./device-clock.ts";
import type { IrqLine } from "./irq-line.ts";
import { scaleDown, scaleUp } from "./scale.ts";

/** The counters' clock, 14.31818 MHz / 12, exactly 105/88 MHz: 21 ticks in 17,600 ns. */
const TICKS = 21, NANOSECONDS = 17_600;
/** Ticks of the 8254's clock in `ns` nanoseconds, and the first nanosecond at which so many ticks have passed. */
function ticksIn(ns: number): number { return scaleDown(ns, TICKS, NANOSECONDS); }
function timeOf(ticks: number): number { return scaleUp(ticks, NANOSECONDS, TICKS); }

/** State of one counter, plain data. */
export interface PitCounterState {
  /** 0 to 5, as the control word has it. */
  readonly mode: number;
  /** Whether it counts in four decimal digits. */
  readonly bcd: boolean;
  /** Which bytes are read and written: 1 low, 2 high, 3 low then high. */
  readonly access: number;
  /** Count that it starts from, 1 to 65536. */
  readonly reload: number;
  /** Tick of the 1.193182 MHz clock at which it began. */
  readonly start: number;
  /** Whether a count was written since the control word. */
  readonly loaded: boolean;
  /** Level of the GATE input. */
  readonly gate: boolean;
  /** Count held by a latch command; −1 = none. */
  readonly latch: number;
  /** Bytes of it that are still to be read. */
  readonly latchBytes: number;
  /** Status held by a read-back command; −1 = none. */
  readonly status: number;
  /** Low byte that waits for the high one. */
  readonly writeLow: number;
  /** Whether the high byte comes next. */
  readonly writeHigh: boolean;
  /** Whether the high byte is read next. */
  readonly readHigh: boolean;
  /** Ticks it had counted when the gate stopped it; −1 = it counts. */
  readonly stopped: number;
  /** Count that takes effect when the period ends, in modes 2 and 3; 0 = none. */
  readonly nextReload: number;
  /** Tick at which that period ends. */
  readonly nextStart: number;
}

/** One of the three counters. Intel 8254 datasheet, "Mode Definitions". Counts are derived from the clock; nothing ticks. */
class Counter {
  mode = 0;
  bcd = false;
  /** 1 low byte, 2 high byte, 3 low then high. */
  access = 3;
  /** Reload value, 1 to 65536 (BCD: to 10000). */
  reload = 65536;
  /** Tick at which counting began with `reload`. */
  start = 0;
  loaded = false;
  gate = true;
  latch = -1;
  latchBytes = 0;
  status = -1;
  writeLow = 0;
  writeHigh = false;
  readHigh = false;
  /** Elapsed ticks while the gate holds counting off; -1 = counting. */
  stopped = -1;

  /** A count written while modes 2 and 3 run, taken at the end of the period under way; 0 = none. */
  nextReload = 0;
  nextStart = 0;

  /** Takes the next count over where its time has come. */
  settle(tick: number): void {
    if (this.nextReload === 0 || this.stopped >= 0 || tick < this.nextStart) return;
    this.reload = this.nextReload;
    this.start = this.nextStart;
    this.nextReload = 0;
  }
  elapsed(tick: number): number { return this.stopped >= 0 ? this.stopped : tick - this.start; }

  /** The counting element as it reads now. */
  count(tick: number): number {
    if (!this.loaded) return 0;
    this.settle(tick);
    const e = this.elapsed(tick), n = this.reload;
    let value: number;
    switch (this.mode) {
      case 2: value = n - (e % n); break;
      case 3: {
        const even = n & 1 ? n - 1 : n;
        value = n & 1 ? this.#oddSquare(e, n) : even - ((e * 2) % even);
        break;
      }
      default: value = n - e; // wraps
    }
    const modulus = this.bcd ? 10000 : 65536;
    value = ((value % modulus) + modulus) % modulus;
    return this.bcd ? toBcd(value) : value;
  }
  /** Odd square waves count n - 1 down by twos, high for (n + 1) / 2 ticks, low for (n - 1) / 2. */
  #oddSquare(e: number, n: number): number {
    const place = e % n, high = (n + 1) >> 1;
    return place < high ? n - 1 - 2 * Math.max(0, place - 1) : n - 1 - 2 * (place - high);
  }
  /** The OUT pin now. */
  output(tick: number): boolean {
    if (!this.loaded) return this.mode !== 0;
    this.settle(tick);
    const e = this.elapsed(tick), n = this.reload;
    switch (this.mode) {
      case 0: case 1: return e >= n;
      case 2: return !this.gate || e % n !== n - 1;
      case 3: return !this.gate || e % n < (n + 1) >> 1;
      default: return e !== n;
    }
  }
  /** The next tick after `tick` at which OUT may change; Infinity = never. */
  nextChange(tick: number): number {
    if (!this.loaded || this.stopped >= 0) return Number.POSITIVE_INFINITY;
    this.settle(tick);
    const e = tick - this.start, n = this.reload;
    const from = (offset: number): number => this.start + offset;
    switch (this.mode) {
      case 0: case 1: return e < n ? from(n) : Number.POSITIVE_INFINITY;
      case 2: {
        const period = Math.floor(e / n) * n;
        return e - period < n - 1 ? from(period + n - 1) : from(period + n);
      }
      case 3: {
        const period = Math.floor(e / n) * n, high = (n + 1) >> 1;
        return e - period < high ? from(period + high) : from(period + n);
      }
      default: return e < n ? from(n) : e === n ? from(n + 1) : Number.POSITIVE_INFINITY;
    }
  }
  save(): PitCounterState {
    const { mode, bcd, access, reload, start, loaded, gate, latch, latchBytes, status, writeLow, writeHigh, readHigh, stopped, nextReload, nextStart } = this;
    return { mode, bcd, access, reload, start, loaded, gate, latch, latchBytes, status, writeLow, writeHigh, readHigh, stopped, nextReload, nextStart };
  }
}

function toBcd(value: number): number {
  return (value % 10) | ((Math.floor(value / 10) % 10) << 4) | ((Math.floor(value / 100) % 10) << 8) | (Math.floor(value / 1000) << 12);
}
function fromBcd(value: number): number { return (value & 15) + ((value >> 4) & 15) * 10 + ((value >> 8) & 15) * 100 + ((value >> 12) & 15) * 1000; }

/** State of the timer, plain data. */
export interface Pit8254State {
  /** Of this shape. */
  readonly version: 1;
  /** The three counters in order. */
  readonly counters: readonly PitCounterState[];
}

/**
 * Intel 8254 programmable interval timer with a PC's wiring: counter 0 drives IRQ 0, counter 1 once refreshed memory, counter 2 the
 * speaker, its gate and output at port 61. Register offsets 0 to 2 are the counters, 3 the control word.
 */
export class Pit8254 extends ByteDevice {
  readonly #clock: DeviceClock;
  readonly #irq: IrqLine;
  readonly #counters: readonly Counter[] = [new Counter(), new Counter(), new Counter()];
  readonly #timer: Timer;

  constructor(clock: DeviceClock, irq: IrqLine) {
    super();
    this.#clock = clock;
    this.#irq = irq;
    this.#counters[2]!.gate = false;
    this.#timer = clock.timer("pit", () => this.#changed());
  }

  get #tick(): number { return ticksIn(this.#clock.now()); }
  /** Follows OUT of counter 0 and arms the timer for its next change. */
  #changed(): void {
    const c = this.#counters[0]!, tick = this.#tick;
    this.#irq.set(c.output(tick));
    const next = c.nextChange(tick);
    if (next === Number.POSITIVE_INFINITY) this.#timer.cancel();
    else this.#timer.arm(timeOf(next));
  }

  /** OUT of counter 2: the speaker's input, bit 5 of port 61. */
  get speakerOutput(): boolean { return this.#counters[2]!.output(this.#tick); }
  /** GATE of counter 2: bit 0 of port 61. */
  get speakerGate(): boolean { return this.#counters[2]!.gate; }
  /** Bit 0 of port 61. A rising edge starts modes 1, 2, 3 and 5 anew. */
  set speakerGate(gate: boolean) {
    const c = this.#counters[2]!, tick = this.#tick;
    if (gate === c.gate) return;
    c.settle(tick);
    c.gate = gate;
    // A rising gate restarts modes 1, 2, 3 and 5; a low one holds modes 0, 2, 3 and 4.
    if (gate && c.mode !== 0 && c.mode !== 4) { c.start = tick; c.stopped = -1; }
    else if (gate && c.stopped >= 0) { c.start = tick - c.stopped; c.stopped = -1; }
    else if (!gate && c.mode !== 1 && c.mode !== 5) c.stopped = c.elapsed(tick);
  }
  /** OUT of counter 1, toggled by refresh: bit 4 of port 61 follows it on real chip sets at 15 µs. */
  get refresh(): boolean { return (Math.floor(this.#clock.now() / 15_085) & 1) === 1; }

  readByte(offset: number): number {
    const c = this.#counters[offset];
    if (!c) return 0xff; // the control word cannot be read
    if (c.status >= 0) {
      const s = c.status;
      c.status = -1;
      return s;
    }
    if (c.latchBytes > 0) {
      const high = c.access === 2 || (c.access === 3 && c.latchBytes === 1);
      c.latchBytes--;
      const value = high ? c.latch >> 8 : c.latch & 0xff;
      if (c.latchBytes === 0) c.latch = -1;
      return value;
    }
    const count = c.count(this.#tick);
    if (c.access === 1) return count & 0xff;
    if (c.access === 2) return count >> 8;
    c.readHigh = !c.readHigh;
    return c.readHigh ? count & 0xff : count >> 8;
  }
  writeByte(offset: number, value: number): void {
    if (offset === 3) this.#control(value);
    else this.#write(this.#counters[offset]!, offset, value);
  }
  #control(value: number): void {
    const select = value >> 6, tick = this.#tick;
    if (select === 3) {
      // Read-back command.
      for (let i = 0; i < 3; i++) {
        const c = this.#counters[i]!;
        if (!(value & (2 << i))) continue;
        if (!(value & 0x20)) this.#latch(c, tick);
        if (!(value & 0x10) && c.status < 0) c.status = (c.output(tick) ? 0x80 : 0) | (c.loaded ? 0 : 0x40) | (c.access << 4) | (c.mode << 1) | (c.bcd ? 1 : 0);
      }
      return;
    }
    const c = this.#counters[select]!, access = (value >> 4) & 3;
    if (access === 0) { this.#latch(c, tick); return; }
    const mode = (value >> 1) & 7;
    c.mode = mode > 5 ? mode - 4 : mode;
    c.bcd = (value & 1) === 1;
    c.access = access;
    c.loaded = false;
    c.stopped = -1;
    c.nextReload = 0;
    c.writeHigh = c.readHigh = false;
    c.latch = -1;
    c.latchBytes = 0;
    c.status = -1;
    if (select === 0) this.#changed();
  }
  #latch(c: Counter, tick: number): void {
    if (c.latchBytes > 0) return;
    c.latch = c.count(tick);
    c.latchBytes = c.access === 3 ? 2 : 1;
  }
  #write(c: Counter, number: number, value: number): void {
    let count: number;
    if (c.access === 1) count = value;
    else if (c.access === 2) count = value << 8;
    else if (!c.writeHigh) {
      c.writeLow = value;
      c.writeHigh = true;
      // In mode 0 the first byte stops counting.
      if (c.mode === 0) { c.loaded = false; if (number === 0) this.#changed(); }
      return;
    } else {
      count = c.writeLow | (value << 8);
      c.writeHigh = false;
    }
    const reload = c.bcd ? fromBcd(count) || 10000 : count || 65536, tick = this.#tick;
    c.settle(tick);
    if (c.loaded && (c.mode === 2 || c.mode === 3) && c.stopped < 0) {
      c.nextReload = reload;
      c.nextStart = c.start + (Math.floor((tick - c.start) / c.reload) + 1) * c.reload;
    } else {
      c.start = tick;
      c.reload = reload;
      c.nextReload = 0;
    }
    c.loaded = true;
    if (!c.gate && c.mode !== 1 && c.mode !== 5) c.stopped = 0;
    if (number === 0) this.#changed();
  }

  /** The state as plain data. */
  save(): Pit8254State { return { version: 1, counters: this.#counters.map((c) => c.save()) }; }
  /** Takes a saved state over, once the clock has its time; the timer comes back with the tenant's events. */
  restore(state: Pit8254State): void {
    state.counters.forEach((s, i) => Object.assign(this.#counters[i]!, s));
    this.#irq.set(this.#counters[0]!.output(this.#tick));
  }
}
