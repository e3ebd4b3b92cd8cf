/** Unpredictable bytes. A tenant gets them as logged input, never directly. */
export interface Entropy {
  /** Fills an array of any length. */
  fill(into: Uint8Array): void;
}
