import type { Entropy } from "../entropy.ts";

/** Bytes that look random and are the same for the same seed (xoshiro128**, Blackman and Vigna 2018). For tests; never for secrets. */
export class SeededEntropy implements Entropy {
  readonly #state = new Uint32Array(4);
  #word = 0;
  #left = 0;

  /** `seed` is any 32-bit number. */
  constructor(seed: number) {
    // SplitMix32 spreads the seed, for the generator must not start from zeros.
    for (let i = 0; i < 4; i++) {
      seed = (seed + 0x9e3779b9) | 0;
      let z = Math.imul(seed ^ (seed >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      this.#state[i] = z ^ (z >>> 15);
    }
  }
  fill(into: Uint8Array): void {
    for (let i = 0; i < into.length; i++) {
      if (this.#left === 0) {
        this.#word = this.#next();
        this.#left = 4;
      }
      into[i] = this.#word;
      this.#word >>>= 8;
      this.#left--;
    }
  }
  #next(): number {
    const s = this.#state;
    const result = Math.imul(rotate(Math.imul(s[1]!, 5), 7), 9);
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotate(s[3]!, 11);
    return result >>> 0;
  }
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}
