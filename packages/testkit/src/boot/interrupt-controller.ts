/** One 8259A and its slave, as far as a kernel in PIC mode needs them: edges, masks, vectors, end of interrupt. Intel 8259A data sheet, "Programming the 8259A". */
export class InterruptController {
  readonly #mask = [0xff, 0xff];
  readonly #base = [0x08, 0x70];
  /** Initialization words still to come, by chip. */
  readonly #expects = [0, 0];
  #requests = 0;
  #inService = 0;
  readonly #line: (asserted: boolean) => void;

  /** @param line told whether an interrupt is wanted, whenever that may have changed */
  constructor(line: (asserted: boolean) => void) { this.#line = line; }

  /** An edge on an input of the master, 0 to 7. */
  raise(irq: number): void {
    this.#requests |= 1 << irq;
    this.#update();
  }
  /** The acknowledge cycle: the vector of the interrupt of highest priority; a spurious one where there is none. */
  acknowledge(): number {
    const irq = this.#wanted();
    if (irq < 0) return this.#base[0]! + 7;
    this.#requests &= ~(1 << irq);
    this.#inService |= 1 << irq;
    this.#update();
    return this.#base[0]! + irq;
  }
  read(chip: 0 | 1, data: boolean): number { return data ? this.#mask[chip]! : 0; }
  write(chip: 0 | 1, data: boolean, value: number): void {
    if (data) this.#writeData(chip, value);
    else if (value & 0x10) {
      this.#expects[chip] = 3;
      if (chip === 0) this.#requests = this.#inService = 0;
    } else if (value & 0x20 && chip === 0) {
      // Non-specific end of interrupt: the one of highest priority; specific: the one that is named.
      this.#inService &= ~(value & 0x40 ? 1 << (value & 7) : this.#inService & -this.#inService);
    }
    this.#update();
  }
  #writeData(chip: 0 | 1, value: number): void {
    if (this.#expects[chip] === 0) this.#mask[chip] = value;
    else {
      // The vectors, then how the chips are wired, then the mode.
      if (this.#expects[chip] === 3) this.#base[chip] = value & 0xf8;
      this.#expects[chip] = this.#expects[chip]! - 1;
    }
  }
  #wanted(): number {
    const asked = this.#requests & ~this.#mask[0]!;
    const first = asked & -asked, blocking = this.#inService & -this.#inService;
    return first !== 0 && (blocking === 0 || first < blocking) ? 31 - Math.clz32(first) : -1;
  }
  #update(): void { this.#line(this.#wanted() >= 0); }
}
