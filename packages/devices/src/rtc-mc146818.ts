import type { Timer } from "@ringzero/machine";
import { ByteDevice } from "./bus.ts";
import type { DeviceClock } from "./device-clock.ts";
import type { IrqLine } from "./irq-line.ts";

/** Motorola MC146818A datasheet, "Address Map": time, alarm, calendar, then registers A to D, then memory. */
const SECONDS = 0, SECONDS_ALARM = 1, MINUTES = 2, MINUTES_ALARM = 3, HOURS = 4, HOURS_ALARM = 5, DAY_OF_WEEK = 6, DAY = 7, MONTH = 8, YEAR = 9;
const A = 10, B = 11, C = 12, D = 13, CENTURY = 0x32;
const A_UIP = 0x80, B_SET = 0x80, B_PIE = 0x40, B_AIE = 0x20, B_UIE = 0x10, B_BINARY = 4, B_24H = 2;
const C_IRQF = 0x80, C_PF = 0x40, C_AF = 0x20, C_UF = 0x10, D_VALID = 0x80;
const SECOND = 1_000_000_000;
/** Update-in-progress lasts so long before the second. */
const UPDATE = 244_000;

/** State of the clock, plain data. */
export interface RtcState {
  /** Of this shape. */
  readonly version: 1;
  /** Register that port 71 shows. */
  readonly index: number;
  /** The 128 bytes; time registers among them are computed and not read from here. */
  readonly memory: readonly number[];
  /** Seconds since 1970 (UTC) at virtual time 0. */
  readonly offset: number;
  /** Flags of register C that have not been read. */
  readonly interrupts: number;
  /** The second in which register C was last read. */
  readonly lastUpdate: number;
}

/**
 * Motorola MC146818A real-time clock with 128 bytes of memory at ports 70 and 71. Its time is the tenant's: an epoch given at construction plus
 * virtual seconds. Register offset 0 is the index, 1 the data.
 */
export class RtcMc146818 extends ByteDevice {
  readonly #clock: DeviceClock;
  readonly #irq: IrqLine;
  readonly #memory = new Uint8Array(128);
  readonly #second: Timer;
  readonly #periodic: Timer;
  #index = 0;
  /** Seconds since 1970 at virtual time 0. */
  #epoch: number;
  /** Flags of register C. */
  #interrupts = 0;
  /** The second in which register C was last read: UF tells of updates since, whether or not they interrupt. */
  #lastUpdate = 0;
  /** NMI is masked by bit 7 of the index port. */
  nmiMasked = false;

