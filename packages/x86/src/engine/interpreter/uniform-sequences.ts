import type { UniformKind } from "./uniform-operation.ts";

/** Kinds in the order in which sequences are numbered: `register` first. */
const KINDS: readonly UniformKind[] = ["register", "load", "loadAlu", "store"];

/** Operations of the longest sequence. Of two kinds less or an operation more the code is too much for the first-level cache, or the dispatches are too many. */
export const LONGEST_SEQUENCE = 3;

/** Those that begin with a kind, the shorter before what they begin. */
function beginningWith(sequence: readonly UniformKind[]): (readonly UniformKind[])[] {
  return sequence.length === LONGEST_SEQUENCE ? [sequence] : [sequence, ...KINDS.flatMap((kind) => beginningWith([...sequence, kind]))];
}

/**
 * Sequences of uniform operations that are cases of the loop: all of two to LONGEST_SEQUENCE, and before them the register operation alone,
 * for single steps. An operation in memory alone has its own handler.
 */
export const UNIFORM_SEQUENCES: readonly (readonly UniformKind[])[] = KINDS.flatMap((kind) => beginningWith([kind])).filter((s) => s.length > 1 || s[0] === "register");
/** How many of them, the first ones, begin with a register operation. */
export const REGISTER_SEQUENCES: number = UNIFORM_SEQUENCES.filter(([first]) => first === "register").length;
