import { expect } from 'vitest';
import type { LockstepImage } from '../../src/lockstep/lockstep-image.ts';
import { MixedSubject } from '../../src/lockstep/mixed-subject.ts';
import { runStrides } from '../../src/lockstep/run-strides.ts';
import { VcpuSubject } from '../../src/lockstep/vcpu-subject.ts';
import { withParameters } from '../../src/peers/guest-loop.ts';
import type { guestLoops } from '../../src/peers/guest-loops.ts';

/** A loop on engines that change as a seed says, and on the interpreter: registers and memory agree, and each engine had its turns. */
export function compareMixed(loop: ReturnType<typeof guestLoops>[number], seed: number, instructions: number): void {
  const image: LockstepImage = { kind: 'multiboot', bytes: withParameters(loop, { iterations: 20, rounds: 1000 }) }, options = { memory: 16 };
  const mixed = new MixedSubject(seed, image, options);
  expect(runStrides([mixed, new VcpuSubject('interpreter', image, options)], { instructions, stride: 20_011, everyInstruction: false })).toMatchObject({ agreement: {} });
  expect(mixed.vcpu.processor.core.jit!.counters.compiled).toBeGreaterThan(1);
  expect(Math.min(...Object.values(mixed.mix.turns))).toBeGreaterThan(3);
}
