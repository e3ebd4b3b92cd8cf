import { DELIVERY, type ApicMessage } from "./apic-message.ts";
import type { BusDevice } from "./bus.ts";

/** Offsets in the window, and register numbers behind it. Intel 82093AA datasheet, "Memory Mapped Registers", "IOAPIC Registers". */
const IOREGSEL = 0, IOWIN = 0x10, ID = 0, VERSION = 1, ARBITRATION = 2, REDIRECTION = 0x10;
/** Inputs. */
const PINS = 24;
/** Low word of a redirection entry. */
const LEVEL = 1 << 15, MASKED = 1 << 16, REMOTE_IRR = 1 << 14, LOGICAL = 1 << 11, LOW_WRITABLE = 0x1_afff;

/** State of the I/O APIC, plain data. */
export interface IoApicState {
  /** Of this shape. */
  readonly version: 1;
  /** APIC identifier, which firmware sets. */
  readonly id: number;
  /** Register that the window shows, IOREGSEL. */
  readonly select: number;
  /** Low words of the 24 redirection entries: vector, delivery mode, trigger, mask. */
  readonly low: readonly number[];
  /** High words: the destination in bits 24 to 31. */
  readonly high: readonly number[];
  /** Levels of the inputs now, a bit each. */
  readonly lines: number;
}

/**
 * Intel 82093AA I/O APIC: 24 inputs, each with an entry that says which vector goes to which local APIC. Inputs are given by assertion, so that the
 * polarity bits change nothing.
 */
export class IoApic implements BusDevice {
  readonly #send: (message: ApicMessage) => void;
  readonly #low = new Uint32Array(PINS);
  readonly #high = new Uint32Array(PINS);
  #id = 0;
  #select = 0;
  #lines = 0;

  /** `send` takes messages to the local APICs. */
  constructor(send: (message: ApicMessage) => void) {
    this.#send = send;
    this.reset();
  }
  /** The state after RESET: all inputs masked. */
  reset(): void {
    this.#id = this.#select = 0;
    this.#low.fill(MASKED);
    this.#high.fill(0);
  }

  /** Sets the level of an input. An edge at a masked input is lost. */
  setInput(pin: number, level: boolean): void {
    const bit = 1 << pin, rising = level && !(this.#lines & bit), entry = this.#low[pin]!;
    this.#lines = level ? this.#lines | bit : this.#lines & ~bit;
    if (entry & MASKED) return;
    if (entry & LEVEL) this.#deliverLevel(pin);
    else if (rising) this.#deliver(pin);
  }
  #deliverLevel(pin: number): void {
    const entry = this.#low[pin]!;
    if (!(this.#lines & (1 << pin)) || entry & (REMOTE_IRR | MASKED) || !(entry & LEVEL)) return;
    this.#low[pin] = entry | REMOTE_IRR;
    this.#deliver(pin);
  }
  #deliver(pin: number): void {
    const entry = this.#low[pin]!, delivery = (entry >> 8) & 7;
    if (delivery === DELIVERY.extInt || delivery === DELIVERY.smi) return;
    this.#send({ vector: entry & 0xff, delivery, level: (entry & LEVEL) !== 0, destination: this.#high[pin]! >>> 24, logical: (entry & LOGICAL) !== 0 });
  }
  /** A local APIC has seen the end of a level-triggered interrupt. */
  endOfInterrupt(vector: number): void {
    for (let pin = 0; pin < PINS; pin++) {
      const entry = this.#low[pin]!;
      if (!(entry & REMOTE_IRR) || (entry & 0xff) !== vector) continue;
      this.#low[pin] = entry & ~REMOTE_IRR;
      this.#deliverLevel(pin);
    }
  }

  /** Reads a register by its low bytes; narrow reads take bytes of the word. */
  read(offset: number, size: number): number {
    const word = this.#readWord(offset & ~3);
    return size === 4 ? word : (word >>> (8 * (offset & 3))) & (size === 2 ? 0xffff : 0xff);
  }
  #readWord(offset: number): number {
    if (offset === IOREGSEL) return this.#select;
    if (offset !== IOWIN) return 0;
    switch (this.#select) {
      case ID: case ARBITRATION: return this.#id << 24;
      case VERSION: return ((PINS - 1) << 16) | 0x11;
      default: {
        const pin = (this.#select - REDIRECTION) >> 1;
        if (pin < 0 || pin >= PINS) return 0;
        return this.#select & 1 ? this.#high[pin]! : this.#low[pin]!;
      }
    }
  }
  /** Writes a register: IOREGSEL by its low byte, IOWIN as a word. */
  write(offset: number, size: number, value: number): void {
    if (offset === IOREGSEL) this.#select = value & 0xff;
    else if (offset === IOWIN && size === 4) this.#writeWord(value);
  }
  #writeWord(value: number): void {
    if (this.#select === ID) { this.#id = (value >>> 24) & 15; return; }
    const pin = (this.#select - REDIRECTION) >> 1;
    if (pin < 0 || pin >= PINS) return;
    if (this.#select & 1) this.#high[pin] = value & 0xff00_0000;
    else {
      // Remote IRR belongs to level-triggered interrupts.
      this.#low[pin] = (value & LOW_WRITABLE) | (value & LEVEL ? this.#low[pin]! & REMOTE_IRR : 0);
      this.#deliverLevel(pin);
    }
  }

  /** The state as plain data. */
  save(): IoApicState { return { version: 1, id: this.#id, select: this.#select, low: [...this.#low], high: [...this.#high], lines: this.#lines }; }
  /** Takes a saved state over. */
  restore(s: IoApicState): void {
    this.#id = s.id;
    this.#select = s.select;
    this.#low.set(s.low);
    this.#high.set(s.high);
    this.#lines = s.lines;
  }
}
