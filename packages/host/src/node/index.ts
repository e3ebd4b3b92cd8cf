/**
 * Node.js as the platform, in its main thread and in worker threads.
 *
 * @packageDocumentation
 */
import { homedir } from "node:os";
import { join } from "node:path";
import type { Host } from "../host.ts";
import { nodeClock } from "./clock.ts";
import { nodeCommands } from "./commands.ts";
import { nodeEntropy } from "./entropy.ts";
import { FileStore } from "./file-store.ts";
import { nodeFiles } from "./files.ts";
import { nodeSockets } from "./sockets.ts";
import { NodeTerminal } from "./terminal.ts";
import { nodeWorkers } from "./workers.ts";

export { FileStore } from "./file-store.ts";
export { workerPort } from "./workers.ts";

/** What may be chosen. */
export interface NodeHostOptions {
  /** Directory of the store. Default: `$RINGZERO_STORE`, else `ringzero` in `$XDG_DATA_HOME`, that is mostly `~/.local/share/ringzero`. */
  readonly storeDirectory?: string;
}

/** Node.js as the platform. The terminal is there where standard input and output both are one. */
export function nodeHost(options: NodeHostOptions = {}): Host {
  const { stdin, stdout } = process;
  return {
    platform: "node",
    sharedMemory: true,
    wallClock: nodeClock,
    entropy: nodeEntropy,
    store: new FileStore(options.storeDirectory ?? (process.env["RINGZERO_STORE"] || join(process.env["XDG_DATA_HOME"] || join(homedir(), ".local/share"), "ringzero"))),
    files: nodeFiles,
    sockets: nodeSockets,
    workers: nodeWorkers,
    commands: nodeCommands,
    terminal: stdin.isTTY && stdout.isTTY ? new NodeTerminal(stdin, stdout) : undefined,
  };
}
