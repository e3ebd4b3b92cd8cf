import type { BusDevice } from "./bus.ts";
import { Pic8259, type Pic8259State } from "./pic-8259.ts";

/** State of both, plain data. */
export interface PicPairState {
  /** Inputs 0 to 7. */
  readonly master: Pic8259State;
  /** Inputs 8 to 15. */
  readonly slave: Pic8259State;
}

/** The master's input that the slave's INT pin drives. */
const CASCADE = 2;

/** A PC's two 8259A in cascade: sixteen inputs, IRQ 0 to 15, of which 2 is the slave's. */
export class PicPair {
  /** Inputs 0 to 7; the slave's output is at input 2. */
  readonly master: Pic8259;
  /** Inputs 8 to 15. */
  readonly slave: Pic8259;

  /** `output` is called when the pair's INT pin changes. */
  constructor(output: (asserted: boolean) => void) {
    this.master = new Pic8259(output);
    this.slave = new Pic8259((asserted) => this.master.setInput(CASCADE, asserted));
  }

  /** Sets the level of IRQ 0 to 15. */
  setInput(irq: number, level: boolean): void {
    if (irq < 8) this.master.setInput(irq, level);
    else this.slave.setInput(irq - 8, level);
  }
  /** The processor's acknowledge cycle: the vector to deliver. */
  acknowledge(): number {
    const input = this.master.acknowledge();
    if (input !== CASCADE) return this.master.vectorOf(input);
    return this.slave.vectorOf(this.slave.acknowledge());
  }
  /** The edge/level control registers at ports 4D0 and 4D1. IRQ 0, 1, 2, 8 and 13 are always edges. */
  elcr(): BusDevice {
    return {
      read: (offset) => (offset === 0 ? this.master : this.slave).elcr,
      write: (offset, _size, value) => {
        if (offset === 0) this.master.elcr = value & 0xf8;
        else this.slave.elcr = value & 0xde;
      },
    };
  }
  /** The state as plain data. */
  save(): PicPairState { return { master: this.master.save(), slave: this.slave.save() }; }
  /** Takes a saved state over. */
  restore(state: PicPairState): void {
    this.slave.restore(state.slave);
    this.master.restore(state.master);
  }
}
