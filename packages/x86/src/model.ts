import type { Feature } from "./isa/instruction.ts";

/** What a vCPU must know of the processor model that it plays: `CpuModel` gives it. */
export interface ProcessorModel {
  readonly name: string;
  /** Features whose instructions execute; the others raise #UD. */
  readonly features: ReadonlySet<Feature>;
  /** Family, model and stepping as CPUID leaf 1 reports them in EAX and RESET leaves them in EDX. */
  readonly signature: number;
}
