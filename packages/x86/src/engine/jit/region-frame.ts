import type { RegionBlock } from "./region.ts";
import type { RegionLoop } from "./region-structure.ts";

/** State fields that a region takes as constants; its entry checks them. */
export interface RegionMode { readonly code64: boolean; readonly stackMask: bigint }

/** What the surrounding code gives: depths of the common exits, and local numbers. */
export interface Frame {
  readonly top: number;
  readonly leave: number;
  readonly bail: number;
  blockDepth(block: RegionBlock): number;
  loopDepth(loop: RegionLoop): number;
}
