import { SingleBar } from "cli-progress";
import type { ProgressEvent } from "@ringzero/service";

/** Work that is over within so many milliseconds shows no bar. */
const SHORT = 400;

/** A progress bar on standard error, where that is a terminal. */
export class Progress {
  #bar: SingleBar | undefined;
  readonly #began: number = performance.now();

  /** A step of the work. */
  show({ step, done, all }: ProgressEvent): void {
    if (!process.stderr.isTTY) return;
    if (!this.#bar) {
      if (done >= all || performance.now() - this.#began < SHORT) return;
      this.#bar = new SingleBar({ stream: process.stderr, format: "{bar} {percentage}%  {step}", barsize: 30, barCompleteChar: "━", barIncompleteChar: "╌", hideCursor: true, clearOnComplete: true, linewrap: false, autopadding: true });
      this.#bar.start(all, done, { step });
    } else this.#bar.update(done, { step });
  }
  /** The work is over. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
