import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceError } from "../protocol/service-error.ts";

/** Where a user's machine is found. */
export interface Places {
  /** A directory that nobody else may enter. */
  readonly directory: string;
  readonly socket: string;
  /** Held by the process that is the machine, for as long as it lives. */
  readonly lock: string;
  /** What the machine's process has to say. */
  readonly log: string;
}

/** sun_path of unix(7), with its closing zero. */
const MOST_PATH = 107;

/**
 * The places of this user's machine: `$XDG_RUNTIME_DIR/ringzero`, or `ringzero-UID` among the temporary files where there is none. The directory is made. Throws where it belongs to
 * somebody else or others may enter it.
 */
export function places(environment: { readonly [name: string]: string | undefined } = process.env): Places {
  const uid = process.getuid?.() ?? 0, runtime = environment["XDG_RUNTIME_DIR"];
  const directory = runtime ? join(runtime, "ringzero") : join(tmpdir(), `ringzero-${uid}`), socket = join(directory, "socket");
  if (Buffer.byteLength(socket) > MOST_PATH) throw new ServiceError("invalid", `${socket} is too long for a socket's path (${MOST_PATH} bytes): set XDG_RUNTIME_DIR to a shorter directory.`);
  try {
    mkdirSync(directory, { mode: 0o700, recursive: runtime !== undefined && runtime !== "" });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw new ServiceError("failed", `The machine's directory ${directory} could not be made: ${(cause as Error).message}.`, { cause });
  }
  const found = lstatSync(directory);
  if (!found.isDirectory()) throw new ServiceError("failed", `${directory} is no directory. Remove it, or set XDG_RUNTIME_DIR.`);
  if (found.uid !== uid) throw new ServiceError("failed", `${directory} belongs to another user (${found.uid}); the machine is not looked for there. Set XDG_RUNTIME_DIR to a directory of yours.`);
  if ((found.mode & 0o077) !== 0) throw new ServiceError("failed", `Others may enter ${directory}. Run "chmod 700 ${directory}" first.`);
  return { directory, socket, lock: join(directory, "lock"), log: join(directory, "log") };
}
