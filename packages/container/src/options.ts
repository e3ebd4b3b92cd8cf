import type { ClockRate, IdleMode } from "@ringzero/machine";

/** How a runtime and its kernel run. Plain data: it is sent to a worker. */
export interface RuntimeOptions {
  /** For people: ledgers, dumps. Default: "kernel". */
  readonly name?: string;
  /** How idle time passes: `paced` waits for the wall and uses no processor meanwhile. Default: paced. */
  readonly idle?: IdleMode;
  /** What executes the instructions. Default: the interpreter, which is the faster one for shells. */
  readonly engine?: "interpreter" | "jit";
  /** Nanoseconds of the kernel's time an instruction. Default: 10. */
  readonly rate?: ClockRate;
  /** The date when the kernel starts, in milliseconds since 1970. Default: the host's. */
  readonly date?: number;
  /** Seed of all randomness that programs are given. Default: from the host's entropy. */
  readonly seed?: number;
  /** Nothing runs until `resume`: what is made and started before that starts at one instant. Default: false. */
  readonly paused?: boolean;
  /** Node: directory of the store with the images. Default: the host's own. */
  readonly storeDirectory?: string;
}

/** An image given to a runtime from memory. Layers are tar archives, the lowest first, not compressed; they are not copied. */
export interface ImageContents {
  /** The archives. */
  readonly layers: readonly Uint8Array[];
  /** Defaults of its containers. */
  readonly config?: ImageDefaults;
}

/** Defaults that an image has for its containers: the fields of the same meaning of the OCI image configuration. */
export interface ImageDefaults {
  /** Entrypoint. */
  readonly entrypoint?: readonly string[];
  /** Cmd. */
  readonly command?: readonly string[];
  /** Env. */
  readonly env?: readonly string[];
  /** WorkingDir. */
  readonly cwd?: string;
  /** User. */
  readonly user?: string;
}
