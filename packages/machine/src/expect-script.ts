/** One step of a script for a console: what to wait for, and what to do then. Both worlds have it, so that a run needs nobody at the keyboard and is the same each time. */
export interface ExpectStep {
  /** Text of the tenant's output, after what the step before waited for. */
  readonly after: string;
  /** Keeps what has been counted at that very instruction, under this name. */
  readonly mark?: string;
  /** Types this: it enters at the end of the slice under way, as all input does. */
  readonly type?: string;
}

/** Follows a console's output byte by byte through the steps of a script. */
export class ExpectScript {
  readonly #steps: readonly ExpectStep[];
  readonly #reached: (step: ExpectStep) => void;
  #next = 0;
  #tail = "";

  /** `reached` is called within the output that completes a step's text. Throws an Error where a step waits for nothing. */
  constructor(steps: readonly ExpectStep[], reached: (step: ExpectStep) => void) {
    if (steps.some(({ after }) => after === "")) throw new Error("A step of a console script has to wait for some text.");
    this.#steps = steps;
    this.#reached = reached;
  }
  /** Steps that have been reached. */
  get done(): number { return this.#next; }
  /** More output: one character a byte is compared. */
  hear(bytes: Iterable<number>): void {
    for (const byte of bytes) {
      const step = this.#steps[this.#next];
      if (!step) return;
      this.#tail = (this.#tail + String.fromCharCode(byte)).slice(-step.after.length);
      if (this.#tail !== step.after) continue;
      this.#next++;
      this.#tail = "";
      this.#reached(step);
    }
  }
}
