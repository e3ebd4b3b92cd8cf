/** What tasks have crossed so far. */
export interface Counts {
  /** Instructions retired by programs. */
  instructions: number;
  /** System calls entered: one that waits counts once. */
  systemCalls: number;
  /** Page faults, those that ended in a signal among them. */
  pageFaults: number;
  /** Times that another task was given the processor. */
  contextSwitches: number;
  /** Signals delivered: handlers entered and default actions carried out. */
  signals: number;
}
/** Counts at their beginning. */
export function newCounts(): Counts { return { instructions: 0, systemCalls: 0, pageFaults: 0, contextSwitches: 0, signals: 0 }; }
