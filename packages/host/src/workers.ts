/** One end of the channel between a worker and whoever started it. Messages are copied as by `structuredClone`; shared memory is shared. */
export interface MessagePortLike {
  /** Sends a message. What `transfer` lists moves over instead of being copied. */
  post(message: unknown, transfer?: readonly Transferable[]): void;
  /** Calls `listener` with each message, in order. What came before the first listener waits for it. Returns what ends that. */
  onMessage(listener: (message: unknown) => void): () => void;
}

/** A worker as whoever started it sees it. */
export interface WorkerHandle extends MessagePortLike {
  /** As it was started. */
  readonly name: string;
  /** Resolves when it has ended: with undefined, or with the error that ended it. */
  readonly ended: Promise<Error | undefined>;
  /** Ends it wherever it is, in the middle of an operation as well. Resolves when it has ended. */
  terminate(): Promise<void>;
}

/** The other end, in the worker. */
export interface WorkerPort extends MessagePortLike {
  /** As it was started. */
  readonly name: string;
  /** What the worker was started with. */
  readonly data: unknown;
  /** Ends the worker once what it has posted is on its way. */
  close(): void;
}

/** How a worker is started. */
export interface WorkerOptions {
  /** For people: debuggers and dumps show it. */
  readonly name: string;
  /** What {@link WorkerPort.data} is in the worker. */
  readonly data?: unknown;
}

/** Threads of the platform. */
export interface Workers {
  /** Processors that the platform says it has: more workers than these only take turns. */
  readonly processors: number;
  /** Starts a worker that runs a module; the module gets its port from `workerPort()` of this package's entry for its platform. */
  start(module: URL, options: WorkerOptions): WorkerHandle;
}
