/** Counts per second of an 8254 in a PC. */
const FREQUENCY = 1_193_182;

interface Counter { mode: number; reload: number; started: number; latched: number; secondByte: boolean; lowWritten: boolean }

/** The 8254 of a PC: counter 0 interrupts (modes 0, 2 and 3), counter 2 is polled at port 61. Intel 8254 data sheet, "Mode Definitions". */
export class IntervalTimer {
  readonly #seconds: () => number;
  readonly #tick: () => void;
  readonly #counters: readonly Counter[] = [0, 1, 2].map(() => ({ mode: 0, reload: 0x1_0000, started: 0, latched: -1, secondByte: false, lowWritten: false }));
  #next = Infinity;
  #gate = 0;

  /** @param seconds the virtual time; @param tick called for each interrupt of counter 0 */
  constructor(seconds: () => number, tick: () => void) {
    this.#seconds = seconds;
    this.#tick = tick;
  }
  /** Virtual second of the next interrupt. */
  get deadline(): number { return this.#next / FREQUENCY; }
  /** Delivers what is due. */
  poll(): void {
    const now = this.#now(), { mode, reload } = this.#counters[0]!;
    if (now < this.#next) return;
    this.#next = mode === 0 ? Infinity : Math.max(this.#next + reload, now);
    this.#tick();
  }
  #now(): number { return Math.floor(this.#seconds() * FREQUENCY); }

  read(counter: number): number {
    const c = this.#counters[counter]!;
    const value = c.latched >= 0 ? c.latched : this.#count(c);
    c.secondByte = !c.secondByte;
    if (c.secondByte) return value & 0xff;
    c.latched = -1;
    return value >> 8;
  }
  write(counter: number, value: number): void {
    const c = this.#counters[counter]!;
    c.lowWritten = !c.lowWritten;
    if (c.lowWritten) { c.reload = value; return; }
    c.reload = (c.reload | (value << 8)) || 0x1_0000;
    c.started = this.#now();
    if (counter === 0) this.#next = c.started + c.reload;
  }
  control(value: number): void {
    const c = this.#counters[value >> 6];
    if (!c) return;
    c.secondByte = c.lowWritten = false;
    if ((value & 0x30) === 0) c.latched = this.#count(c);
    else {
      c.mode = (value >> 1) & 7;
      c.latched = -1;
      if (c === this.#counters[0]) this.#next = Infinity;
    }
  }
  /** Port 61: the gate of counter 2, and its output in bit 5. */
  readGate(): number {
    const c = this.#counters[2]!;
    return (this.#gate & 0x0f) | (c.mode === 0 && this.#now() - c.started >= c.reload ? 0x20 : 0);
  }
  writeGate(value: number): void {
    if (value & 1 && !(this.#gate & 1)) this.#counters[2]!.started = this.#now();
    this.#gate = value;
  }
  #count(c: Counter): number {
    const elapsed = this.#now() - c.started;
    return c.mode === 0 ? (c.reload - elapsed) & 0xffff : (c.reload - (elapsed % c.reload)) & 0xffff;
  }
}