  /** @param epoch seconds since 1970 (UTC) at virtual time 0 */
  constructor(clock: DeviceClock, irq: IrqLine, epoch: number) {
    super();
    this.#clock = clock;
    this.#irq = irq;
    this.#epoch = this.#lastUpdate = Math.floor(epoch);
    this.#second = clock.timer("rtc.second", () => this.#updateEnded());
    this.#periodic = clock.timer("rtc.periodic", (deadline) => {
      this.#flag(C_PF);
      this.#armPeriodic(deadline);
    });
    this.#memory[A] = 0x26;
    this.#memory[B] = B_24H;
    this.#memory[D] = D_VALID;
  }

  /** Puts a byte into the memory behind the registers, as firmware does: offsets 14 to 127. */
  setMemory(offset: number, value: number): void { this.#memory[offset] = value; }

  /** Seconds since 1970 now. */
  get #now(): number { return this.#epoch + Math.floor(this.#clock.now() / SECOND); }

  readByte(offset: number): number {
    if (offset === 0) return 0xff;
    const i = this.#index;
    if (i <= YEAR && i !== SECONDS_ALARM && i !== MINUTES_ALARM && i !== HOURS_ALARM) return this.#time(i);
    if (i === CENTURY) return this.#coded(Math.floor(new Date(this.#now * 1000).getUTCFullYear() / 100));
    if (i === A) {
      const updating = !(this.#memory[B]! & B_SET) && SECOND - (this.#clock.now() % SECOND) <= UPDATE;
      return (this.#memory[A]! & ~A_UIP) | (updating ? A_UIP : 0);
    }
    if (i === C) {
      const now = this.#now, value = this.#interrupts | (now !== this.#lastUpdate && !(this.#memory[B]! & B_SET) ? C_UF : 0);
      this.#interrupts = 0;
      this.#lastUpdate = now;
      this.#irq.lower();
      return value;
    }
    return this.#memory[i]!;
  }
  writeByte(offset: number, value: number): void {
    if (offset === 0) {
      this.#index = value & 0x7f;
      this.nmiMasked = (value & 0x80) !== 0;
      return;
    }
    const i = this.#index;
    if (i === C || i === D) return;
    if (i === A) {
      this.#memory[A] = value & ~A_UIP;
      this.#armPeriodic(this.#clock.now());
    } else if (i === B) {
      this.#memory[B] = value;
      this.#armPeriodic(this.#clock.now());
      this.#armSecond();
      this.#interrupt();
    } else if (i <= YEAR && i !== SECONDS_ALARM && i !== MINUTES_ALARM && i !== HOURS_ALARM) this.#setTime(i, value);
    else this.#memory[i] = value;
  }

  #coded(value: number): number { return this.#memory[B]! & B_BINARY ? value : Math.floor(value / 10) * 16 + (value % 10); }
  #decoded(value: number): number { return this.#memory[B]! & B_BINARY ? value : (value >> 4) * 10 + (value & 15); }
  #hours(value: number): number {
    if (this.#memory[B]! & B_24H) return this.#coded(value);
    return this.#coded(value % 12 || 12) | (value >= 12 ? 0x80 : 0);
  }
  #time(register: number): number {
    const t = new Date(this.#now * 1000);
    switch (register) {
      case SECONDS: return this.#coded(t.getUTCSeconds());
      case MINUTES: return this.#coded(t.getUTCMinutes());
      case HOURS: return this.#hours(t.getUTCHours());
      case DAY_OF_WEEK: return this.#coded(t.getUTCDay() + 1);
      case DAY: return this.#coded(t.getUTCDate());
      case MONTH: return this.#coded(t.getUTCMonth() + 1);
      default: return this.#coded(t.getUTCFullYear() % 100);
    }
  }
  #setTime(register: number, value: number): void {
    const t = new Date(this.#now * 1000), v = this.#decoded(register === HOURS ? value & 0x7f : value);
    switch (register) {
      case SECONDS: t.setUTCSeconds(v); break;
      case MINUTES: t.setUTCMinutes(v); break;
      case HOURS: t.setUTCHours(this.#memory[B]! & B_24H ? v : (v % 12) + (value & 0x80 ? 12 : 0)); break;
      case DAY: t.setUTCDate(v); break;
      case MONTH: t.setUTCMonth(v - 1); break;
      case YEAR: t.setUTCFullYear((v < 70 ? 2000 : 1900) + v); break;
      default: return; // the day of the week follows from the date
    }
    this.#epoch += Math.floor(t.getTime() / 1000) - this.#now;
  }

  /** Seconds are watched only while somebody wants their interrupt. */
  #armSecond(): void {
    if ((this.#memory[B]! & (B_UIE | B_AIE)) === 0 || this.#memory[B]! & B_SET) this.#second.cancel();
    else this.#second.arm((Math.floor(this.#clock.now() / SECOND) + 1) * SECOND);
  }
  #updateEnded(): void {
    this.#flag(C_UF | (this.#alarmMatches() ? C_AF : 0));
    this.#armSecond();
  }
  #alarmMatches(): boolean {
    const matches = (alarm: number, register: number): boolean => (this.#memory[alarm]! & 0xc0) === 0xc0 || this.#memory[alarm] === this.#time(register);
    return matches(SECONDS_ALARM, SECONDS) && matches(MINUTES_ALARM, MINUTES) && matches(HOURS_ALARM, HOURS);
  }
  /** Register A's rate select: 32768 >> (rate - 1) interrupts a second; 1 and 2 stand for 256 and 128. */
  #armPeriodic(from: number): void {
    const select = this.#memory[A]! & 15, rate = select === 0 ? 0 : select < 3 ? select + 7 : select;
    if (rate === 0 || !(this.#memory[B]! & B_PIE)) { this.#periodic.cancel(); return; }
    const period = (SECOND * 2 ** (rate - 1)) / 32768;
    this.#periodic.arm(Math.ceil((Math.floor(from / period) + 1) * period));
  }
  #flag(bits: number): void {
    this.#interrupts |= bits;
    this.#interrupt();
  }
  #interrupt(): void {
    if (!(this.#interrupts & this.#memory[B]! & (C_PF | C_AF | C_UF))) return;
    this.#interrupts |= C_IRQF;
    this.#irq.raise();
  }

  /** The state as plain data. */
  save(): RtcState { return { version: 1, index: this.#index, memory: [...this.#memory], offset: this.#epoch, interrupts: this.#interrupts, lastUpdate: this.#lastUpdate }; }
  /** Takes a saved state over. */
  restore(s: RtcState): void {
    this.#index = s.index;
    this.#memory.set(s.memory);
    this.#epoch = s.offset;
    this.#interrupts = s.interrupts;
    this.#lastUpdate = s.lastUpdate;
    this.#irq.set((s.interrupts & C_IRQF) !== 0);
  }
}
