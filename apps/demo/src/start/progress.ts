/** Tells on standard output how far things are: on a terminal one line that changes, elsewhere a line for each step. */
export class ProgressLine {
  readonly #out: NodeJS.WriteStream;
  #shown = "";

  constructor(out: NodeJS.WriteStream = process.stdout) { this.#out = out; }

  /** A step under way; `share` of 1 is done, where that is known. */
  step(text: string, share?: number): void {
    const line = share === undefined ? text : `${bar(share)} ${text}`;
    if (!this.#out.isTTY) {
      if (text !== this.#shown) this.#out.write(`${text}\n`);
      this.#shown = text;
      return;
    }
    this.#shown = line.slice(0, Math.max(20, this.#out.columns - 1));
    this.#out.write(`\r\u001B[K${this.#shown}`);
  }
  /** A line that stays. */
  say(text: string): void {
    if (this.#out.isTTY && this.#shown) this.#out.write("\r\u001B[K");
    this.#shown = "";
    this.#out.write(`${text}\n`);
  }
}

function bar(share: number): string {
  const width = 20, full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${"#".repeat(full)}${"-".repeat(width - full)}]`;
}
