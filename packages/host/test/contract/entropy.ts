import { describe, expect, test } from "vitest";
import type { Entropy } from "../../src/index.ts";

/** What every source of entropy promises. */
export function entropyContract(entropy: Entropy): void {
  describe("entropy", () => {
    test("fills arrays of any length, of shared memory too, and only those", () => {
      for (const length of [0, 1, 3, 65_536, 100_001]) {
        for (const buffer of [new ArrayBuffer(length + 2), new SharedArrayBuffer(length + 2)]) {
          entropy.fill(new Uint8Array(buffer, 1, length));
          const all = new Uint8Array(buffer);
          expect([all[0], all.at(-1)]).toEqual([0, 0]);
        }
      }
    });
    test("every byte value comes about as often as the others", () => {
      const bytes = new Uint8Array(1 << 18);
      entropy.fill(bytes);
      const counts = Array.from({ length: 256 }, () => 0);
      for (const byte of bytes) counts[byte]!++;
      // Chi-squared with 255 degrees of freedom: below 400 but for one in 10^7.
      const expected = bytes.length / 256;
      expect(counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(400);
    });
    test("two fills differ", () => {
      const [a, b] = [new Uint8Array(16), new Uint8Array(16)];
      entropy.fill(a);
      entropy.fill(b);
      expect([...a]).not.toEqual([...b]);
    });
  });
}
