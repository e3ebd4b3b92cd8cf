/** Engines that a comparison knows: `mixed` changes between them at random. */
export type ComparedEngine = "interpreter" | "jit" | "mixed";

/** Where a run has come to. */
export interface Checkpoint {
  readonly retired: number;
  /** Exits so far: what left the processor for the world around it. */
  readonly exits: number;
  /** Digest of the registers now and at each exit before. */
  readonly digest: string;
  /** The guest has come to its end: the last checkpoint. */
  readonly ended: boolean;
}

/** A guest on one engine, executed checkpoint by checkpoint. */
export interface GuestRun {
  /** On to the next checkpoint. */
  next(): Checkpoint;
  /** The guest's memory now, in pieces: the same number in the same order on any engine. */
  memory(): Uint8Array[];
  /** What it has printed. */
  readonly output: string;
  /** The last exits before this checkpoint and since the one before: instructions retired, and the digest then. */
  readonly recent: readonly { readonly retired: number; readonly digest: number }[];
}

/** A guest that can be run on any engine. */
export interface ComparedGuest {
  readonly name: string;
  start(engine: ComparedEngine, every: number, seed: number): Promise<GuestRun>;
}

/** What was found between two runs; undefined where they are alike. */
export type Finding = string | undefined;

/** Compares two runs at a checkpoint of both. */
export function compareCheckpoints(runs: readonly [GuestRun, GuestRun], checkpoints: readonly [Checkpoint, Checkpoint]): Finding {
  const [a, b] = checkpoints, [first, second] = runs;
  if (a.digest !== b.digest || a.retired !== b.retired || a.exits !== b.exits || a.ended !== b.ended) {
    const at = first.recent.findIndex((exit, i) => exit.digest !== second.recent[i]?.digest || exit.retired !== second.recent[i]?.retired);
    const where = at < 0 ? "after the last exit" : `first at the exit after ${first.recent[at]!.retired} instructions (${second.recent[at]?.retired ?? "none"} on the other), the one before after ${first.recent[at - 1]?.retired ?? "the checkpoint's"}`;
    return `registers differ, ${where}: ${describe(a)}, ${describe(b)}`;
  }
  const ours = first.memory(), theirs = second.memory();
  if (ours.length !== theirs.length) return `one has ${ours.length} pieces of memory, the other ${theirs.length}, after ${a.retired} instructions`;
  const piece = ours.findIndex((bytes, i) => Buffer.compare(bytes, theirs[i]!) !== 0);
  if (piece >= 0) return `memory differs in piece ${piece} at byte ${ours[piece]!.findIndex((byte, i) => byte !== theirs[piece]![i])}, after ${a.retired} instructions`;
  if (first.output !== second.output) return "the output differs";
  return undefined;
}
function describe({ retired, exits, digest, ended }: Checkpoint): string { return `${retired} instructions${ended ? " to the end" : ""}, ${exits} exits, digest ${digest}`; }
