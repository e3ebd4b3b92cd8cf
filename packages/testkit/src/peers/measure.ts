import type { Measurement } from './bench-table.ts';
import type { GuestLoop } from './guest-loop.ts';
import type { LoadedLoop, Peer } from './peer.ts';

/** How long to measure. */
export interface MeasurePlan {
  /** Timed rounds of each engine. */
  readonly rounds: number;
  /** Length of one round, in seconds, about. */
  readonly seconds: number;
}

/** Iterations of the rounds whose result is compared with the model's. */
const CHECKED_ITERATIONS = 3;

/** Measures one loop on every peer, the rounds interleaved so that a disturbance of the host meets all alike. */
export async function measureLoop(loop: GuestLoop, peers: readonly Peer[], plan: MeasurePlan): Promise<Measurement[]> {
  const entries: { peer: Peer; loaded: LoadedLoop; iterations: number; mips: number[] }[] = [];
  try {
    for (const peer of peers) {
      const loaded = await peer.load(loop);
      const entry = { peer, loaded, iterations: 0, mips: [] };
      entries.push(entry);
      await check(loop, peer, loaded);
      entry.iterations = await calibrate(loop, loaded, plan.seconds);
      await check(loop, peer, loaded); // again, now that the engine has warmed up
    }
    for (let round = 0; round < plan.rounds; round++) {
      for (const { loaded, iterations, mips } of entries) {
        const { seconds } = await loaded.round(iterations);
        mips.push(loop.instructions(iterations) / seconds / 1e6);
      }
    }
  } finally {
    for (const { loaded } of entries) await loaded.close();
  }
  return entries.map(({ peer, mips }) => ({ loop: loop.name, peer: peer.name, mips }));
}

async function check(loop: GuestLoop, peer: Peer, loaded: LoadedLoop): Promise<void> {
  const { result } = await loaded.round(CHECKED_ITERATIONS);
  const expected = loop.expected(CHECKED_ITERATIONS);
  if (result !== expected) {
    throw new Error(`${peer.name} computed ${result.toString(16)} in ${loop.name}; ${expected.toString(16)} is right.`);
  }
}

/** Doubles the iterations until a round is long enough to scale; warms the engine up on the way. */
async function calibrate(loop: GuestLoop, loaded: LoadedLoop, seconds: number): Promise<number> {
  for (let iterations = loop.iterationsPerMillion; ; iterations *= 2) {
    const round = await loaded.round(iterations);
    if (round.seconds >= seconds / 2) return Math.max(1, Math.round((iterations * seconds) / round.seconds));
  }
}
