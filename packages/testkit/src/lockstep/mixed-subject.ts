import type { Exit } from "@ringzero/x86";
import { EngineMix } from "../exactness/engine-mix.ts";
import type { LockstepImage } from "./lockstep-image.ts";
import { VcpuSubject, type SubjectOptions } from "./vcpu-subject.ts";

/** A subject that changes at random between single steps, the interpreter and compiled code, which is compiled where it is first met. */
export class MixedSubject extends VcpuSubject {
  readonly mix: EngineMix;

  constructor(seed: number, image: LockstepImage, options: SubjectOptions = {}) {
    super("jit", image, options);
    this.mix = new EngineMix(this.vcpu, seed);
  }
  protected override execute(instructions: number): Exit { return this.mix.run(instructions); }
}
