import type { Exit, Vcpu } from "@ringzero/x86";

/** Most instructions that are executed one by one, and the most of a stretch on the interpreter or the JIT. */
const STEPS = 48, STRETCH = 4000;

/**
 * Executes on one vCPU with the engine "jit" by turns, as a seed says: single steps, the interpreter with all regions dropped, and regions, which are compiled where code is met for
 * the first time. Now and then decoded code that is not compiled is given back. Each stretch has a length of chance, so that engines change anywhere.
 */
export class EngineMix {
  readonly #vcpu: Vcpu;
  #state: number;
  /** Stretches by engine so far. */
  readonly turns: { steps: number; interpreter: number; regions: number } = { steps: 0, interpreter: 0, regions: 0 };

  constructor(vcpu: Vcpu, seed: number) {
    this.#vcpu = vcpu;
    this.#state = (Math.imul(seed, 0x9e37_79b1) ^ 0x2545_f491) >>> 0 || 1;
    vcpu.processor.core.jit!.threshold = 1;
  }
  /** xorshift32 (Marsaglia): a whole number below `limit`. */
  #below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state % limit;
  }
  /** Executes so many instructions, or up to an exit. */
  run(instructions: number): Exit {
    const vcpu = this.#vcpu, end = vcpu.retired + instructions;
    for (;;) {
      const left = end - vcpu.retired, exit = vcpu.run({ instructions: Math.min(left, this.next()) });
      if (exit.kind !== "budget" || vcpu.retired >= end) return exit;
    }
  }
  /** Chooses who executes next, and for how long at most. */
  next(): number {
    const jit = this.#vcpu.processor.core.jit!, turn = this.#below(8);
    if (turn === 0) {
      this.turns.steps++;
      return 1 + this.#below(STEPS);
    }
    // Regions are rarely dropped: they are to be executed, too.
    jit.paused = turn === 1;
    if (jit.paused) jit.dropRegions();
    if (turn === 2) this.#vcpu.processor.core.trimCode();
    this.turns[jit.paused ? "interpreter" : "regions"]++;
    return STEPS + 1 + this.#below(STRETCH);
  }
}
