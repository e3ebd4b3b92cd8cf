/** What a detach key stops. */
export type InputEnd = "end" | "detach";

/**
 * Hands on what comes on standard input, waiting for `write` before more is read. Resolves at the end, or at a detach key where a terminal types it.
 */
export class StandardInput {
  readonly #write: (bytes: Uint8Array) => Promise<void> | void;
  readonly #escape: EscapeKey | undefined;
  /** Resolves when there is no more, or somebody typed the detach key. */
  readonly ended: Promise<InputEnd>;
  #stop!: () => void;

  /** `escape` finds the detach key in what is typed. */
  constructor(write: (bytes: Uint8Array) => Promise<void> | void, escape?: EscapeKey) {
    this.#write = write;
    this.#escape = escape;
    const stopped = new Promise<InputEnd>((resolve) => (this.#stop = () => resolve("end")));
    this.ended = Promise.race([stopped, this.#run()]);
  }
  async #run(): Promise<InputEnd> {
    try {
      for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
        const typed = this.#escape ? this.#escape.filter(new Uint8Array(chunk)) : { bytes: new Uint8Array(chunk), detach: false };
        if (typed.bytes.length > 0) await this.#write(typed.bytes);
        if (typed.detach) return "detach";
      }
    } catch {
      // A terminal that is gone, or a descriptor that was closed: nothing more comes.
    }
    return "end";
  }
  /** Reads no more. */
  stop(): void {
    this.#stop();
    process.stdin.destroy();
  }
}

/** Finds a sequence of keys in what is typed. */
export class EscapeKey {
  readonly #keys: readonly number[];
  #seen = 0;

  /** `keys` are bytes that are typed one after the other. */
  constructor(keys: readonly number[]) { this.#keys = keys; }

  /** What is to be sent on, and whether the sequence has been typed. Keys that may begin it are held back until the next one. */
  filter(typed: Uint8Array): { readonly bytes: Uint8Array; readonly detach: boolean } {
    const bytes: number[] = [];
    for (const key of typed) {
      if (key !== this.#keys[this.#seen]) {
        bytes.push(...this.#keys.slice(0, this.#seen));
        this.#seen = 0;
      }
      if (key !== this.#keys[this.#seen]) bytes.push(key);
      else if (++this.#seen === this.#keys.length) {
        this.#seen = 0;
        return { bytes: Uint8Array.from(bytes), detach: true };
      }
    }
    return { bytes: Uint8Array.from(bytes), detach: false };
  }
}
/** Ctrl-], as telnet(1) and virsh(1) have it; Ctrl-P Ctrl-Q, as docker(1) has it. */
export const CONTROL_BRACKET: readonly number[] = [0x1d], CONTROL_PQ: readonly number[] = [0x10, 0x11];
