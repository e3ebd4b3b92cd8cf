import type { ScreenEvent } from "@ringzero/service";
import { glyph } from "./code-page-437.ts";

/** A text screen as lines of characters. */
export interface ScreenText {
  /** Without blanks at their ends, but for those before the cursor: a prompt ends with one. */
  readonly lines: readonly string[];
  readonly cursor: { readonly row: number; readonly column: number } | undefined;
}

/** The characters of a screen. */
export function screenText({ columns, rows, cells, cursor }: ScreenEvent): ScreenText {
  const bytes = Buffer.from(cells, "base64");
  const lines = Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => glyph(bytes[2 * (row * columns + column)] ?? 0x20)).join("").trimEnd().padEnd(row === cursor?.row ? cursor.column : 0));
  return { lines, cursor };
}

/** ANSI's number of each of the adapter's colours: red and blue are swapped. */
const ANSI = [0, 4, 2, 6, 1, 5, 3, 7];
const escape = (code: string): string => `\u001B[${code}`;

/** Control sequences that show a screen on a terminal, colours and all. */
export function screenPainting({ columns, rows, cells, cursor }: ScreenEvent): string {
  const bytes = Buffer.from(cells, "base64");
  let painting = escape("?25l"), last = -1;
  for (let row = 0; row < rows; row++) {
    painting += escape(`${row + 1};1H`);
    for (let column = 0; column < columns; column++) {
      const at = 2 * (row * columns + column), attribute = bytes[at + 1] ?? 7;
      if (attribute !== last) {
        const foreground = attribute & 15, background = (attribute >> 4) & 7;
        painting += escape(`0;${(foreground > 7 ? 90 : 30) + ANSI[foreground & 7]!};${40 + ANSI[background]!}m`);
        last = attribute;
      }
      painting += glyph(bytes[at] ?? 0x20);
    }
  }
  return painting + escape("0m") + (cursor ? escape(`${cursor.row + 1};${cursor.column + 1}H`) + escape("?25h") : "");
}
