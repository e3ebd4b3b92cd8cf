import type { Timer } from "@ringzero/machine";
import { ByteDevice } from "./bus.ts";
import type { DeviceClock } from "./device-clock.ts";
import type { IrqLine } from "./irq-line.ts";
import { scaleDown, scaleUp } from "./scale.ts";

/** Register blocks within the range. ACPI Specification 6.5, "ACPI Hardware Specification": PM1a_EVT_BLK, PM1a_CNT_BLK, PM_TMR_BLK. */
export const ACPI_PM: {
  /** PM1 status and, two bytes on, PM1 enable. */
  readonly event: number;
  /** PM1 control, two bytes. */
  readonly control: number;
  /** The 3.579545 MHz timer, 24 bits of four bytes. */
  readonly timer: number;
  /** Ports in all. */
  readonly length: number;
} = { event: 0, control: 4, timer: 8, length: 12 };
/** PM1 status and enable. */
const TMR = 1, GBL = 0x20, PWRBTN = 0x100, SLPBTN = 0x200, RTC = 0x400, WAK = 0x8000;
const STATUS_BITS = TMR | GBL | PWRBTN | SLPBTN | RTC | WAK, ENABLE_BITS = TMR | GBL | PWRBTN | SLPBTN | RTC;
/** PM1 control. */
const SCI_EN = 1, SLP_TYP = 0x1c00, SLP_EN = 0x2000;
/** 3.579545 MHz, exactly 315/88 MHz: 63 ticks in 17,600 ns. */
const TICKS = 63, NANOSECONDS = 17_600;
/** The carry bit of the 24-bit timer toggles after so many ticks. */
const HALF = 0x80_0000;

/** State, plain data. */
export interface AcpiPmState {
  /** Of this shape. */
  readonly version: 1;
  /** PM1 status: events that happened, cleared by writing ones. */
  readonly status: number;
  /** PM1 enable: events that raise the SCI. */
  readonly enable: number;
  /** PM1 control: SCI_EN, SLP_TYP. */
  readonly control: number;
}

/**
 * ACPI fixed hardware: PM1 events and control, and the power management timer. The machine starts in ACPI mode: there is no SMI command port.
 */
export class AcpiPm extends ByteDevice {
  readonly #clock: DeviceClock;
  readonly #sci: IrqLine;
  readonly #sleep: (type: number) => void;
  readonly #carry: Timer;
  #status = 0;
  #enable = 0;
  #control = SCI_EN;

  /** `sleep` hears SLP_TYP when SLP_EN is written: the DSDT's numbers for the sleep states. */
  constructor(clock: DeviceClock, sci: IrqLine, sleep: (type: number) => void) {
    super();
    this.#clock = clock;
    this.#sci = sci;
    this.#sleep = sleep;
    this.#carry = clock.timer("acpi.timer", () => {
      this.#status |= TMR;
      this.#update();
      this.#arm();
    });
  }
  /** The power button is pressed. */
  pressPowerButton(): void {
    this.#status |= PWRBTN;
    this.#update();
  }
  get #ticks(): number { return scaleDown(this.#clock.now(), TICKS, NANOSECONDS); }
  /** The carry is watched only while somebody wants its interrupt. */
  #arm(): void {
    if (this.#enable & TMR) this.#carry.arm(scaleUp((Math.floor(this.#ticks / HALF) + 1) * HALF, NANOSECONDS, TICKS));
    else this.#carry.cancel();
  }
  #update(): void { this.#sci.set((this.#status & this.#enable & ENABLE_BITS) !== 0); }

  override read(offset: number, size: number): number {
    // The timer's bytes belong together: one reading of the clock for all of them.
    if (offset === ACPI_PM.timer && size === 4) return this.#ticks % 0x100_0000;
    return super.read(offset, size);
  }
  readByte(offset: number): number {
    const register = offset & ~1, shift = (offset & 1) * 8;
    if (register === 0) return (this.#status >> shift) & 0xff;
    if (register === 2) return (this.#enable >> shift) & 0xff;
    if (register === ACPI_PM.control) return (this.#control >> shift) & 0xff;
    if (offset >= ACPI_PM.timer) return Math.floor((this.#ticks % 0x100_0000) / 2 ** (8 * (offset - ACPI_PM.timer))) & 0xff;
    return 0xff;
  }
  writeByte(offset: number, value: number): void {
    const register = offset & ~1, shift = (offset & 1) * 8, bits = value << shift, kept = 0xff00 >> shift;
    if (register === 0) this.#status &= ~(bits & STATUS_BITS);
    else if (register === 2) {
      this.#enable = (this.#enable & kept) | (bits & ENABLE_BITS);
      this.#arm();
    } else if (register === ACPI_PM.control) {
      this.#control = ((this.#control & kept) | (bits & (SLP_TYP | 2))) | SCI_EN;
      if (bits & SLP_EN) this.#sleep((this.#control & SLP_TYP) >> 10);
    }
    this.#update();
  }

  /** The state as plain data. */
  save(): AcpiPmState { return { version: 1, status: this.#status, enable: this.#enable, control: this.#control }; }
  /** Takes a saved state over. */
  restore(s: AcpiPmState): void {
    this.#status = s.status;
    this.#enable = s.enable;
    this.#control = s.control;
    this.#update();
  }
}
