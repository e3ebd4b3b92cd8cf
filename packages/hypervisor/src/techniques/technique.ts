import type { Exit } from "@ringzero/x86";

/**
 * How a guest's ring 0 is kept from the machine's: `nested-paging` gives the guest a processor of its own with a second level of address translation, as VT-x with
 * EPT and SVM with NPT do; `ring-deprivileging` runs the guest's ring 0 at CPL 3 and emulates what faults there, as VMMs did before.
 */
export type TechniqueName = "nested-paging" | "ring-deprivileging";

/** What executes a guest: between two calls of `run` the vCPU's state is the one that the guest believes in. */
export interface Technique {
  /** Which one it is. */
  readonly name: TechniqueName;
  /** Executes at most so many instructions; as `Vcpu.run`. */
  run(instructions: number): Exit;
  /** The interrupt controller's request line. */
  request(asserted: boolean): void;
  /** The guest's state has been replaced: a boot, a reset, a restore. */
  reset(): void;
}
