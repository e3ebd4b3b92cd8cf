import { traceTopic, type TraceEvent, type TraceTopic } from "@ringzero/machine";

/** An instruction of a deprivileged guest that faulted to the hypervisor; `cause` is its mnemonic. */
export interface TrappedInstruction extends TraceEvent {
  /** Linear address. */
  readonly address: number;
  /** The instruction in the assembler's syntax. */
  readonly text: string;
  /** The ring that the guest believes to be in: the instruction ran at CPL 3. */
  readonly ring: 0 | 3;
  /** The exception that brought it here, and its error code, undefined where the vector has none. */
  readonly vector: number;
  /** Its error code. */
  readonly errorCode: number | undefined;
  /** `emulated`: done here in the guest's stead; `reflected`: handed to the guest's own handler, as its processor would have done. */
  readonly kind: "emulated" | "reflected";
  /** What became of it, for people. */
  readonly done: string;
}

/** Trapped instructions on the machine's trace bus. */
export const TRAPPED_INSTRUCTIONS: TraceTopic<TrappedInstruction> = traceTopic("trappedInstructions");

/** What a deprivileged guest has made its hypervisor do. */
export interface TrapCounters {
  /** Instructions that trapped, by mnemonic. */
  readonly instructions: ReadonlyMap<string, number>;
  /** Those done by the hypervisor, and those handed to the guest's own handlers. */
  readonly emulated: number;
  /** Those handed to the guest's own handlers. */
  readonly reflected: number;
  /** Translations entered into the shadow page tables: page faults that the guest never hears of. */
  readonly shadowFills: number;
  /** Instructions executed by the hypervisor one by one, where the guest is in a mode that it cannot run in deprivileged (real mode, PAE, single steps). */
  readonly interpreted: number;
}

/** No trap yet. */
export const NO_TRAPS: TrapCounters = { instructions: new Map(), emulated: 0, reflected: 0, shadowFills: 0, interpreted: 0 };
