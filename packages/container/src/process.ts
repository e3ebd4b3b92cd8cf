import { type Devpts, type Kernel, type Namespaces, sendToGroup, type Stream, type ThreadGroup, type Tty, userSignal } from "@ringzero/kernel";
import { O_RDONLY, O_WRONLY } from "@ringzero/linux-abi";
import { ExpectScript, type ExpectStep } from "@ringzero/machine";
import { OutputBuffer, type OutputListener } from "./output-buffer.ts";
import { programOf, startError } from "./program.ts";
import { find } from "./rootfs/files.ts";
import { shellStatus, signalNumber } from "./signal-number.ts";
import type { ProcessSpec } from "./spec.ts";

/** What a process needs of the runtime that it belongs to. */
export interface ProcessContext {
  /** The kernel it runs on. */
  readonly kernel: Kernel;
  /** A name that no other process has, for its input ports. */
  readonly name: string;
  /** Where its terminal shows; undefined where the container has no /dev. */
  readonly devpts: Devpts | undefined;
  /** Carries an action out where inputs enter the kernel's time, and logs what it was. */
  act<T>(what: object, action: () => T): Promise<T>;
  /** There is an input. */
  wake(): void;
}

/** Bytes of output under way to a reader elsewhere before programs wait. */
const MOST_UNDER_WAY = 1 << 20;

/** A program that was started from outside, with its streams: a container's first one, or one that exec has added. */
export class Process {
  /** What it was asked for. */
  readonly spec: ProcessSpec;
  /** Resolves when it has ended and its output has been handed out: its status as a shell sees it, see {@link shellStatus}. */
  readonly exited: Promise<number>;
  readonly #context: ProcessContext;
  readonly #output = new OutputBuffer();
  #terminal: Tty | undefined;
  #stdin: Stream | undefined;
  #group: ThreadGroup | undefined;
  #streams: readonly Stream[] = [];
  /** Bytes that are on their way to whoever reads them, and whether its programs wait for that. */
  #underWay = 0;
  #full = false;
  #exitCode: number | undefined;
  #announced = false;
  #hasExited!: (code: number) => void;
  /** What was typed before the start. */
  readonly #early: Uint8Array[] = [];
  #inputClosed = false;

