import { availableParallelism } from "node:os";
import { parentPort, workerData, Worker, type Transferable as NodeTransferable } from "node:worker_threads";
import { PatientListeners } from "../listeners.ts";
import type { WorkerHandle, WorkerOptions, WorkerPort, Workers } from "../workers.ts";

interface Given {
  readonly name: string;
  readonly data: unknown;
}

/** Threads of node:worker_threads. */
export const nodeWorkers: Workers = {
  processors: availableParallelism(),
  start(module: URL, { name, data }: WorkerOptions): WorkerHandle {
    const worker = new Worker(module, { name, workerData: { name, data } satisfies Given });
    const messages = new PatientListeners<unknown>();
    const { promise: ended, resolve: end } = Promise.withResolvers<Error | undefined>();
    worker.on("message", (message: unknown) => messages.emit(message));
    worker.on("error", (error) => end(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", () => end(undefined));
    return {
      name,
      ended,
      post: (message, transfer) => worker.postMessage(message, [...(transfer ?? [])] as NodeTransferable[]),
      onMessage: (listener) => messages.add(listener),
      async terminate() {
        await worker.terminate();
      },
    };
  },
};

/** In a worker that a Node host's `workers` started: its port. Rejects elsewhere. */
export async function workerPort(): Promise<WorkerPort> {
  const port = parentPort;
  if (!port) throw new Error("This module runs in a worker only: start it with host.workers.start().");
  const { name, data } = workerData as Given;
  const messages = new PatientListeners<unknown>();
  port.on("message", (message: unknown) => messages.emit(message));
  return {
    name,
    data,
    post: (message, transfer) => port.postMessage(message, [...(transfer ?? [])] as NodeTransferable[]),
    onMessage: (listener) => messages.add(listener),
    close: () => port.close(),
  };
}
