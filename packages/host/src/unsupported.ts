import type { Commands } from "./commands.ts";
import type { Files } from "./files.ts";
import { HostError } from "./host-error.ts";
import type { Sockets } from "./sockets.ts";

/** Sockets where the platform has none: every method rejects with `unsupported` and this sentence. */
export function noSockets(message: string): Sockets {
  const refuse = (): Promise<never> => Promise.reject(new HostError("unsupported", message));
  return { connect: refuse, listen: refuse, bind: refuse, resolve: refuse };
}
/** Commands where the platform has none. */
export function noCommands(message: string): Commands {
  return { run: () => Promise.reject(new HostError("unsupported", message)) };
}
/** Directories where the platform has none. */
export function noFiles(message: string): Files {
  return { user: 0, openDirectory: () => { throw new HostError("unsupported", message); } };
}
