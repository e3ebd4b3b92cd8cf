import { ByteDevice } from "./bus.ts";

/** State of one controller, plain data. */
export interface Pic8259State {
  /** Of this shape. */
  readonly version: 1;
  /** Interrupt request register: inputs that want service. */
  readonly irr: number;
  /** In-service register: inputs whose handler has not ended. */
  readonly isr: number;
  /** Interrupt mask register: inputs that are shut. */
  readonly imr: number;
  /** Levels of the inputs now. */
  readonly lines: number;
  /** Vector of input 0 (ICW2). */
  readonly base: number;
  /** ICW3: inputs with a slave behind them, or the slave's own number. */
  readonly cascade: number;
  /** Which initialization word comes next, 2 to 4; 0 = initialized. */
  readonly step: number;
  /** Modes that the command words chose: automatic end of interrupt, rotation, special mask, poll and others, by this model's own bits. */
  readonly flags: number;
  /** The input with the lowest priority; the next one has the highest. */
  readonly priority: number;
  /** Inputs that are level-triggered by the chip set's edge/level control register. */
  readonly elcr: number;
}

/** Bits of ICW1, ICW4, OCW2 and OCW3. Intel 8259A datasheet, "Initialization Command Words", "Operation Command Words". */
const ICW1_IC4 = 1, ICW1_SNGL = 2, ICW1_LTIM = 8, ICW1_INIT = 0x10, ICW4_AEOI = 2, OCW2_EOI = 0x20, OCW2_SL = 0x40, OCW2_R = 0x80, OCW3 = 8;
/** Our flags word. */
const NEEDS_ICW4 = 1, SINGLE = 2, LEVEL = 4, AUTO_EOI = 8, READ_ISR = 16, SPECIAL_MASK = 32, ROTATE_AEOI = 64, POLL = 128, SPECIAL_NESTED = 256;

/**
 * One Intel 8259A programmable interrupt controller: two registers, eight inputs, one output. Two of them in cascade are a PC's; see
 * `PicPair`.
 */
export class Pic8259 extends ByteDevice {
  readonly #output: (asserted: boolean) => void;
  #irr = 0;
  #isr = 0;
  #imr = 0;
  /** Levels of the inputs now. */
  #lines = 0;
  /** Vector of input 0. */
  #base = 0;
  /** ICW3: inputs with a slave behind them, or the slave's own number. */
  #cascade = 0;
  /** Initialization: 0 none, else the ICW expected next. */
  #step = 0;
  #flags = 0;
  /** The input with the lowest priority: 7 as reset leaves it. */
  #lowest = 7;
  /** Edge/level control register: 1 = level-triggered. Intel 82371SB datasheet, "ELCR1". */
  #elcr = 0;
  #asserted = false;

  /** `output` is called when the INT pin changes. */
  constructor(output: (asserted: boolean) => void) {
    super();
    this.#output = output;
  }

