/**
 * A platform for tests: nothing happens unless the test makes it happen, and the same test makes the same things happen.
 *
 * @packageDocumentation
 */
import type { Host } from "../host.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryFiles } from "./memory-files.ts";
import { MemorySockets } from "./memory-sockets.ts";
import { MemoryStore } from "./memory-store.ts";
import { MemoryTerminal } from "./memory-terminal.ts";
import { MemoryWorkers } from "./memory-workers.ts";
import { SeededEntropy } from "./seeded-entropy.ts";
import { TableCommands } from "./table-commands.ts";

export { ManualClock } from "./manual-clock.ts";
export { MemoryFiles } from "./memory-files.ts";
export { MemorySockets } from "./memory-sockets.ts";
export { MemoryStore } from "./memory-store.ts";
export { MemoryTerminal } from "./memory-terminal.ts";
export { MemoryWorkers, type WorkerMain } from "./memory-workers.ts";
export { SeededEntropy } from "./seeded-entropy.ts";
export { TableCommands, type Program } from "./table-commands.ts";

/** What a virtual platform is like. */
export interface VirtualHostOptions {
  /** Of the entropy. Default: 1. */
  readonly seed?: number;
  /** The date at the start, milliseconds since 1970. Default: 2000-01-01T00:00:00Z. */
  readonly epoch?: number;
  /** What `sharedMemory` says. Default: true. */
  readonly sharedMemory?: boolean;
  /** What `workers.processors` says. Default: 4. */
  readonly processors?: number;
}

/** A virtual platform, with the methods by which a test moves it. */
export interface VirtualHost extends Host {
  readonly platform: "virtual";
  /** Stands still until `advance`. */
  readonly wallClock: ManualClock;
  /** The same for the same seed. */
  readonly entropy: SeededEntropy;
  /** Gone with the process. */
  readonly store: MemoryStore;
  /** A tree of files within the process. */
  readonly files: MemoryFiles;
  /** A network within the process. */
  readonly sockets: MemorySockets;
  /** On the one thread of the process; `define` says what a module does. */
  readonly workers: MemoryWorkers;
  /** Functions; `define` says what a program does. */
  readonly commands: TableCommands;
  readonly terminal: MemoryTerminal;
}

/** A new virtual platform; two of them share nothing. */
export function virtualHost(options: VirtualHostOptions = {}): VirtualHost {
  const wallClock = new ManualClock(options.epoch ?? Date.UTC(2000, 0, 1));
  return {
    platform: "virtual",
    sharedMemory: options.sharedMemory ?? true,
    wallClock,
    entropy: new SeededEntropy(options.seed ?? 1),
    store: new MemoryStore(),
    files: new MemoryFiles(wallClock),
    sockets: new MemorySockets(),
    workers: new MemoryWorkers(options.processors ?? 4),
    commands: new TableCommands(),
    terminal: new MemoryTerminal(),
  };
}