  /** A process that has yet to start. @internal */
  constructor(context: ProcessContext, spec: ProcessSpec) {
    this.#context = context;
    this.spec = spec;
    if (spec.script) this.#script = new ExpectScript(spec.script, (step) => this.#reached(step));
    this.exited = new Promise((resolve) => (this.#hasExited = resolve));
  }
  /** Its number as the kernel counts; 0 unless it runs. */
  get pid(): number { return this.#group && this.#exitCode === undefined ? this.#group.pid : 0; }
  /** Its end as a shell sees it; undefined until then. */
  get exitCode(): number | undefined { return this.#exitCode; }
  /** Called within the output that completes a step of the script. */
  onMark: ((name: string) => void) | undefined;
  #script: ExpectScript | undefined;
  /** Called when it has ended, before `exited` resolves. */
  onEnd: (() => void) | undefined;
  /** Told, between slices, how many bytes of its input it has read since; of a terminal's, how many have come. */
  onRead: ((bytes: number) => void) | undefined;
  #read = 0;
  /** Called when it first waits for input on its terminal. */
  onPrompt: (() => void) | undefined;

  /** Calls `listener` with what it writes: stream 1 is standard output, or the terminal, 2 standard error. What came before the first listener waits. Returns what ends that. */
  onOutput(listener: OutputListener): () => void { return this.#output.listen(listener); }
  /** Types on its terminal, or writes to its standard input: the bytes enter at the end of the slice under way. */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#inputClosed || this.#exitCode !== undefined) return;
    if (!this.#group) this.#early.push(bytes.slice());
    else this.#offer(bytes);
  }
  /** No input follows: readers of standard input come to its end. A terminal has no end: type ^D. */
  closeInput(): void {
    if (this.#inputClosed || this.spec.terminal || this.#exitCode !== undefined) return;
    if (this.#group) this.#offer(new Uint8Array());
    this.#inputClosed = true;
  }
  /** Gives the terminal another size; its foreground gets SIGWINCH. */
  resize(columns: number, rows: number): void {
    const terminal = this.#terminal;
    if (terminal && this.#exitCode === undefined) void this.#context.act({ resize: this.#context.name, columns, rows }, () => terminal.resize(rows, columns));
  }
  /** Sends it a signal: a name or a number. Throws an Error where there is no such signal. */
  kill(signal: string | number): void {
    const number = signalNumber(signal), group = this.#group;
    if (group && this.#exitCode === undefined) void this.#context.act({ signal: number, process: this.#context.name }, () => sendToGroup(group, userSignal(number, 0, 0)));
  }

  /** Starts it. Throws a StartError where it cannot be. Called where inputs enter. */
  start(namespaces: Namespaces): void {
    const { kernel } = this.#context, { spec } = this;
    try {
      const program = programOf(kernel, namespaces, spec);
      this.#group = kernel.spawn({ ...program, ...(spec.terminal ? { terminal: this.#openTerminal(namespaces, spec.terminal.rows, spec.terminal.columns) } : { files: this.#openStreams() }) });
    } catch (error) {
      this.#close();
      throw startError(error, spec);
    }
    this.#group.onEnd = (status) => this.end(shellStatus(status));
    for (const bytes of this.#early.splice(0)) this.#offer(bytes);
    if (this.#inputClosed) this.#offer(new Uint8Array());
  }
  #openTerminal(namespaces: Namespaces, rows: number, columns: number): Tty {
    const { kernel, name, devpts } = this.#context, terminal = (this.#terminal = kernel.newTerminal(name, devpts));
    terminal.path = devpts && find(namespaces.mounts, `/dev/pts/${devpts.numberOf(terminal)}`);
    terminal.rows = rows;
    terminal.columns = columns;
    terminal.onOutput = (bytes) => this.#put(1, bytes);
    terminal.onAwaited = () => {
      terminal.onAwaited = undefined;
      this.onPrompt?.();
    };
    return terminal;
  }
  #openStreams(): Stream[] {
    const { kernel, name } = this.#context, stdin = (this.#stdin = kernel.stream(O_RDONLY));
    kernel.time.port(name, (bytes) => { if (bytes.length === 0) stdin.end(); else stdin.push(bytes); });
    stdin.onRead = (n) => { this.#read += n; };
    if (!this.spec.stdin) stdin.end();
    this.#streams = [kernel.stream(O_WRONLY, (bytes) => this.#put(1, bytes)), kernel.stream(O_WRONLY, (bytes) => this.#put(2, bytes))];
    return [stdin, ...this.#streams];
  }
  #put(stream: 1 | 2, bytes: Uint8Array): void {
    this.#output.put(stream, bytes);
    if (stream === 1) this.#script?.hear(bytes);
  }
  #reached({ mark, type }: ExpectStep): void {
    if (mark !== undefined) this.onMark?.(mark);
    if (type !== undefined) this.write(new TextEncoder().encode(type));
  }
  #offer(bytes: Uint8Array): void {
    this.#context.kernel.time.offer(this.#context.name, bytes);
    if (this.#terminal) this.#read += bytes.length;
    this.#context.wake();
  }
  #close(): void {
    if (this.#terminal) {
      this.#context.kernel.closeTerminal(this.#terminal);
      this.#context.devpts?.remove(this.#terminal);
    }
    else if (this.#stdin) this.#context.kernel.time.closePort(this.#context.name);
    this.#terminal = this.#stdin = undefined;
  }

  /** Output has been sent to a reader elsewhere. Where much is under way its programs wait, so that a fast writer fills no memory. */
  sent(bytes: number): void {
    this.#underWay += bytes;
    if (this.#underWay > MOST_UNDER_WAY && !this.#full) this.#setFull(true);
  }
  /** So much of it has arrived. */
  arrived(bytes: number): void {
    this.#underWay = Math.max(0, this.#underWay - bytes);
    if (!this.#full || this.#underWay > MOST_UNDER_WAY / 2 || this.#exitCode !== undefined) return;
    void this.#context.act({ room: this.#context.name }, () => this.#setFull(false)).catch(() => {});
  }
  #setFull(full: boolean): void {
    this.#full = full;
    this.#terminal?.setFull(full);
    for (const stream of this.#streams) stream.setFull(full);
  }

  /** It has ended, or never will start: `code` is what `exited` gives once `flush` has been called. */
  end(code: number): void {
    if (this.#exitCode !== undefined) return;
    this.#exitCode = code;
    this.#close();
    this.onEnd?.();
  }
  /** The kernel has gone down with it: nothing of that is touched any more. */
  lost(code: number): void {
    if (this.#exitCode !== undefined) return;
    this.#exitCode = code;
    this.onEnd?.();
  }
  /** Hands its output to the listeners, and its end. Called between slices. */
  flush(): void {
    this.#output.flush();
    if (this.#read > 0) {
      this.onRead?.(this.#read);
      this.#read = 0;
    }
    if (this.#exitCode === undefined || this.#announced) return;
    this.#announced = true;
    this.#hasExited(this.#exitCode);
  }
}
