import type { EngineMemory, HandlerNumbers } from "../decode/code-cache.ts";
import type { Decoder } from "../decode/decoder.ts";
import type { Routine } from "../ir/routine.ts";
import { enterGate } from "../isa/system/flat-transfer.ts";
import { segmentLinear, withinLimit } from "../isa/system/segment-check.ts";
import { accessRead, accessWrite, commitWrite, probe, resolve, translate } from "../mmu/access.ts";

/**
 * Ways to execute instructions. `interpreter`: a generated WebAssembly module. `jit`: the interpreter, and compiled regions where code
 * is hot. `reference`: the recorded statements evaluated one by one, for tests and labs.
 */
export type EngineName = "interpreter" | "reference" | "jit";

/** What an engine calls in TypeScript: `state` is always the first argument and may be ignored. i64 arguments and results are signed bigints. */
export type CallOut = (state: number, ...args: (number | bigint)[]) => number | bigint;

/** Functions that every engine offers. `state` is the address of the vCPU's state block. */
export interface Exports {
  /** Executes while the budget lasts, with nothing pending; may leave the last few instructions to `step`. */
  run(state: number): void;
  /** Executes one by one until the budget is used up exactly. */
  step(state: number): void;
  translate(state: number, address: bigint, access: number, user: number): number;
  accessRead(state: number, address: bigint, info: number): number;
  accessWrite(state: number, address: bigint, info: number): number;
  commitWrite(state: number): void;
  probe(state: number, address: bigint, size: number, info: number, write: number): void;
  segmentLinear(state: number, segment: number, offset: bigint, sizeAndAccess: number): bigint;
  withinLimit(state: number, attributes: number, limit: number, offset: number, size: number): number;
  enterGate(state: number, vector: number, info: number, code: number, flags: number): number;
}

/** Routines that TypeScript calls: members of `Exports`. */
export const EXPORTED_ROUTINES: readonly Routine[] = [translate, accessRead, accessWrite, commitWrite, probe, segmentLinear, withinLimit, enterGate];

/** The vCPU that an engine is prepared for. */
export interface EngineTarget {
  readonly memory: EngineMemory;
  /** The linear memory is shared between workers. */
  readonly shared: boolean;
  /** Address of the state block in linear memory. */
  readonly state: number;
  /** A decoder of the processor model, used by nobody else. */
  decoder(): Decoder;
  /** Linear address of the instruction at STATE.rip, limit and canonical form checked; undefined with the event set. */
  codeAddress(): bigint | undefined;
  /** System operations and call-outs by name; a missing one is an Error when an instruction that needs it is first met. */
  readonly out: { readonly [name: string]: CallOut };
}

/** What executes the instructions of one vCPU. */
export interface Engine extends HandlerNumbers {
  readonly exports: Exports;
}
