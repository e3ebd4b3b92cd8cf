import type { Vcpu } from "@ringzero/x86";
import { StateDigest, type Registers } from "./state-digest.ts";
import type { Checkpoint } from "./guest-run.ts";

/** Exits that are kept for a report. */
const KEPT = 1 << 16;

/** The exits of a run: each one's registers go into the digest. */
export class Exits {
  readonly #digest: StateDigest;
  #count = 0;
  #recent: { retired: number; digest: number }[] = [];

  constructor(registers: Registers) {
    this.#digest = new StateDigest(registers);
  }
  get recent(): readonly { readonly retired: number; readonly digest: number }[] { return this.#recent; }
  /** The processor is at an exit. `word` stands for what the exit is about. */
  add(vcpu: Vcpu, word: number = 0): void {
    this.#digest.addRegisters(vcpu);
    this.#digest.add(word);
    this.#count++;
    if (this.#recent.length < KEPT) this.#recent.push({ retired: vcpu.retired, digest: this.#digest.short });
  }
  checkpoint(vcpu: Vcpu, ended: boolean): Checkpoint {
    this.#digest.addRegisters(vcpu);
    return { retired: vcpu.retired, exits: this.#count, digest: this.#digest.text, ended };
  }
  /** A new stretch begins. */
  forget(): void { this.#recent = []; }
}
