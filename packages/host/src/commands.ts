/** A program of the platform and what it is given. */
export interface Command {
  /** Its name, found as a shell finds it, or its path. No shell takes part. */
  readonly program: string;
  /** Each one word to the program, whatever is in it. */
  readonly arguments?: readonly string[];
  /** What it reads. Default: nothing. */
  readonly input?: Uint8Array;
  /** Its working directory. Default: ours. */
  readonly directory?: string;
  /** Variables to add to our environment. */
  readonly environment?: { readonly [name: string]: string };
  /** Kills it when aborted; `run` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface CommandResult {
  /** Exit status; undefined where a signal killed it. */
  readonly status: number | undefined;
  /** All that it printed. */
  readonly output: Uint8Array;
  /** All that it printed as errors. */
  readonly errors: Uint8Array;
}

/** Programs of the platform. */
export interface Commands {
  /** Runs a program to its end. Rejects with a HostError where it cannot be started: `not-found`, `denied`, `unsupported`. */
  run(command: Command): Promise<CommandResult>;
}
