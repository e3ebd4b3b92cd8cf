import type { Exit, Vcpu } from "@ringzero/x86";
import type { Technique } from "./technique.ts";

/** The processor's own rings are the guest's: every instruction executes as it is. */
export class NestedPaging implements Technique {
  /** Which one it is. */
  readonly name = "nested-paging";
  readonly #vcpu: Vcpu;

  /** On a vCPU in the guest's state. */
  constructor(vcpu: Vcpu) { this.#vcpu = vcpu; }
  /** Executes at most so many instructions. */
  run(instructions: number): Exit { return this.#vcpu.run({ instructions }); }
  /** The interrupt controller's request line. */
  request(asserted: boolean): void { this.#vcpu.setInterruptRequest(asserted); }
  /** Nothing is kept of the guest's state. */
  reset(): void { /* nothing to forget */ }
}
