import type { OwnerId } from "./owner.ts";

/** What every event on the bus says. Channels add to it. */
export interface TraceEvent {
  /** The tenant it happened to. */
  readonly tenant: OwnerId;
  /** Instructions the tenant had retired. */
  readonly retired: number;
  /** Virtual nanoseconds of the tenant's clock. */
  readonly time: number;
  /** Why it happened, in the field's words: an exit reason, a vector's mnemonic, a system call's name. */
  readonly cause: string;
  /** Instructions that crossing and coming back took. 0 where nothing but the crossing was done. */
  readonly cost: number;
}

/** A channel's key: names it and fixes the type of its events. Packages declare theirs as constants. */
export interface TraceTopic<E extends TraceEvent> {
  /** Unique on a bus. */
  readonly name: string;
  /** Never set; carries the type. */
  readonly event?: E;
}

/** Declares a topic. */
export function traceTopic<E extends TraceEvent>(name: string): TraceTopic<E> {
  return { name };
}

/**
 * One kind of event. Whoever emits asks first, so that nobody's listening costs one load and one branch and allocates nothing:
 *
 *     if (exits.heard) exits.emit({ tenant, retired, time, cause: "hlt", cost: 0 });
 */
export class TraceChannel<E extends TraceEvent> {
  /** Of its topic. */
  readonly name: string;
  /** Whether anybody listens. */
  heard = false;
  #listeners: readonly ((event: E) => void)[] = [];

  /** A channel of its own; those of a machine come from its {@link TraceBus}. */
  constructor(name: string) {
    this.name = name;
  }
  /** Calls `listener` with each event from now on. Returns what ends that. */
  listen(listener: (event: E) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    this.heard = true;
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
      this.heard = this.#listeners.length > 0;
    };
  }
  /** Tells all listeners, in the order in which they came. A listener that leaves meanwhile still hears this event. */
  emit(event: E): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** All channels of a machine on one worker. */
export class TraceBus {
  readonly #channels = new Map<string, TraceChannel<never>>();

  /** The channel of a topic; keep it, the look-up is not for hot paths. */
  channel<E extends TraceEvent>(topic: TraceTopic<E>): TraceChannel<E> {
    let channel = this.#channels.get(topic.name);
    if (!channel) this.#channels.set(topic.name, (channel = new TraceChannel<never>(topic.name)));
    return channel as unknown as TraceChannel<E>;
  }
  /** Names of the channels that anybody has asked for. */
  names(): string[] {
    return [...this.#channels.keys()];
  }
}
