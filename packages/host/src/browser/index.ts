/**
 * A browser as the platform, in a page and in a worker.
 *
 * @packageDocumentation
 */
import type { Host } from "../host.ts";
import type { Sockets } from "../sockets.ts";
import type { Terminal } from "../terminal.ts";
import { noCommands, noFiles, noSockets } from "../unsupported.ts";
import { browserClock } from "./clock.ts";
import { browserEntropy } from "./entropy.ts";
import { IndexedDbStore } from "./indexed-db-store.ts";
import { OpfsStore } from "./opfs-store.ts";
import { browserWorkers } from "./workers.ts";

export { IndexedDbStore } from "./indexed-db-store.ts";
export { OpfsStore } from "./opfs-store.ts";
export { workerPort } from "./workers.ts";

/** What may be chosen. */
export interface BrowserHostOptions {
  /** Of the store, for several in one origin. Default: `ringzero`. */
  readonly storeName?: string;
  /** What the page shows to the user as one. Default: none. */
  readonly terminal?: Terminal;
  /** A way to the network, such as a relay that the page knows. Default: none, for a browser opens no sockets. */
  readonly sockets?: Sockets;
}

/** The browser as the platform. Memory is shared where the page is cross-origin isolated. */
export async function browserHost(options: BrowserHostOptions = {}): Promise<Host> {
  const name = options.storeName ?? "ringzero";
  return {
    platform: "browser",
    sharedMemory: globalThis.crossOriginIsolated,
    wallClock: browserClock,
    entropy: browserEntropy,
    store: (await OpfsStore.available()) ? new OpfsStore(name) : new IndexedDbStore(name),
    files: noFiles("A browser shows no directories of the computer. Use the command line."),
    sockets: options.sockets ?? noSockets("A browser opens no sockets. Use the command line, or give the page a relay."),
    workers: browserWorkers,
    commands: noCommands("A browser starts no programs. Use the command line."),
    terminal: options.terminal,
  };
}
