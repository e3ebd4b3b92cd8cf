import type { ArchitecturalState, RegisterName } from './architectural-state.ts';

/** A processor that executes one instruction at a time and shows its state: one of our engines, or an oracle. */
export interface LockstepSubject {
  /** Name in reports. */
  readonly name: string;
  /** Why no further step is possible (`shutdown`), or undefined. */
  readonly ended: string | undefined;
  /**
   * Executes one instruction, or one iteration of a REP, or delivers one exception or interrupt together with nothing else: the state
   * afterwards is the one before the handler's first instruction.
   */
  step(): void | Promise<void>;
  /** The state before the next instruction. */
  registers(): ArchitecturalState | Promise<ArchitecturalState>;
  /** Bytes at a linear address, translated as the processor would now. */
  readMemory(address: bigint, length: number): Uint8Array | Promise<Uint8Array>;
  /** The next instruction in words, where the subject can tell. */
  disassembly?(): string | Promise<string>;
  /** Why a difference from what the other subject shows is a known deviation of this one from the processor; undefined where it is not. */
  explains?(register: RegisterName, expected: bigint, own: bigint): string | undefined;
  /** Ends the process behind the subject. */
  close(): void | Promise<void>;
}
