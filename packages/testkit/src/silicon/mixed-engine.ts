import type { Core } from "@ringzero/x86/internals";
import { RegionEngine } from "./region-engine.ts";

/** Executes each case as a compiled region or on the interpreter, by chance; the same in every run. */
export class MixedEngine extends RegionEngine {
  /** Cases that were left to the interpreter. */
  interpreted = 0;
  #state = 0x2545_f491;

  constructor(core: Core) {
    super(core);
  }
  override execute(steps: number): void {
    // xorshift32 (Marsaglia).
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    if (x & 1) return super.execute(steps);
    this.interpreted++;
    this.executeStepping(steps);
  }
}
