import type { BusDevice } from "./bus.ts";
import type { IrqLine } from "./irq-line.ts";

/** Status register. IBM PC AT Technical Reference, "Keyboard Controller". */
const STATUS_OUTPUT_FULL = 1, STATUS_SYSTEM = 4, STATUS_COMMAND = 8, STATUS_UNLOCKED = 0x10, STATUS_AUX = 0x20;
/** Command byte. */
const COMMAND_IRQ1 = 1, COMMAND_IRQ12 = 2, COMMAND_DISABLE_KEYBOARD = 0x10, COMMAND_DISABLE_AUX = 0x20, COMMAND_TRANSLATE = 0x40;
const ACK = 0xfa, RESEND = 0xfe, SELF_TEST_PASSED = 0xaa;

/** State of the controller, plain data. */
export interface I8042State {
  /** Of this shape. */
  readonly version: 1;
  /** Command byte: interrupts on, ports disabled, scan codes translated. */
  readonly command: number;
  /** Bytes that wait for port 60, oldest first, and whether each is the mouse's. */
  readonly output: readonly (readonly [number, boolean])[];
  /** Command to the controller that takes its argument from the next byte at port 60; 0 = none. */
  readonly expects: number;
  /** The same for the keyboard. */
  readonly keyboardExpects: number;
  /** The same for the mouse. */
  readonly mouseExpects: number;
  /** Whether keys send scan codes. */
  readonly scanning: boolean;
  /** The system flag: set by a self test that passed, read by firmware. */
  readonly system: boolean;
  /** Whether address line 20 is open. Closed, addresses wrap at 1 MiB as on an 8086. */
  readonly a20: boolean;
  /** Whether the last byte came by port 64: bit 3 of the status. */
  readonly lastWasCommand: boolean;
}

/**
 * Intel 8042 keyboard controller with a keyboard at the first port and a mouse that answers but does not move at the second: ports 60 (offset 0)
 * and 64 (offset 4).
 */
export class I8042 implements BusDevice {
  readonly #keyboardIrq: IrqLine;
  readonly #mouseIrq: IrqLine;
  readonly #onReset: () => void;
  readonly #onA20: (open: boolean) => void;
  #a20 = true;
  #command = COMMAND_TRANSLATE | COMMAND_IRQ1 | STATUS_SYSTEM;
  /** Bytes for port 60 and whether they are the mouse's. */
  #output: [number, boolean][] = [];
  /** Controller command that expects a byte at port 60; 0 = none. */
  #expects = 0;
  #keyboardExpects = 0;
  #mouseExpects = 0;
  #scanning = true;
  #system = false;
  #lastWasCommand = false;

  constructor(wiring: { readonly keyboardIrq: IrqLine; readonly mouseIrq: IrqLine; reset(): void; a20(open: boolean): void }) {
    this.#keyboardIrq = wiring.keyboardIrq;
    this.#mouseIrq = wiring.mouseIrq;
    this.#onReset = () => wiring.reset();
    this.#onA20 = (open) => wiring.a20(open);
  }

  /** Scan codes of set 1 from the keyboard, as a key's press or release makes them. Lost where the guest has switched scanning off. */
  press(scanCodes: readonly number[]): void {
    if (!this.#scanning || this.#command & COMMAND_DISABLE_KEYBOARD) return;
    for (const code of scanCodes) this.#give(code, false);
  }
  #give(byte: number, aux: boolean): void {
    if (this.#output.length < 32) this.#output.push([byte, aux]);
    this.#update();
  }
  #update(): void {
    const first = this.#output[0];
    this.#keyboardIrq.set(first !== undefined && !first[1] && (this.#command & COMMAND_IRQ1) !== 0);
    this.#mouseIrq.set(first !== undefined && first[1] && (this.#command & COMMAND_IRQ12) !== 0);
  }

