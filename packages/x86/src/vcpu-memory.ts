import type { EngineMemory } from "./decode/code-cache.ts";
import type { FrameMapping } from "./engine/core.ts";

/** What a vCPU keeps about frames of its memory: whoever changes those frames by other means tells it. Frames are numbers, address >> 12. */
export interface FrameCaches {
  /** Bytes of one frame, at an address in linear memory, were written. */
  written(host: number, size: number): void;
  /** The guest holds the frame no more: everything decoded from it must go. */
  frameGone(frame: number): void;
  /** Whether anything decoded from the frame is left. */
  holdsCode(frame: number): boolean;
  /** No translation may lead to the frame any more. */
  dropTranslations(frame: number): void;
  /** No translation may let the frame be written any more. */
  dropWriteTranslations(frame: number): void;
}

/** The memory that a vCPU runs on: a linear memory with room for the engine's structures, and the guest's frames in it. */
export interface VcpuMemory extends EngineMemory {
  /** Guest frames as the walkers read them. */
  readonly mapping: FrameMapping;
  /** Makes the frame of a guest-physical address present (writable where `write` says so): false where no memory answers there. */
  frameFault(physical: number, write: boolean): boolean;
  /** Bytes of one frame whose flag byte is not zero were written: tells all caches of the guest. Default: the vCPU's own. */
  frameWritten?(host: number, size: number): void;
  /** Adds a vCPU's caches to those that are told. Default: frames change by the vCPU alone. */
  attach?(caches: FrameCaches): void;
}
