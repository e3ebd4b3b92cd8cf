import type { Writable } from "node:stream";
import { CHANNEL, type AttachEvent, type ClientCall, type ServiceClient, type VmEnded } from "@ringzero/service";
import { outputClosed, write } from "../console/output.ts";
import { isTerminal, rawMode } from "../console/raw-mode.ts";
import { CONTROL_BRACKET, EscapeKey, StandardInput } from "../console/standard-input.ts";
import { Until } from "../console/until.ts";
import { ScreenView } from "../screen/screen-view.ts";
import { onSignal, type HeardSignal } from "../signals.ts";

/** What of a virtual machine is connected to standard input and output. */
export interface ConsoleOptions {
  readonly console: "serial" | "screen";
  readonly until?: RegExp | undefined;
  /** Seconds. */
  readonly timeout?: number | undefined;
  /** Standard input waits until the console says this. */
  readonly inputAfter?: RegExp | undefined;
  /** Whether the last bytes so far come first. */
  readonly replay: boolean;
  /** Whether it is over for a script when the guest has halted for good. */
  readonly endWhenHalted?: boolean;
  /** Where the instructions that trapped are written, a line for each; undefined = nowhere. */
  readonly trace?: Writable | undefined;
  /** Called when it is connected. */
  readonly attached?: () => Promise<void>;
}

/** How a session at a console ended. */
export type ConsoleEnd =
  | { readonly kind: "ended"; readonly state: VmEnded["state"]; readonly failure: string | undefined; readonly seen: boolean }
  | { readonly kind: "seen" | "timeout" | "halted" | "detached" | "closed" }
  | { readonly kind: "signal"; readonly signal: HeardSignal };

/** Connects standard input and output to a console until one of them ends. Rejects where the machine goes. */
export async function consoleSession(client: ServiceClient, name: string, options: ConsoleOptions): Promise<ConsoleEnd> {
  const until = options.until && new Until(options.until), ready = options.inputAfter && new Until(options.inputAfter), readyNow = Promise.withResolvers<void>();
  const screen = options.console === "screen" ? new ScreenView() : undefined, cleanUp: (() => void)[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<ConsoleEnd>(), attached = Promise.withResolvers<void>();
  const see = (look: (what: Until) => boolean): void => {
    if (until && look(until)) end({ kind: "seen" });
    if (!ready || look(ready)) readyNow.resolve();
  };
  const call: ClientCall<VmEnded, AttachEvent> = client.call("vm.attach", { name, console: options.console, replay: options.replay, trace: options.trace !== undefined }, {
    onBytes: async (channel, bytes) => {
      if (channel === CHANNEL.trace) {
        await write(options.trace!, bytes);
        return;
      }
      await write(process.stdout, bytes);
      see((what) => what.bytes(bytes));
    },
    onEvent: (event) => {
      if (event.kind === "screen") {
        const text = screen!.show(event);
        see((what) => what.whole(text));
      } else if (event.kind === "attached") attached.resolve();
      // A person may look at one that has halted, and reset it from elsewhere; a script has nothing to wait for.
      else if (options.endWhenHalted && !isTerminal()) end({ kind: "halted" });
    },
  });
  void call.result.then(({ state, failure }) => end({ kind: "ended", state, failure, seen: until?.seen ?? false }), () => {});
  try {
    await Promise.race([attached.promise, call.result]);
    cleanUp.push(onSignal(["SIGINT", "SIGTERM", "SIGHUP"], (signal) => end({ kind: "signal", signal })));
    void outputClosed.then(() => end({ kind: "closed" }));
    if (isTerminal()) cleanUp.push(rawMode());
    await options.attached?.();
    const typed = async (bytes: Uint8Array): Promise<void> => {
      if (ready) await readyNow.promise;
      await call.write(CHANNEL.input, bytes);
    };
    const input = new StandardInput(typed, isTerminal() ? new EscapeKey(CONTROL_BRACKET) : undefined);
    cleanUp.push(() => input.stop());
    void input.ended.then((how) => {
      if (how === "detach") end({ kind: "detached" });
      else call.end(CHANNEL.input);
    });
    if (options.timeout !== undefined) {
      const timer = setTimeout(() => end({ kind: "timeout" }), options.timeout * 1000);
      cleanUp.push(() => clearTimeout(timer));
    }
    return await Promise.race([ended, call.result.then(() => ended)]);
  } finally {
    for (const undo of cleanUp.reverse()) undo();
    await screen?.close();
    call.cancel();
  }
}
