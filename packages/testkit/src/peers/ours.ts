import type { PeerOrAbsence } from './peer.ts';

/**
 * Our own engines as a peer. An engine joins the benchmark by returning a `Peer` here instead of its absence:
 *
 * - `load` makes a processor with `GUEST_MAP.memory` bytes of zeroed memory, copies `loop.image` to `GUEST_MAP.image` and starts at
 *   `loop.entry` as a multiboot loader would: 32-bit protected mode, flat segments, paging and interrupts off;
 * - `round` writes 1 to the doubleword at `GUEST_MAP.rounds` and the iterations to the one at `GUEST_MAP.iterations`, runs until a
 *   `SignalReader` that gets every byte written to `SIGNAL_PORT` returns a round, and stops there (the guest then polls for the next).
 *
 * @param engine which of our engines
 */
export async function oursPeer(engine: 'interpreter' | 'jit'): Promise<PeerOrAbsence> {
  return { name: engine === 'jit' ? 'ours jit' : 'ours interp', absent: 'not yet: no engine runs whole programs' };
}
