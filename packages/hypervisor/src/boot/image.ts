import type { VcpuState } from "@ringzero/x86";

/** Bytes to put into guest memory. */
export interface Segment {
  /** Guest-physical. */
  readonly address: number;
  /** What goes there. */
  readonly bytes: Uint8Array;
}

/** What a boot protocol makes of a kernel: memory, and the processor's state at the first instruction. */
export interface BootImage {
  /** What goes into memory. */
  readonly segments: readonly Segment[];
  /** The state to start in, from that after RESET. */
  enter(reset: VcpuState): VcpuState;
}
