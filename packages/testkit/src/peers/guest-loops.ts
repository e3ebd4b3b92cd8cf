import { cp, ck, fib } from './integer-loops.ts';
import { sse, x87 } from './float-loops.ts';
import { type GuestLoop, guestLoop } from './guest-loop.ts';
import { largeFootprint } from './large-footprint.ts';

/** Operations in the loop with a large footprint. */
export const LARGE_OPERATIONS = 10_000;

/** The guest loops of the benchmark, in the order of its table. */
export function guestLoops(): GuestLoop[] {
  return [ck, fib, cp, sse, x87, largeFootprint(LARGE_OPERATIONS, 0x2545f491)].map(guestLoop);
}
