import { ByteDevice } from "./bus.ts";
import type { Pit8254 } from "./pit-8254.ts";

/** Port 61, system control port B: the speaker's gate and data, the timer's outputs. IBM PC AT Technical Reference, "System Control Port B". */
export class SystemControlB extends ByteDevice {
  readonly #pit: Pit8254;
  /** The speaker takes the timer's output. */
  #data = 0;
  constructor(pit: Pit8254) {
    super();
    this.#pit = pit;
  }
  readByte(): number { return this.#data | (this.#pit.speakerGate ? 1 : 0) | (this.#pit.refresh ? 0x10 : 0) | (this.#pit.speakerOutput ? 0x20 : 0); }
  writeByte(_offset: number, value: number): void {
    this.#data = value & 2;
    this.#pit.speakerGate = (value & 1) !== 0;
  }
  /** The state as plain data: the register as software wrote it. */
  save(): number { return this.#data; }
  /** Takes a saved register over; nothing happens by it. */
  restore(data: number): void { this.#data = data; }
}

/** Port 92, system control port A: A20 gate (bit 1) and fast reset (bit 0, a rising edge). */
export class SystemControlA extends ByteDevice {
  readonly #a20: (open: boolean) => void;
  readonly #reset: () => void;
  #value = 2;
  constructor(a20: (open: boolean) => void, reset: () => void) {
    super();
    this.#a20 = a20;
    this.#reset = reset;
  }
  readByte(): number { return this.#value; }
  writeByte(_offset: number, value: number): void {
    const rising = value & 1 & ~this.#value;
    this.#value = value & 3;
    this.#a20((value & 2) !== 0);
    if (rising) this.#reset();
  }
  /** The state as plain data: the register as software wrote it. */
  save(): number { return this.#value; }
  /** Takes a saved register over; nothing happens by it. */
  restore(value: number): void { this.#value = value; }
}

/** Port CF9, reset control: bit 2 rising resets. Intel 82371SB datasheet, "Reset Control Register". */
export class ResetControl extends ByteDevice {
  readonly #reset: () => void;
  #value = 0;
  constructor(reset: () => void) {
    super();
    this.#reset = reset;
  }
  readByte(): number { return this.#value; }
  writeByte(_offset: number, value: number): void {
    const rising = value & 4 & ~this.#value;
    this.#value = value & 0x0e;
    if (rising) this.#reset();
  }
  /** The state as plain data: the register as software wrote it. */
  save(): number { return this.#value; }
  /** Takes a saved register over; nothing happens by it. */
  restore(value: number): void { this.#value = value; }
}

/** A port that takes characters for a log: E9, as Bochs has it, reads as its own number; 80 takes diagnostic codes. */
export class DebugPort extends ByteDevice {
  readonly #identity: number;
  readonly #write: (byte: number) => void;
  constructor(identity: number, write: (byte: number) => void) {
    super();
    this.#identity = identity;
    this.#write = write;
  }
  readByte(): number { return this.#identity; }
  writeByte(_offset: number, value: number): void { this.#write(value); }
}
