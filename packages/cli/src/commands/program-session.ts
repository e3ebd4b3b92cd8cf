import { CHANNEL, kernelLost, ServiceError, type CallListeners, type ClientCall, type ProgramEnd, type ProgramEvent, type ServiceClient } from "@ringzero/service";
import { outputClosed, write } from "../console/output.ts";
import { rawMode } from "../console/raw-mode.ts";
import { CONTROL_PQ, EscapeKey, StandardInput } from "../console/standard-input.ts";
import { CommandFailure, EXIT_USAGE } from "../failure.ts";
import { onSignal, type HeardSignal } from "../signals.ts";
import { terminalSize } from "./container-options.ts";

/** How this command's standard streams are connected to a program. */
export interface ProgramSession {
  readonly interactive: boolean;
  readonly tty: boolean;
  /** Begins the call whose streams they are. */
  readonly begin: (listeners: CallListeners<ProgramEvent>) => ClientCall<ProgramEnd, ProgramEvent>;
  /** Called when they are connected. */
  readonly attached?: () => Promise<void>;
  /** Gets this command's signals; undefined = they end the command and nothing else. */
  readonly onSignal?: ((signal: HeardSignal) => void) | undefined;
}

/** docker-run(1): signals that are handed on. */
const PROXIED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;
/** What the command ends with where standard input is to be a terminal and is none, as docker(1). */
const NOT_A_TERMINAL = 1;

/** Checks before anything is made that standard input is what `-i -t` needs. */
export function checkTerminal(options: { readonly interactive: boolean; readonly tty: boolean }): void {
  if (options.interactive && options.tty && process.stdin.isTTY !== true) throw new CommandFailure("The input device is not a TTY: leave out -t.", NOT_A_TERMINAL);
}

/** Connects the standard streams to a program until it has ended, or the detach keys Ctrl-P Ctrl-Q. Returns the program's exit status. */
export async function programSession(client: ServiceClient, session: ProgramSession): Promise<number> {
  const { interactive, tty } = session, attached = Promise.withResolvers<number>(), cleanUp: (() => void)[] = [];
  const { promise: left, resolve: leave } = Promise.withResolvers<number>();
  const call = session.begin({
    onBytes: (channel, bytes) => write(channel === CHANNEL.error ? process.stderr : process.stdout, bytes),
    onEvent: ({ process: number }) => attached.resolve(number),
  });
  try {
    const number = await Promise.race([attached.promise, call.result.then(() => 0)]);
    void outputClosed.then(() => leave(0));
    if (tty) cleanUp.push(followSize(client, number));
    if (interactive && tty) cleanUp.push(rawMode());
    if (session.onSignal) cleanUp.push(onSignal(PROXIED, session.onSignal));
    await session.attached?.();
    if (interactive) {
      const input = new StandardInput((bytes) => call.write(CHANNEL.input, bytes), tty ? new EscapeKey(CONTROL_PQ) : undefined);
      cleanUp.push(() => input.stop());
      void input.ended.then((how) => {
        if (how === "detach") leave(0);
        else call.end(CHANNEL.input);
      });
    }
    return await Promise.race([left, call.result.then(({ exitCode, failure }) => {
      if (failure !== undefined) throw new CommandFailure(kernelLost(failure), exitCode);
      return exitCode;
    })]);
  } catch (error) {
    throw programFailure(error);
  } finally {
    for (const undo of cleanUp.reverse()) undo();
    call.cancel();
  }
}
/** Tells the program's terminal the size of this one, now and whenever it changes. */
function followSize(client: ServiceClient, number: number): () => void {
  const tell = (): void => { void client.ask("container.resize", { process: number, ...terminalSize() }).catch(() => {}); };
  tell();
  process.stdout.on("resize", tell);
  return () => { process.stdout.off("resize", tell); };
}
/** A refusal with docker's status: 127 no such program, 126 not executable, 125 anything else. docker-run(1), "EXIT STATUS". */
export function programFailure(error: unknown): unknown {
  if (!(error instanceof ServiceError)) return error;
  const status = error.code === "no-program" ? 127 : error.code === "not-executable" ? 126 : EXIT_USAGE;
  return new CommandFailure(error.message, status, { cause: error });
}
