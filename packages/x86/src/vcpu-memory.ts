import type { EngineMemory } from "./decode/code-cache.ts";
import type { FrameMapping } from "./engine/core.ts";

/** The memory that a vCPU runs on: a linear memory with room for the engine's structures, and the guest's frames in it. */
export interface VcpuMemory extends EngineMemory {
  /** Guest frames as the walkers read them. */
  readonly mapping: FrameMapping;
  /** Makes the frame of a guest-physical address present (writable where `write` says so): false where no memory answers there. */
  frameFault(physical: number, write: boolean): boolean;
}
