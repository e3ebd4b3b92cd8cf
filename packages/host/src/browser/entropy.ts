import type { Entropy } from "../entropy.ts";

/** Web Cryptography API, "getRandomValues": no more at a time. */
const LIMIT = 65_536;

/** The browser's entropy. */
export const browserEntropy: Entropy = {
  fill(into) {
    // The platform fills no shared memory, so the bytes are made aside.
    const bytes = new Uint8Array(Math.min(LIMIT, into.length));
    for (let at = 0; at < into.length; at += LIMIT) {
      const part = bytes.subarray(0, Math.min(LIMIT, into.length - at));
      crypto.getRandomValues(part);
      into.set(part, at);
    }
  },
};
