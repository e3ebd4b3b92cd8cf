import { HostError } from "../host-error.ts";
import { PatientListeners } from "../listeners.ts";
import type { MessagePortLike, WorkerHandle, WorkerOptions, WorkerPort, Workers } from "../workers.ts";

/** What a worker's module does: everything follows from its port. */
export type WorkerMain = (port: WorkerPort) => void | Promise<void>;

/**
 * Workers on the one thread of the process, so that a test sees the same order of messages in each run: a message is delivered as a
 * promise reaction, in the order in which messages were posted. They share the thread, so one that never returns stops all.
 */
export class MemoryWorkers implements Workers {
  readonly processors: number;
  readonly #modules = new Map<string, WorkerMain>();

  /** `processors` is what the platform says it has. */
  constructor(processors: number) {
    this.processors = processors;
  }
  /** Says what the module of a URL does. */
  define(module: URL, main: WorkerMain): void {
    this.#modules.set(module.href, main);
  }
  start(module: URL, { name, data }: WorkerOptions): WorkerHandle {
    const main = this.#modules.get(module.href);
    if (!main) throw new HostError("not-found", `There is no worker module ${module.href} here. Name it with define().`);
    const life: Life = { state: "running" };
    const { promise: ended, resolve: end } = Promise.withResolvers<Error | undefined>();
    const stop = (state: Life["state"], error?: Error): void => {
      if (life.state === "running") life.state = state;
      end(error);
    };
    const [outer, inner] = portPair(life);
    const given: unknown = structuredClone(data);
    queueMicrotask(async () => {
      try {
        // What was posted before is delivered before the end is told.
        if (life.state === "running") await main({ ...inner, name, data: given, close: () => queueMicrotask(() => stop("closed")) });
      } catch (error) {
        stop("closed", error as Error);
      }
    });
    return { ...outer, name, ended, async terminate() { stop("terminated"); await ended; } };
  }
}

/** A worker that has closed hears nothing more, but what it posted still arrives; of one that was terminated nothing does. */
interface Life {
  state: "running" | "closed" | "terminated";
}

function portPair(life: Life): [MessagePortLike, MessagePortLike] {
  const [left, right] = [new PatientListeners<unknown>(), new PatientListeners<unknown>()];
  const port = (incoming: PatientListeners<unknown>, outgoing: PatientListeners<unknown>, reaches: () => boolean): MessagePortLike => ({
    post(message, transfer) {
      const copy: unknown = structuredClone(message, { transfer: [...(transfer ?? [])] });
      if (life.state === "running") queueMicrotask(() => { if (reaches()) outgoing.emit(copy); });
    },
    onMessage: (listener) => incoming.add(listener),
  });
  return [port(left, right, () => life.state === "running"), port(right, left, () => life.state !== "terminated")];
}
