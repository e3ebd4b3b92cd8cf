import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const PROMPT = /<bochs:\d+> $/;

/** Longest time that one command may take, in seconds. */
const ANSWER_SECONDS = 60;

/** Bochs's built-in debugger, driven through its standard input and output. One command at a time. */
export class BochsDebugger {
  readonly #process: ChildProcess;
  /** The end of the pipe to write commands to. */
  readonly #commands: number;
  #output = '';
  #complaint = '';
  #exited = false;
  #wake: (() => void) | undefined;

  private constructor(process: ChildProcess, commands: number) {
    this.#process = process;
    this.#commands = commands;
    process.stdout?.on('data', (data: Buffer) => {
      this.#output += data.toString('latin1');
      this.#wake?.();
    });
    process.stderr?.on('data', (data: Buffer) => (this.#complaint += data.toString('latin1')));
    process.on('error', () => {}); // 'close' follows
    process.on('close', () => {
      this.#exited = true;
      this.#wake?.();
    });
  }

  /**
   * Starts Bochs with a configuration and waits until the debugger asks for a command.
   *
   * Two traps of Bochs 2.7: the debugger does not flush its prompt, hence coreutils' `stdbuf`
   * (the C library flushes a line-buffered output before it reads an unbuffered input); and the VNC display without a client
   * sends its frames to descriptor 0, which blocks once standard input is a socket, as Node's pipes are, hence a FIFO.
   */
  static async start(program: string, configuration: string, directory: string): Promise<BochsDebugger> {
    const fifo = join(directory, 'commands');
    execFileSync('mkfifo', [fifo]);
    // To open a FIFO only for writing waits for a reader.
    const write = openSync(fifo, constants.O_RDWR);
    const read = openSync(fifo, constants.O_RDONLY);
    const child = spawn('stdbuf', ['-i0', '-oL', program, '-q', '-f', configuration], { cwd: directory, stdio: [read, 'pipe', 'pipe'] });
    closeSync(read);
    const bochs = new BochsDebugger(child, write);
    if ((await bochs.#answer()) === undefined) throw new Error(`Bochs did not start: ${bochs.#complaint.trim()}`);
    return bochs;
  }

  /** Why Bochs ended, or undefined while it runs. */
  get ended(): string | undefined {
    if (!this.#exited) return undefined;
    return /Bochs is exiting with the following message:\n(.*)/.exec(this.#complaint)?.[1] ?? 'Bochs has ended';
  }

  /** Executes a command; returns what it printed, or undefined if Bochs ended instead. */
  command(command: string): Promise<string | undefined> {
    this.#output = '';
    writeSync(this.#commands, `${command}\n`);
    return this.#answer();
  }

  /** Ends Bochs. */
  close(): void {
    closeSync(this.#commands);
    this.#process.kill('SIGKILL');
  }

  async #answer(): Promise<string | undefined> {
    for (;;) {
      const prompt = PROMPT.exec(this.#output);
      if (prompt) return this.#output.slice(0, prompt.index);
      if (this.#exited) return undefined;
      await this.#data();
    }
  }

  #data(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.close();
        reject(new Error(`Bochs has not answered for ${ANSWER_SECONDS} seconds.`));
      }, ANSWER_SECONDS * 1e3);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
