import type { Host, WorkerHandle } from "@ringzero/host";
import { answerMessage, type AnswerMessage, type Ask, type AnswersData } from "./answers-messages.ts";
import type { Answer, Answers } from "./answers.ts";

/** What a student's functions run with. */
export interface AnswersOptions {
  /** The worker's module: it calls `serveAnswers`. */
  readonly module: URL;
  /** The student's module. */
  readonly answers: string;
  /** Nanoseconds that one call may take, and the loading of the module. Default: 10 s, a thousand times what any of them needs. */
  readonly patience?: number;
}
const PATIENCE = 10e9, STEPS = 40;

/** A student's functions on a worker of their own: one that never returns is ended, and the others are asked on a new one. */
export class AnswersWorker implements Answers, AsyncDisposable {
  readonly #host: Host;
  readonly #options: AnswersOptions;
  readonly #patience: number;
  #worker: WorkerHandle | undefined;
  /** Who waits for the next message. */
  #heard: ((message: AnswerMessage | Error) => void) | undefined;

  private constructor(host: Host, options: AnswersOptions) {
    this.#host = host;
    this.#options = options;
    this.#patience = options.patience ?? PATIENCE;
  }
  /** Loads the student's module. Rejects with an Error in a sentence where that fails or does not end. */
  static async start(host: Host, options: AnswersOptions): Promise<AnswersWorker> {
    const made = new AnswersWorker(host, options);
    try {
      await made.#load();
      return made;
    } catch (error) {
      await made[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Calls one of them, one at a time, as {@link Answers} says. */
  async ask(question: string, experiment: unknown): Promise<Answer> {
    if (!this.#worker) await this.#load();
    this.#worker!.post({ question, experiment } satisfies Ask);
    const message = await this.#next();
    if (message === "silent") return { kind: "silent", seconds: this.#patience / 1e9 };
    if (message.kind !== "answer") throw new Error(`Your answers went on to load when "${question}" was asked. Take away what waits at the top of the file.`);
    return message.answer;
  }
  async #load(): Promise<void> {
    const { module, answers } = this.#options, worker = this.#host.workers.start(module, { name: "answers", data: { answers } satisfies AnswersData });
    this.#worker = worker;
    const loaded = this.#next();
    worker.onMessage((message) => this.#heard?.(answerMessage(message)));
    void worker.ended.then((error) => this.#heard?.(new Error(error ? `Your answers broke the worker that they ran on: ${error.message}` : "Your answers ended the worker that they ran on. A function of a lab only returns a number.")));
    const message = await loaded;
    if (message === "silent") throw new Error(`Your answers did not finish loading within ${this.#patience / 1e9} s. Does something at the top of the file never end?`);
    if (message.kind === "unreadable") throw new Error(`Your answers cannot be read: ${message.message}`);
  }
  /** The worker's next message; "silent" where there is none in time, and the worker is ended then. */
  async #next(): Promise<AnswerMessage | "silent"> {
    const { promise, resolve } = Promise.withResolvers<AnswerMessage | Error>(), over = new AbortController();
    this.#heard = resolve;
    const message = await Promise.race([promise, this.#wait(over.signal)]);
    over.abort();
    this.#heard = undefined;
    if (message === "silent" || message instanceof Error) await this[Symbol.asyncDispose]();
    if (message instanceof Error) throw message;
    return message;
  }
  /** Loses patience. In steps: a computer that was asleep, or stopped, has lost one of them and no more. */
  async #wait(signal: AbortSignal): Promise<"silent"> {
    for (let step = 0; step < STEPS && !signal.aborted; step++) await this.#host.wallClock.sleep(this.#patience / STEPS, signal).catch(() => {});
    return "silent";
  }
  /** Ends what runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}
