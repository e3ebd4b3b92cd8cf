import type { Terminal } from "@ringzero/host";
import type { SerialBackend } from "@ringzero/devices";
import type { ExpectScript } from "@ringzero/machine";

/** Characters typed ahead that are kept; more are lost, as on a terminal whose line is full. */
const TYPED_AHEAD = 1 << 16;

/** The far end of a serial port: shows what the guest sends, and sends what is typed. */
export class SerialConsole implements SerialBackend {
  readonly #offer: (bytes: Uint8Array) => void;
  #listeners: readonly ((bytes: Uint8Array) => void)[] = [];
  #output: number[] = [];
  #waiting: number[] = [];

  /** `offer` takes what is typed to where inputs enter the tenant's time. */
  constructor(offer: (bytes: Uint8Array) => void) { this.#offer = offer; }

  /** Calls `listener` with what the guest sends, a slice's output at once. Returns what ends that. */
  onOutput(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => { this.#listeners = this.#listeners.filter((other) => other !== listener); };
  }
  /** Types: the bytes enter at the end of the slice under way. */
  write(bytes: Uint8Array): void { this.#offer(bytes); }
  /** Types text, as UTF-8. */
  type(text: string): void { this.write(new TextEncoder().encode(text)); }
  /** Connects a terminal: both ways, raw. Returns what ends that. */
  pipeTo(terminal: Terminal): () => void {
    const ends = [this.onOutput((bytes) => terminal.write(bytes)), terminal.onInput((bytes) => this.write(bytes))];
    terminal.setRaw(true);
    return () => {
      for (const end of ends) end();
      terminal.setRaw(false);
    };
  }

  /** Characters that the guest has sent. */
  transmitted = 0;
  /** Hears each character at the instruction that sends it. */
  script: ExpectScript | undefined;
  /** A character from the guest. */
  transmit(byte: number): void {
    this.transmitted++;
    this.#output.push(byte);
    this.script?.hear([byte]);
  }
  /** Hands what has come to the listeners. */
  flush(): void {
    if (this.#output.length === 0) return;
    const bytes = Uint8Array.from(this.#output);
    this.#output = [];
    for (const listener of this.#listeners) listener(bytes);
  }
  /** What has been typed and admitted, waiting for room in the port. */
  admit(bytes: Uint8Array): void {
    const room = TYPED_AHEAD - this.#waiting.length;
    for (const b of bytes.subarray(0, room)) this.#waiting.push(b);
  }
  /** Up to `count` characters for the port. */
  take(count: number): Uint8Array { return Uint8Array.from(this.#waiting.splice(0, count)); }
  /** The state as plain data, and back. */
  save(): readonly number[] { return [...this.#waiting]; }
  /** Takes over what was typed ahead. */
  restore(waiting: readonly number[]): void { this.#waiting = [...waiting]; }
}