  /** The edge/level control register, which the chip set adds to the 8259A. */
  get elcr(): number { return this.#elcr; }
  /** Port 4D0 or 4D1 was written. */
  set elcr(value: number) {
    this.#elcr = value & 0xff;
    this.#update();
  }

  /** Sets the level of an input. */
  setInput(input: number, level: boolean): void {
    const bit = 1 << input, was = (this.#lines & bit) !== 0;
    if (level === was) return;
    if (level) {
      this.#lines |= bit;
      this.#irr |= bit;
    } else {
      this.#lines &= ~bit;
      // The request latch follows the input: one that is not held until its acknowledge is gone, by edge or by level. Intel 8259A datasheet, "Priority Cell".
      this.#irr &= ~bit;
    }
    this.#update();
  }
  #isLevel(bit: number): boolean { return (this.#flags & LEVEL) !== 0 || (this.#elcr & bit) !== 0; }

  /** The request that INT announces: the highest not masked, above what is in service. -1 = none. */
  #best(): number {
    const requests = this.#irr & ~this.#imr;
    if (!requests) return -1;
    for (let rank = 0; rank < 8; rank++) {
      const input = (this.#lowest + 1 + rank) & 7, bit = 1 << input;
      if (this.#isr & bit && !(this.#flags & SPECIAL_MASK)) {
        // Special fully nested mode lets a slave's higher requests through while it is in service.
        if (!(this.#flags & SPECIAL_NESTED && this.#cascade & bit && requests & bit)) return -1;
      }
      if (requests & bit && !(this.#flags & SPECIAL_MASK && this.#isr & bit)) return input;
    }
    return -1;
  }
  #update(): void {
    const asserted = this.#step === 0 && this.#best() >= 0;
    if (asserted === this.#asserted) return;
    this.#asserted = asserted;
    this.#output(asserted);
  }

  /** The INTA cycle: the input that is served from now on, 7 where the request is gone (spurious, not in service). */
  acknowledge(): number {
    const input = this.#best();
    if (input < 0) return 7;
    const bit = 1 << input;
    if (!this.#isLevel(bit)) this.#irr &= ~bit;
    if (!(this.#flags & AUTO_EOI)) this.#isr |= bit;
    else if (this.#flags & ROTATE_AEOI) this.#lowest = input;
    this.#update();
    return input;
  }
  /** Vector of an input. */
  vectorOf(input: number): number { return this.#base + input; }

  readByte(offset: number): number {
    if (offset === 1) return this.#imr;
    if (this.#flags & POLL) {
      this.#flags &= ~POLL;
      const pending = this.#best() >= 0;
      return pending ? 0x80 | this.acknowledge() : 0;
    }
    return this.#flags & READ_ISR ? this.#isr : this.#irr;
  }
  writeByte(offset: number, value: number): void {
    if (offset === 0) {
      if (value & ICW1_INIT) this.#initialize(value);
      else if (value & OCW3) this.#ocw3(value);
      else this.#ocw2(value);
    } else if (this.#step === 2) {
      this.#base = value & 0xf8;
      this.#step = this.#flags & SINGLE ? (this.#flags & NEEDS_ICW4 ? 4 : 0) : 3;
    } else if (this.#step === 3) {
      this.#cascade = value;
      this.#step = this.#flags & NEEDS_ICW4 ? 4 : 0;
    } else if (this.#step === 4) {
      if (value & ICW4_AEOI) this.#flags |= AUTO_EOI;
      if (value & 0x10) this.#flags |= SPECIAL_NESTED;
      this.#step = 0;
    } else this.#imr = value;
    this.#update();
  }
  #initialize(icw1: number): void {
    this.#flags = (icw1 & ICW1_IC4 ? NEEDS_ICW4 : 0) | (icw1 & ICW1_SNGL ? SINGLE : 0) | (icw1 & ICW1_LTIM ? LEVEL : 0);
    this.#isr = 0;
    this.#imr = 0;
    this.#lowest = 7;
    this.#step = 2;
    // Edge detection starts anew; level inputs that are high request at once.
    this.#irr = 0;
    for (let i = 0; i < 8; i++) if (this.#lines & (1 << i) && this.#isLevel(1 << i)) this.#irr |= 1 << i;
  }
  #ocw2(value: number): void {
    const level = value & 7;
    if (value & OCW2_EOI) {
      let input = level;
      if (!(value & OCW2_SL)) {
        input = -1;
        for (let rank = 0; rank < 8 && input < 0; rank++) if (this.#isr & (1 << ((this.#lowest + 1 + rank) & 7))) input = (this.#lowest + 1 + rank) & 7;
      }
      if (input >= 0) {
        this.#isr &= ~(1 << input);
        if (value & OCW2_R) this.#lowest = input;
      }
    } else if (value & OCW2_SL) {
      if (value & OCW2_R) this.#lowest = level;
    } else if (value & OCW2_R) this.#flags |= ROTATE_AEOI;
    else this.#flags &= ~ROTATE_AEOI;
  }
  #ocw3(value: number): void {
    if (value & 4) this.#flags |= POLL;
    if (value & 2) this.#flags = value & 1 ? this.#flags | READ_ISR : this.#flags & ~READ_ISR;
    if (value & 0x40) this.#flags = value & 0x20 ? this.#flags | SPECIAL_MASK : this.#flags & ~SPECIAL_MASK;
  }

  /** The state as plain data. */
  save(): Pic8259State {
    return {
      version: 1, irr: this.#irr, isr: this.#isr, imr: this.#imr, lines: this.#lines, base: this.#base, cascade: this.#cascade, step: this.#step,
      flags: this.#flags, priority: this.#lowest, elcr: this.#elcr,
    };
  }
  /** Takes a saved state over. */
  restore(s: Pic8259State): void {
    this.#irr = s.irr;
    this.#isr = s.isr;
    this.#imr = s.imr;
    this.#lines = s.lines;
    this.#base = s.base;
    this.#cascade = s.cascade;
    this.#step = s.step;
    this.#flags = s.flags;
    this.#lowest = s.priority;
    this.#elcr = s.elcr;
    this.#asserted = this.#step === 0 && this.#best() >= 0;
    this.#output(this.#asserted);
  }
}
