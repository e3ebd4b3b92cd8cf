import type { Bus } from '@ringzero/x86';
import { InterruptController } from './interrupt-controller.ts';
import { IntervalTimer } from './interval-timer.ts';

/**
 * What a Linux kernel needs to boot on a processor under test with `acpi=off nolapic noapic pci=off`: interrupt controller, timer, and a serial port that is
 * always ready. No machine to run anything on: that is for the device models.
 */
export class JustEnoughPc implements Bus {
  readonly interrupts: InterruptController;
  readonly timer: IntervalTimer;
  readonly #line: (text: string) => void;
  /** Line control, interrupt enable, modem control and scratch registers of the UART, by offset. */
  readonly #serial: number[] = Array.from({ length: 8 }, () => 0);
  #text = '';

  /**
   * @param seconds the virtual time
   * @param request the interrupt line to the processor
   * @param line called with each line of console output
   */
  constructor(seconds: () => number, request: (asserted: boolean) => void, line: (text: string) => void) {
    this.interrupts = new InterruptController(request);
    this.timer = new IntervalTimer(seconds, () => this.interrupts.raise(0));
    this.#line = line;
  }

  read(port: number, size: number): number {
    if (port >= 0x3f8 && port <= 0x3ff) return this.#readSerial(port & 7);
    if (port === 0x20 || port === 0x21) return this.interrupts.read(0, port === 0x21);
    if (port === 0xa0 || port === 0xa1) return this.interrupts.read(1, port === 0xa1);
    if (port >= 0x40 && port <= 0x42) return this.timer.read(port & 3);
    if (port === 0x61) return this.timer.readGate();
    // CMOS: the clock stands at zero.
    if (port === 0x71) return 0;
    return size === 4 ? 0xffff_ffff : 2 ** (8 * size) - 1;
  }
  write(port: number, _size: number, value: number): void {
    if (port >= 0x3f8 && port <= 0x3ff) this.#writeSerial(port & 7, value);
    else if (port === 0x20 || port === 0x21) this.interrupts.write(0, port === 0x21, value);
    else if (port === 0xa0 || port === 0xa1) this.interrupts.write(1, port === 0xa1, value);
    else if (port >= 0x40 && port <= 0x42) this.timer.write(port & 3, value);
    else if (port === 0x43) this.timer.control(value);
    else if (port === 0x61) this.timer.writeGate(value);
  }

  /** 16450: transmitter empty, no interrupt pending, carrier and clear to send. PC16550D data sheet, "Registers". */
  #readSerial(register: number): number {
    if (register === 5) return 0x60;
    if (register === 2) return 1;
    if (register === 6) return 0xb0;
    return register === 0 ? 0 : this.#serial[register]!;
  }
  #writeSerial(register: number, value: number): void {
    const divisorLatch = (this.#serial[3]! & 0x80) !== 0;
    if (register >= 2 || (register === 1 && !divisorLatch)) this.#serial[register] = value;
    if (register !== 0 || divisorLatch) return;
    if (value === 10) {
      this.#line(this.#text);
      this.#text = '';
    } else if (value !== 13) this.#text += String.fromCharCode(value);
  }
}
