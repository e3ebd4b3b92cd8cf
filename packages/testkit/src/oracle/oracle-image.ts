/** What an oracle runs. */
export interface OracleImage {
  /** `floppy`: a boot sector at the start, at most 1,474,560 bytes. `multiboot`: a kernel for QEMU's `-kernel`. */
  readonly kind: 'floppy' | 'multiboot';
  /** The image's bytes. */
  readonly bytes: Uint8Array;
}

/** How a run ended. */
export type Ending =
  /** The program wrote `END_OF_TRANSCRIPT`. */
  | 'marker'
  /** The program asked the oracle to exit: QEMU's isa-debug-exit at port 0xF4, or the word `Shutdown` to Bochs's port 0x8900. */
  | 'exit'
  /** The processor shut down after a triple fault, or the machine was reset. */
  | 'shutdown'
  /** None of these within the time given. */
  | 'timeout';

/** What a program said to the debug port, and how it ended. */
export interface Transcript {
  /** The bytes written to port 0xE9, one character each, without the end marker. */
  readonly text: string;
  readonly ending: Ending;
}

/** Limits and choices of a run. */
export interface RunOptions {
  /** Longest time, in seconds of the host; default 20. */
  readonly seconds?: number;
  /** Processor model in the oracle's own words: QEMU's `-cpu` (default `max`) or Bochs's `cpu: model` (default `ryzen`). */
  readonly cpu?: string;
  /** Memory in MiB; default 32. */
  readonly memory?: number;
}

/** Longest run, in seconds, unless the caller says otherwise. */
export const DEFAULT_SECONDS = 20;
/** Memory in MiB, unless the caller says otherwise. */
export const DEFAULT_MEMORY = 32;
