import { STATE } from "../state/state.ts";
import type { Processor } from "./processor.ts";

/** Reads 8 bytes of guest-physical memory, aligned to 8; all ones where no memory answers. */
export function readPhysical(p: Processor, physical: bigint): bigint {
  const address = physical & p.getBig(STATE.addressMask), { frameMap, frameCount } = p.memory.mapping;
  const frame = Number(address >> 12n);
  if (frame >= frameCount) return 0xffff_ffff_ffff_ffffn;
  let entry = p.view.getUint32(frameMap + frame * 4, true);
  if (!(entry & 1)) {
    if (!p.memory.frameFault(Number(address), false)) return 0xffff_ffff_ffff_ffffn;
    // The frame may have come with growth of the memory.
    p.refresh();
    entry = p.view.getUint32(frameMap + frame * 4, true);
  }
  return p.view.getBigUint64(((entry & ~0xfff) >>> 0) + Number(address & 0xfffn), true);
}
