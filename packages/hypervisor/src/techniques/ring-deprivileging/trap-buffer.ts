import type { OwnerId, TraceChannel } from "@ringzero/machine";
import type { TrappedInstruction } from "./trapped-instruction.ts";

/** Trapped instructions of one slice. */
export interface TrapBatch {
  /** In order. */
  readonly traps: readonly TrappedInstruction[];
  /** How many more there were than are told. */
  readonly lost: number;
}

/** Traps kept for one batch: the first ones of a slice. */
const CAPACITY = 4096;

/** Collects one tenant's trapped instructions and hands them on in batches of bounded size. */
export class TrapBuffer {
  readonly #channel: TraceChannel<TrappedInstruction>;
  readonly #tenant: OwnerId;
  #listeners: readonly ((batch: TrapBatch) => void)[] = [];
  #end: (() => void) | undefined;
  #traps: TrappedInstruction[] = [];
  #lost = 0;

  /** Listens only while somebody listens to it. */
  constructor(channel: TraceChannel<TrappedInstruction>, tenant: OwnerId) {
    this.#channel = channel;
    this.#tenant = tenant;
  }
  /** Calls `listener` with each batch from now on. Returns what ends that. */
  listen(listener: (batch: TrapBatch) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    this.#end ??= this.#channel.listen((trap) => this.#keep(trap));
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
      if (this.#listeners.length > 0) return;
      this.#end?.();
      this.#end = undefined;
      this.#traps = [];
      this.#lost = 0;
    };
  }
  /** Whether anybody listens to it: then slices are to be short. */
  get heard(): boolean { return this.#listeners.length > 0; }
  /** Hands on what has come. */
  flush(): void {
    if (this.#traps.length === 0) return;
    const batch = { traps: this.#traps, lost: this.#lost };
    this.#traps = [];
    this.#lost = 0;
    for (const listener of this.#listeners) listener(batch);
  }
  #keep(trap: TrappedInstruction): void {
    if (trap.tenant !== this.#tenant) return;
    if (this.#traps.length < CAPACITY) this.#traps.push(trap);
    else this.#lost++;
  }
}
