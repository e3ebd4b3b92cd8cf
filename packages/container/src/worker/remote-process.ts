import { OutputBuffer, type OutputListener } from "../output-buffer.ts";
import { signalNumber } from "../signal-number.ts";
import type { ToWorker } from "./messages.ts";

/** Bytes of input that may be under way before a writer waits. */
const MOST_UNDER_WAY = 1 << 18;

/** A program of a container as whoever holds the machine sees it. */
export class RemoteProcess {
  /** Resolves when it has ended and all its output has come: its status as a shell sees it, 128 and the number for a signal; 137 where its kernel went down. */
  readonly exited: Promise<number>;
  readonly #number: number;
  readonly #post: (message: ToWorker) => void;
  readonly #output = new OutputBuffer();
  #hasExited!: (code: number) => void;
  #exitCode: number | undefined;
  /** Bytes of input that it has not read. */
  #underWay = 0;
  #writers: (() => void)[] = [];

  /** Made by `RemoteRuntime`. `number` is the worker's. @internal */
  constructor(number: number, post: (message: ToWorker) => void) {
    this.#number = number;
    this.#post = post;
    this.exited = new Promise((resolve) => (this.#hasExited = resolve));
  }
  /** Its end as a shell sees it; undefined until then. */
  get exitCode(): number | undefined { return this.#exitCode; }
  /** Calls `listener` with what it writes: stream 1 is standard output, or the terminal, 2 standard error. What came before the first listener waits, the last MiB of it. Returns what ends that. */
  onOutput(listener: OutputListener): () => void { return this.#output.listen(listener); }
  /** Types on its terminal, or writes to its standard input. Resolves when more may be written, because it has read most of it or has ended: that is the back pressure. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#underWay += bytes.length;
    this.#tell({ kind: "input", process: this.#number, bytes });
    while (this.#underWay > MOST_UNDER_WAY && this.#exitCode === undefined) await new Promise<void>((resolve) => this.#writers.push(resolve));
  }
  /** No input follows: readers of standard input come to its end. A terminal has no end: type ^D. */
  closeInput(): void { this.#tell({ kind: "endInput", process: this.#number }); }
  /** Gives the terminal another size; its foreground gets SIGWINCH. */
  resize(columns: number, rows: number): void { this.#tell({ kind: "resize", process: this.#number, columns, rows }); }
  /** Sends it a signal: a name or a number. Throws an Error where there is no such signal. */
  kill(signal: string | number): void { this.#tell({ kind: "signal", process: this.#number, signal: signalNumber(signal) }); }

  /** Output has come. @internal */
  hear(stream: 1 | 2, bytes: Uint8Array): void {
    this.#output.put(stream, bytes);
    const taken = this.#output.flush(), tell = (): void => this.#tell({ kind: "taken", process: this.#number, bytes: bytes.length });
    if (taken) void taken.then(tell, tell);
    else tell();
  }
  /** It has read of its input. @internal */
  read(bytes: number): void {
    this.#underWay -= bytes;
    for (const resume of this.#writers.splice(0)) resume();
  }
  /** It has ended. @internal */
  end(code: number): void {
    if (this.#exitCode !== undefined) return;
    this.#exitCode = code;
    for (const resume of this.#writers.splice(0)) resume();
    this.#hasExited(code);
  }
  #tell(message: ToWorker): void { if (this.#exitCode === undefined) this.#post(message); }
}
