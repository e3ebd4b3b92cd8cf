import type { ScreenEvent } from "@ringzero/service";
import { write } from "../console/output.ts";
import { ScreenLog } from "./screen-log.ts";
import { screenPainting, screenText, type ScreenText } from "./text-screen.ts";

/** A line that stays so long, in milliseconds, is taken for whole. */
const SETTLED = 250;
const ALTERNATE = "\u001B[?1049h\u001B[2J", MAIN = "\u001B[?1049l\u001B[0m\u001B[?25h";

/** Shows a text screen on standard output: in place where that is a terminal, else as lines. */
export class ScreenView {
  readonly #log = new ScreenLog();
  readonly #terminal = process.stdout.isTTY === true;
  #last: ScreenText | undefined;
  #timer: NodeJS.Timeout | undefined;
  #entered = false;

  /** The screen is this now. Returns it as text. */
  show(event: ScreenEvent): string {
    const screen = (this.#last = screenText(event));
    if (this.#terminal) {
      void write(process.stdout, (this.#entered ? "" : ALTERNATE) + screenPainting(event));
      this.#entered = true;
    } else {
      this.#print(false);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#print(true), SETTLED);
    }
    return screen.lines.join("\n");
  }
  /** Nothing more comes: what is left is printed, and a terminal keeps the last screen as lines. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#entered) await write(process.stdout, MAIN);
    this.#print(true);
    await write(process.stdout, "");
  }
  #print(settled: boolean): void {
    const text = this.#last ? this.#log.next(this.#last, settled) : "";
    if (text !== "") void write(process.stdout, text);
  }
}
