import type { ReadStream, WriteStream } from "node:tty";
import { PatientListeners, Listeners } from "../listeners.ts";
import type { Terminal } from "../terminal.ts";

/** The terminal that a process was started on. Input is read only while somebody listens, so that the process can end. */
export class NodeTerminal implements Terminal {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #typed = new PatientListeners<Uint8Array>();
  readonly #resized = new Listeners<undefined>();
  #listening = 0;

  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input;
    this.#output = output;
  }
  get columns(): number {
    return this.#output.columns;
  }
  get rows(): number {
    return this.#output.rows;
  }
  write(bytes: Uint8Array): void {
    this.#output.write(bytes);
  }
  onInput(listener: (bytes: Uint8Array) => void): () => void {
    const remove = this.#typed.add(listener);
    if (this.#listening++ === 0) this.#input.on("data", this.#read);
    this.#input.resume();
    return once(() => {
      remove();
      if (--this.#listening > 0) return;
      this.#input.off("data", this.#read);
      this.#input.pause();
    });
  }
  onResize(listener: () => void): () => void {
    const remove = this.#resized.add(listener);
    if (this.#resized.count === 1) this.#output.on("resize", this.#resize);
    return once(() => {
      remove();
      if (this.#resized.count === 0) this.#output.off("resize", this.#resize);
    });
  }
  setRaw(raw: boolean): void {
    this.#input.setRawMode(raw);
  }
  readonly #read = (chunk: Uint8Array | string): void => this.#typed.emit(typeof chunk === "string" ? new TextEncoder().encode(chunk) : new Uint8Array(chunk));
  readonly #resize = (): void => this.#resized.emit(undefined);
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
