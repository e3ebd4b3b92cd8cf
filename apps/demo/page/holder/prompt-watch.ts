/** Characters of the last output that can matter. */
const TAIL = 200;

/** Watches a console for the first time that it ends as a pattern says. */
export class PromptWatch {
  readonly #pattern: RegExp;
  #tail = "";
  #seen = false;

  constructor(pattern: RegExp) { this.#pattern = pattern; }
  /** Takes output. Whether the first prompt has just come. */
  hear(bytes: Uint8Array): boolean {
    if (this.#seen) return false;
    let text = this.#tail;
    for (const b of bytes.subarray(Math.max(0, bytes.length - TAIL))) text += String.fromCharCode(b);
    this.#tail = text.slice(-TAIL);
    return (this.#seen = this.#pattern.test(this.#tail));
  }
}
