import type { Kernel } from "@ringzero/kernel";
import type { WallClock } from "@ringzero/host";

/** Instructions between looks at the wall clock; wall time, and turns at most, between looks at everything else. */
const TURN = 1_000_000, QUANTUM = 20_000_000, QUANTUM_TURNS = 32;
/** So long does a busy kernel leave its worker to others after each quantum, in nanoseconds. */
const BREATH = 100_000;
/** A wait that took so much longer than asked, in nanoseconds, was the host's own sleep: the time does not count. */
const HOST_SLEPT = 1_000_000_000;

/** What the loop runs and whom it tells. */
export interface LoopContext {
  /** What runs. */
  readonly kernel: Kernel;
  /** Real time. */
  readonly wallClock: WallClock;
  /** Called after each slice: output is to be handed out. */
  settled(): void;
  /** The kernel has failed: it runs no more. */
  failed(error: unknown): void;
}
type Turn = { readonly kind: "ran" } | { readonly kind: "waits"; readonly nanoseconds: number };

/** Runs a kernel in quanta, so that everything else on its worker has its turn, and waits while nothing can run. */
export class RunLoop {
  readonly #context: LoopContext;
  #state: "paused" | "running" | "ended" = "paused";
  #wake = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #quiet: (() => void)[] = [];
  #idle = true;

  /** A loop that stands still. */
  constructor(context: LoopContext) { this.#context = context; }

  /** Begins, or goes on after a pause. */
  resume(): void {
    if (this.#state !== "paused") return;
    this.#state = "running";
    this.#idle = false;
    this.#context.kernel.time.resume();
    this.#done = this.#done.then(() => this.#run());
  }
  /** Stops after the turn under way. Resolves when it has. */
  async pause(): Promise<void> {
    if (this.#state === "running") this.#state = "paused";
    this.#wake.abort();
    await this.#done;
  }
  /** Ends for good. */
  end(): void {
    this.#state = "ended";
    this.#wake.abort();
    for (const tell of this.#quiet.splice(0)) tell();
  }
  /** An input has come. */
  wake(): void {
    this.#idle = false;
    this.#wake.abort();
    // Nothing runs while it is paused, but what is asked for is carried out.
    if (this.#state === "paused") {
      this.#context.kernel.time.sliceEnd(0);
      this.#context.settled();
    }
  }
  /** Resolves when nothing can run until an input comes, or the loop has ended. */
  quiet(): Promise<void> {
    if (this.#idle || this.#state === "ended") return Promise.resolve();
    return new Promise((resolve) => this.#quiet.push(resolve));
  }

  async #run(): Promise<void> {
    const { wallClock, kernel } = this.#context;
    while (this.#state === "running") {
      this.#wake = new AbortController();
      const end = wallClock.now() + QUANTUM;
      let turn = this.#turn();
      for (let turns = 1; turns < QUANTUM_TURNS && turn.kind === "ran" && wallClock.now() < end && this.#state === "running"; turns++) turn = this.#turn();
      if (this.#state !== "running") return;
      if (kernel.time.pending) continue;
      await this.#sleep(turn.kind === "waits" ? turn.nanoseconds : BREATH);
    }
  }
  #turn(): Turn {
    const { kernel } = this.#context;
    try {
      let step = kernel.run(TURN);
      if (step.kind === "finished" && kernel.time.pending) {
        kernel.time.idle();
        step = { kind: "budget" };
      }
      this.#context.settled();
      if (step.kind === "budget") return { kind: "ran" };
      if (step.kind === "wait") return { kind: "waits", nanoseconds: step.nanoseconds };
      if (!kernel.time.pending) {
        this.#idle = true;
        for (const tell of this.#quiet.splice(0)) tell();
      }
      return { kind: "waits", nanoseconds: Number.POSITIVE_INFINITY };
    } catch (error) {
      this.#state = "ended";
      this.#context.failed(error);
      return { kind: "waits", nanoseconds: 0 };
    }
  }
  async #sleep(nanoseconds: number): Promise<void> {
    const { signal } = this.#wake, { wallClock, kernel } = this.#context;
    if (signal.aborted) return;
    if (nanoseconds === Number.POSITIVE_INFINITY) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      return;
    }
    const lay = wallClock.now();
    await wallClock.sleep(nanoseconds, signal).catch(() => {});
    if (wallClock.now() - lay > nanoseconds + HOST_SLEPT) kernel.time.resume();
  }
}
