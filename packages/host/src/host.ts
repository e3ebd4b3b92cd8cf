import type { Commands } from "./commands.ts";
import type { Entropy } from "./entropy.ts";
import type { Files } from "./files.ts";
import type { Sockets } from "./sockets.ts";
import type { Store } from "./store.ts";
import type { Terminal } from "./terminal.ts";
import type { WallClock } from "./wall-clock.ts";
import type { Workers } from "./workers.ts";

/** The real platform under the simulated machine: everything that is not computed comes through one of these ports. */
export interface Host {
  /** Which implementation this is. */
  readonly platform: "node" | "browser" | "virtual";
  /** Whether workers can share memory. A page needs cross-origin isolation for it. */
  readonly sharedMemory: boolean;
  /** Real time. */
  readonly wallClock: WallClock;
  /** Unpredictable bytes. */
  readonly entropy: Entropy;
  /** Blobs that outlive the process. */
  readonly store: Store;
  /** Directories that the user names. */
  readonly files: Files;
  /** The network. */
  readonly sockets: Sockets;
  /** Threads. */
  readonly workers: Workers;
  /** Programs of the platform. */
  readonly commands: Commands;
  /** The terminal in front of the user, undefined where there is none. */
  readonly terminal: Terminal | undefined;
}
