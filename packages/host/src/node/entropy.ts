import { randomFillSync } from "node:crypto";
import type { Entropy } from "../entropy.ts";

/** The operating system's entropy. */
export const nodeEntropy: Entropy = {
  fill(into) {
    randomFillSync(into);
  },
};
