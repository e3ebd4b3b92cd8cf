import type { ExpectStep } from "@ringzero/machine";

/** A program to run in a container: what `docker run` and `docker exec` are told. */
export interface ProcessSpec {
  /** The program and its arguments: `args[0]` is looked up in PATH where it has no slash. */
  readonly args: readonly string[];
  /** "NAME=value", in order; a later one of the same name wins over an earlier one and over the image's. */
  readonly env?: readonly string[];
  /** Working directory. Default: the image's, or "/". */
  readonly cwd?: string;
  /** "name", "uid", "name:group" or "uid:gid", by the container's own /etc/passwd and /etc/group. Default: the image's, or root. */
  readonly user?: string;
  /** Gives the program a terminal of its own, so large, as standard input, output and error. Without it the three are streams apart. */
  readonly terminal?: TerminalSize;
  /** Whether standard input stays open for `write`. Default: only with a terminal; otherwise it is at its end from the start. */
  readonly stdin?: boolean;
  /** What is typed on its terminal, or written to its standard input, and when, so that a run needs nobody at the keyboard; its marks keep counters. */
  readonly script?: readonly ExpectStep[];
}

/** The size of a terminal in characters. */
export interface TerminalSize {
  /** Characters of a line. */
  readonly columns: number;
  /** Lines. */
  readonly rows: number;
}

/** A directory of the host, or a file, inside a container: a bind mount. */
export interface MountSpec {
  /** Absolute path on the host. */
  readonly source: string;
  /** Absolute path in the container; made where it is not there. */
  readonly destination: string;
  /** Nothing may be written through it. Default: false. */
  readonly readonly?: boolean;
}

/** A container to make: the first program, the files under it, the limits around it. What is not given is the image's. */
export interface ContainerSpec extends Partial<ProcessSpec> {
  /** For people, unique among the containers there are. Default: one is made up. */
  readonly name?: string;
  /** An image reference in the store, or one that `addImage` has given the runtime. Either this or `rootfs`. */
  readonly image?: string;
  /** A directory of the host as the root file system; it is written to unless `readonly`. */
  readonly rootfs?: string;
  /** Which of an image's platforms. Default: linux/amd64 where the image has it. */
  readonly platform?: "linux/amd64" | "linux/386";
  /** What uname(2) says. Default: the container's id. */
  readonly hostname?: string;
  /** Bytes of memory: memory.max. Default: no limit but the machine's. */
  readonly memory?: number;
  /** Tasks: pids.max. Default: no limit. */
  readonly pids?: number;
  /** Host directories inside. */
  readonly mounts?: readonly MountSpec[];
  /** The root file system cannot be written to. Default: false. */
  readonly readonly?: boolean;
}
