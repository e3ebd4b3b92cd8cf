import { expect, test } from 'vitest';
import { MixedSubject } from '../../src/lockstep/mixed-subject.ts';
import { runStrides } from '../../src/lockstep/run-strides.ts';
import { VcpuSubject } from '../../src/lockstep/vcpu-subject.ts';
import { guestLoops } from '../../src/peers/guest-loops.ts';
import { GUESTS } from './guests.ts';
import { compareMixed } from './mixed.ts';

test.each(guestLoops().map((loop) => [loop.name, loop] as const))('loop %s: twenty seeds', (_, loop) => { for (let seed = 1; seed <= 20; seed++) compareMixed(loop, seed, 1_000_000); });
test.each(GUESTS)('%s: two hundred seeds', (_, image) => {
  for (let seed = 1; seed <= 200; seed++) expect(runStrides([new MixedSubject(seed, image, { memory: 4 }), new VcpuSubject('interpreter', image, { memory: 4 })], { instructions: 100_000, everyInstruction: false })).toMatchObject({ agreement: { because: 'HLT' } });
});
