/** xorshift32: repeatable and fast. */
export class Random {
  #x: number;
  constructor(seed: number) { this.#x = Math.imul(seed, 0x9e37_79b9) | 0 || 1; }
  /** 32 bits. */
  next(): number {
    let x = this.#x;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#x = x;
    return x >>> 0;
  }
  below(n: number): number { return this.next() % n; }
  /** 64 bits. */
  big(): bigint { return (BigInt(this.next()) << 32n) | BigInt(this.next()); }
  chance(percent: number): boolean { return this.below(100) < percent; }
  pick<T>(list: readonly T[]): T { return list[this.below(list.length)]!; }
}
