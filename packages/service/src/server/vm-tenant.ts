import type { Counters, RemoteVirtualMachine, VirtualMachineState } from "@ringzero/hypervisor";
import type { WallClock } from "@ringzero/host";
import type { VmAttach, VmEnded } from "../protocol/vm-calls.ts";
import { CHANNEL } from "../protocol/messages.ts";
import type { CallContext } from "./call-context.ts";
import { keyStrokes } from "./scan-codes.ts";
import { Scrollback } from "./scrollback.ts";
import { trapLines } from "./trap-lines.ts";

/** Output that may wait for a client before its virtual machine waits for the client, and how much of the console so far is shown to one that attaches. */
const MOST_PENDING = 1 << 20, REPLAYED = 2000;
/** Between two looks at the text screen, in nanoseconds. */
const SCREEN_PERIOD = 50e6;
/** Between two keys, in nanoseconds. */
const KEY_PERIOD = 15e6;

/** A virtual machine of the service, with whoever is attached to it. */
export class VmTenant {
  readonly vm: RemoteVirtualMachine;
  readonly name: string;
  /** What it boots, in a word. */
  readonly boots: string;
  /** Bytes that it believes to have. */
  readonly memory: number;
  /** How its ring 0 is kept from the machine's. */
  readonly technique: string;
  /** When it was made, in milliseconds since 1970. */
  readonly created: number;
  readonly #wallClock: WallClock;
  readonly #scrollback = new Scrollback(1 << 16);
  readonly #attached = new Set<CallContext<"vm.attach">>();
  /** Clients that have not taken its output: it is held until they have. */
  readonly #held = new Set<CallContext<"vm.attach">>();
  #pausedByUser = false;
  #started = false;

  constructor(vm: RemoteVirtualMachine, about: { readonly boots: string; readonly memory: number; readonly technique: string }, wallClock: WallClock) {
    this.vm = vm;
    this.name = vm.name;
    this.boots = about.boots;
    this.memory = about.memory;
    this.technique = about.technique;
    this.created = wallClock.unixMilliseconds();
    this.#wallClock = wallClock;
    vm.console.onOutput((bytes) => this.#output(bytes));
  }

  /** Starts, or goes on after a pause. */
  start(): void {
    this.#started = true;
    this.#pausedByUser = false;
    if (this.#held.size === 0) this.vm.start();
  }
  /** Stops until `start`. */
  async pause(): Promise<void> {
    this.#pausedByUser = true;
    await this.vm.pause();
  }
  /** Its counters and state now; undefined where it has ended. */
  async look(): Promise<{ readonly counters: Counters; readonly state: VirtualMachineState } | undefined> {
    const view = await this.vm.look();
    // Held for a slow client is nothing that anybody asked for.
    return view && { counters: view.counters, state: view.state === "paused" && !this.#pausedByUser ? "running" : view.state };
  }

  /** Serves a console until the virtual machine has ended or the client goes. */
  async attach(args: VmAttach, context: CallContext<"vm.attach">): Promise<VmEnded> {
    const { signal } = context;
    if (args.console === "serial") {
      if (args.replay) context.send(CHANNEL.output, this.#scrollback.tail(REPLAYED));
      this.#attached.add(context);
    }
    context.event({ kind: "attached" });
    const ends = [this.vm.onState((state) => { if (state === "halted") void this.#halted(args, context); })];
    if (args.trace) ends.push(this.vm.onTraps((batch) => { if (context.pending < MOST_PENDING) context.send(CHANNEL.trace, new TextEncoder().encode(trapLines(batch))); }));
    if (this.vm.state === "halted") void this.#halted(args, context);
    void this.#type(args, context);
    if (args.console === "screen") void this.#show(context);
    const gone = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    await Promise.race([this.vm.ended, gone]);
    this.#attached.delete(context);
    for (const end of ends) end();
    if (signal.aborted) return { state: "killed" };
    if (args.console === "screen") this.#sayScreen(context, new Set());
    const state = await this.vm.ended;
    return { state: state === "off" || state === "crashed" ? state : "killed", failure: this.vm.failure };
  }

  #output(bytes: Uint8Array): void {
    this.#scrollback.push(bytes);
    for (const context of this.#attached) {
      context.send(CHANNEL.output, bytes);
      if (context.pending > MOST_PENDING && !this.#held.has(context)) void this.#hold(context);
    }
  }
  /** Lets the guest wait until a client has taken what there is. */
  async #hold(context: CallContext<"vm.attach">): Promise<void> {
    this.#held.add(context);
    await this.vm.pause();
    const gone = new Promise<void>((resolve) => context.signal.addEventListener("abort", () => resolve(), { once: true }));
    await Promise.race([context.drained(), gone]);
    this.#held.delete(context);
    if (this.#held.size === 0 && this.#started && !this.#pausedByUser) this.vm.start();
  }
  /** Says that it has halted, behind what it has shown before. */
  async #halted({ console }: VmAttach, context: CallContext<"vm.attach">): Promise<void> {
    if (console === "screen") this.#sayScreen(context, new Set(), (await this.vm.look())?.screen);
    context.event({ kind: "halted" });
  }
  async #type({ console }: VmAttach, context: CallContext<"vm.attach">): Promise<void> {
    const input = context.input(CHANNEL.input);
    for (let bytes = await input.next(); bytes; bytes = await input.next()) {
      if (console === "serial") this.vm.console.write(bytes);
      else await this.#press(bytes);
      input.taken(bytes.length);
    }
  }
  /** Types keys as fast as a keyboard may: its controller has room for a few and loses the others. */
  async #press(bytes: Uint8Array): Promise<void> {
    for (const stroke of keyStrokes(bytes)) {
      this.vm.press(stroke);
      await this.#wallClock.sleep(KEY_PERIOD);
    }
  }
  /** Says the text screen whenever it has changed. */
  async #show(context: CallContext<"vm.attach">): Promise<void> {
    const said = new Set<string>();
    while (!context.signal.aborted) {
      const view = await this.vm.look();
      if (!view) return;
      if (context.pending === 0) this.#sayScreen(context, said, view.screen);
      await this.#wallClock.sleep(SCREEN_PERIOD, context.signal).catch(() => {});
    }
  }
  #sayScreen(context: CallContext<"vm.attach">, said: Set<string>, screen = this.vm.lastScreen): void {
    if (!screen) return;
    const { columns, rows, cells, cursor } = screen, base64 = btoa(String.fromCharCode(...cells)), key = `${base64} ${cursor?.row} ${cursor?.column}`;
    if (said.has(key)) return;
    said.clear();
    said.add(key);
    context.event({ kind: "screen", columns, rows, cells: base64, cursor });
  }
}
