import type { ScreenText } from "./text-screen.ts";

/**
 * A text screen as a stream of lines, for scripts: each line that has come or changed, once, in the order of the screen. What scrolls is followed. The line that the cursor is on may be half
 * written: it comes when the cursor has left it, or nothing has changed for a while.
 */
export class ScreenLog {
  #shown: string[] = [];

  /** The screen is this now; `settled` where it has not changed for a while. What is to be printed. */
  next({ lines, cursor }: ScreenText, settled: boolean): string {
    const scrolled = this.#scrolled(lines);
    if (scrolled > 0) this.#shown = [...this.#shown.slice(scrolled), ...Array.from({ length: scrolled }, () => "")];
    let text = "";
    for (const [row, line] of lines.entries()) {
      if (line === (this.#shown[row] ?? "") || (row === cursor?.row && !settled)) continue;
      this.#shown[row] = line;
      if (line !== "") text += `${line}\n`;
    }
    return text;
  }
  /** By how many lines the screen has moved up: the least with which all lines but the last changed ones are where they were. */
  #scrolled(lines: readonly string[]): number {
    const shown = this.#shown, last = shown.findLastIndex((line) => line !== "");
    if (last < 0) return 0;
    const stays = (by: number): number => shown.slice(by, last + 1).filter((line, row) => line !== "" && line === lines[row]).length;
    const still = stays(0);
    let best = 0, most = still;
    for (let by = 1; by <= last; by++) {
      const kept = stays(by);
      if (kept > most && kept * 2 >= shown.slice(by, last + 1).filter((line) => line !== "").length) {
        best = by;
        most = kept;
      }
    }
    return best;
  }
}
