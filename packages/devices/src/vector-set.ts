/** A set of the 256 vectors, as the local APIC's IRR, ISR and TMR are: eight words of 32. */
export class VectorSet {
  readonly #words = new Uint32Array(8);
  /** Whether a vector is in the set. */
  has(vector: number): boolean { return (this.#words[vector >> 5]! & (1 << (vector & 31))) !== 0; }
  /** Adds a vector, or takes it out. */
  set(vector: number, member: boolean): void {
    const bit = 1 << (vector & 31);
    if (member) this.#words[vector >> 5]! |= bit;
    else this.#words[vector >> 5]! &= ~bit;
  }
  /** The highest vector, -1 where there is none. */
  highest(): number {
    for (let i = 7; i >= 0; i--) if (this.#words[i]) return i * 32 + 31 - Math.clz32(this.#words[i]!);
    return -1;
  }
  /** Vectors 32n to 32n + 31 as a register shows them. */
  word(n: number): number { return this.#words[n]!; }
  /** Takes all out. */
  clear(): void { this.#words.fill(0); }
  /** As plain data, eight words. */
  save(): number[] { return [...this.#words]; }
  /** Takes saved words over. */
  restore(words: readonly number[]): void { this.#words.set(words); }
}
