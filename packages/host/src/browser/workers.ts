import { PatientListeners } from "../listeners.ts";
import type { WorkerHandle, WorkerOptions, WorkerPort, Workers } from "../workers.ts";

/** Posted first: what the worker was started with. */
interface Given {
  readonly data: unknown;
}
/** What the worker's side says about itself; messages of the user travel as `message`. */
type FromWorker = { readonly message: unknown } | { readonly closed: true };

/** The parts of a worker's global scope that are used: this package is compiled for pages, whose scope is another. */
interface WorkerScope {
  readonly name: string;
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void;
  close(): void;
}

/** Module workers. A page can end one only from outside, so an error ends it too. */
export const browserWorkers: Workers = {
  processors: navigator.hardwareConcurrency,
  start(module: URL, { name, data }: WorkerOptions): WorkerHandle {
    const worker = new Worker(module, { type: "module", name });
    const messages = new PatientListeners<unknown>();
    const { promise: ended, resolve: end } = Promise.withResolvers<Error | undefined>();
    const stop = (error?: Error): void => {
      worker.terminate();
      end(error);
    };
    worker.onmessage = ({ data: event }: MessageEvent<FromWorker>) => {
      if ("closed" in event) stop();
      else messages.emit(event.message);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      stop((event.error as Error | undefined) ?? new Error(event.message || `The worker module ${module.href} could not be loaded.`));
    };
    worker.postMessage({ data } satisfies Given);
    return {
      name,
      ended,
      post: (message, transfer) => worker.postMessage(message, [...(transfer ?? [])]),
      onMessage: (listener) => messages.add(listener),
      async terminate() {
        stop();
        await ended;
      },
    };
  },
};

/** In a worker that a browser host's `workers` started: its port, once it has been told its data. */
export function workerPort(): Promise<WorkerPort> {
  const scope = globalThis as unknown as WorkerScope;
  const messages = new PatientListeners<unknown>();
  return new Promise((resolve) => {
    let given: Given | undefined;
    scope.addEventListener("message", ({ data }) => {
      if (given) return messages.emit(data);
      given = data as Given;
      resolve({
        name: scope.name,
        data: given.data,
        post: (message, transfer) => scope.postMessage({ message } satisfies FromWorker, transfer),
        onMessage: (listener) => messages.add(listener),
        close() {
          scope.postMessage({ closed: true } satisfies FromWorker);
          scope.close();
        },
      });
    });
  });
}
