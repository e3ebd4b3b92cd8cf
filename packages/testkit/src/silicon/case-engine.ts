/**
 * What executes the instruction of a case. Every engine works on one state block in linear memory (x86: state/state.ts), so that a case
 * is put in and compared without knowing which engine ran it.
 */
export interface CaseEngine {
  /** Linear memory that holds the state block and the machine's frames. */
  readonly memory: WebAssembly.Memory;
  /** Address of the state block. */
  readonly state: number;
  /** The bytes of a frame (address in linear memory) have been rewritten: whatever was made of them is stale. */
  codeChanged(frame: number): void;
  /**
   * Executes the instruction at STATE.rip, at most `steps` iterations of a repeated string instruction. What comes after it must not
   * show: at the end STATE.event is set only by the instruction itself.
   */
  execute(steps: number): void;
}
