import { Listeners, PatientListeners } from "../listeners.ts";
import type { Terminal } from "../terminal.ts";

/** A terminal without a person: a test types, and reads what was shown. */
export class MemoryTerminal implements Terminal {
  columns: number;
  rows: number;
  /** Whether it is raw now. */
  raw: boolean = false;
  readonly #input = new PatientListeners<Uint8Array>();
  readonly #resize = new Listeners<undefined>();
  readonly #decoder = new TextDecoder();
  #shown = "";

  /** A terminal of a size in characters. */
  constructor(columns: number = 80, rows: number = 24) {
    this.columns = columns;
    this.rows = rows;
  }
  write(bytes: Uint8Array): void {
    this.#shown += this.#decoder.decode(bytes, { stream: true });
  }
  onInput(listener: (bytes: Uint8Array) => void): () => void {
    return this.#input.add(listener);
  }
  onResize(listener: () => void): () => void {
    return this.#resize.add(listener);
  }
  setRaw(raw: boolean): void {
    this.raw = raw;
  }
  /** Everything that was written, control sequences included. */
  get shown(): string {
    return this.#shown;
  }
  /** Types text. */
  type(text: string): void {
    this.#input.emit(new TextEncoder().encode(text));
  }
  /** Gives the terminal another size. */
  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.#resize.emit(undefined);
  }
}
