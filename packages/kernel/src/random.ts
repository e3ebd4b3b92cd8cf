/** Numbers that look random and follow from a seed, so that a run repeats: xoshiro128**, by Blackman and Vigna. Not for secrets that matter. */
export class Random {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    // SplitMix fills the state, so that near seeds give far states.
    let x = seed >>> 0;
    this.#state = Uint32Array.from({ length: 4 }, () => {
      x = (x + 0x9e37_79b9) >>> 0;
      let z = x;
      z = Math.imul(z ^ (z >>> 16), 0x85eb_ca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2_ae35);
      return (z ^ (z >>> 16)) >>> 0;
    });
  }
  /** 32 bits. */
  next(): number {
    const s = this.#state, r = Math.imul(s[1]!, 5), result = Math.imul((r << 7) | (r >>> 25), 9) >>> 0, t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result;
  }
  /** So many bytes. */
  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 4) {
      const word = this.next();
      for (let b = 0; b < 4 && i + b < length; b++) bytes[i + b] = word >>> (b * 8);
    }
    return bytes;
  }
}