  read(offset: number): number {
    if (offset !== 0) {
      const first = this.#output[0];
      return (first ? STATUS_OUTPUT_FULL | (first[1] ? STATUS_AUX : 0) : 0) | (this.#system ? STATUS_SYSTEM : 0) | (this.#lastWasCommand ? STATUS_COMMAND : 0) | STATUS_UNLOCKED;
    }
    const byte = this.#output.shift()?.[0] ?? 0;
    // The line falls with each byte taken, so that the next one is an edge.
    this.#keyboardIrq.lower();
    this.#mouseIrq.lower();
    this.#update();
    return byte;
  }
  write(offset: number, _size: number, value: number): void {
    this.#lastWasCommand = offset !== 0;
    if (offset !== 0) this.#controllerCommand(value & 0xff);
    else this.#data(value & 0xff);
  }
  #controllerCommand(c: number): void {
    switch (c) {
      case 0x20: this.#give(this.#command, false); break;
      case 0xaa: this.#system = true; this.#give(0x55, false); break;
      case 0xab: case 0xa9: this.#give(0, false); break;
      case 0xad: this.#command |= COMMAND_DISABLE_KEYBOARD; break;
      case 0xae: this.#command &= ~COMMAND_DISABLE_KEYBOARD; break;
      case 0xa7: this.#command |= COMMAND_DISABLE_AUX; break;
      case 0xa8: this.#command &= ~COMMAND_DISABLE_AUX; break;
      case 0xc0: this.#give(0x80, false); break;
      case 0xd0: this.#give(1 | (this.#a20 ? 2 : 0), false); break;
      case 0xdd: this.#setA20(false); break;
      case 0xdf: this.#setA20(true); break;
      case 0x60: case 0xd1: case 0xd2: case 0xd3: case 0xd4: this.#expects = c; break;
      default:
        // F0 to FF pulse output lines; line 0 is the processor's reset.
        if (c >= 0xf0 && !(c & 1)) this.#onReset();
    }
  }
  #setA20(open: boolean): void {
    this.#a20 = open;
    this.#onA20(open);
  }
  #data(byte: number): void {
    const expects = this.#expects;
    this.#expects = 0;
    switch (expects) {
      case 0x60:
        this.#command = byte;
        this.#system = (byte & STATUS_SYSTEM) !== 0;
        this.#update();
        return;
      case 0xd1:
        this.#setA20((byte & 2) !== 0);
        if (!(byte & 1)) this.#onReset();
        return;
      case 0xd2: this.#give(byte, false); return;
      case 0xd3: this.#give(byte, true); return;
      case 0xd4: this.#mouse(byte); return;
      default: this.#keyboard(byte);
    }
  }
  /** IBM Personal System/2 Hardware Interface Technical Reference, "Keyboard Commands". */
  #keyboard(byte: number): void {
    const expects = this.#keyboardExpects;
    this.#keyboardExpects = 0;
    if (expects === 0xf0 && byte === 0) { this.#give(ACK, false); this.#give(0x41, false); return; }
    if (expects) { this.#give(ACK, false); return; }
    switch (byte) {
      case 0xed: case 0xf0: case 0xf3: this.#keyboardExpects = byte; this.#give(ACK, false); break;
      case 0xee: this.#give(0xee, false); break;
      case 0xf2: for (const b of [ACK, 0xab, this.#command & COMMAND_TRANSLATE ? 0x41 : 0x83]) this.#give(b, false); break;
      case 0xf4: this.#scanning = true; this.#give(ACK, false); break;
      case 0xf5: this.#scanning = false; this.#give(ACK, false); break;
      case 0xf6: this.#scanning = true; this.#give(ACK, false); break;
      case 0xff: this.#scanning = true; this.#give(ACK, false); this.#give(SELF_TEST_PASSED, false); break;
      default: this.#give(RESEND, false);
    }
  }
  #mouse(byte: number): void {
    const expects = this.#mouseExpects;
    this.#mouseExpects = 0;
    if (expects) { this.#give(ACK, true); return; }
    switch (byte) {
      case 0xe8: case 0xf3: this.#mouseExpects = byte; this.#give(ACK, true); break;
      case 0xe9: for (const b of [ACK, 0, 2, 100]) this.#give(b, true); break;
      case 0xeb: for (const b of [ACK, 8, 0, 0]) this.#give(b, true); break;
      case 0xf2: for (const b of [ACK, 0]) this.#give(b, true); break;
      case 0xff: for (const b of [ACK, SELF_TEST_PASSED, 0]) this.#give(b, true); break;
      default: this.#give(ACK, true);
    }
  }

  /** The state as plain data. */
  save(): I8042State {
    return {
      version: 1, command: this.#command, output: this.#output.map(([b, aux]) => [b, aux] as const), expects: this.#expects, keyboardExpects: this.#keyboardExpects,
      mouseExpects: this.#mouseExpects, scanning: this.#scanning, system: this.#system, a20: this.#a20,
      lastWasCommand: this.#lastWasCommand,
    };
  }
  /** Takes a saved state over. */
  restore(s: I8042State): void {
    this.#command = s.command;
    this.#output = s.output.map(([b, aux]) => [b, aux]);
    this.#expects = s.expects;
    this.#keyboardExpects = s.keyboardExpects;
    this.#mouseExpects = s.mouseExpects;
    this.#scanning = s.scanning;
    this.#system = s.system;
    this.#a20 = s.a20;
    this.#lastWasCommand = s.lastWasCommand;
    this.#update();
  }
}
