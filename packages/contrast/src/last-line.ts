/** Characters of a line that are told. */
const SHOWN = 100;

/** The last line of a console that anybody could read, as text without control sequences (ECMA-48), from bytes that come in pieces. */
export class LastLine {
  #pending = "";
  #line = "";

  /** More came. The last line that is whole, or the one under way. */
  add(bytes: Uint8Array): string {
    for (const b of bytes) this.#pending += String.fromCharCode(b);
    const lines = this.#pending.split(/[\r\n]+/);
    this.#pending = lines.at(-1)!.slice(-4 * SHOWN);
    const line = lines.map(plain).findLast((text) => text !== "");
    if (line !== undefined) this.#line = line;
    return this.#line;
  }
}
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the control characters are what goes
  return text.replaceAll(/\u001B(?:\[[0-?]*[ -/]*[@-~]|.?)/g, "").replaceAll(/[^ -~]/g, "").trim().slice(0, SHOWN);
}
