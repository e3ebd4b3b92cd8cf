import { describe, expect, it } from 'vitest';
import { entryOf, type LockstepImage } from '../../src/lockstep/lockstep-image.ts';
import { formatDivergence, runLockstep } from '../../src/lockstep/run-lockstep.ts';
import { MixedSubject } from '../../src/lockstep/mixed-subject.ts';
import { runStrides } from '../../src/lockstep/run-strides.ts';
import { VcpuSubject } from '../../src/lockstep/vcpu-subject.ts';
import { withParameters } from '../../src/peers/guest-loop.ts';
import { guestLoops } from '../../src/peers/guest-loops.ts';
import { GUESTS } from './guests.ts';
import { compareMixed } from './mixed.ts';

const memory = 4;

/** An engine with a defect: when it has executed its k-th instruction, `damage` happens. */
class BrokenSubject extends VcpuSubject {
  readonly #at: number;
  readonly #damage: (subject: VcpuSubject) => void;
  constructor(image: LockstepImage, at: number, damage: (subject: VcpuSubject) => void) {
    super('interpreter', image, { memory });
    this.#at = this.retired + at;
    this.#damage = damage;
  }
  override run(instructions: number): void {
    const before = this.#at - this.retired;
    if (before < 1 || before > instructions) return super.run(instructions);
    super.run(before);
    this.#damage(this);
    if (instructions > before) super.run(instructions - before);
  }
  override step(): void {
    const before = this.retired;
    super.step();
    if (before < this.#at && this.retired >= this.#at) this.#damage(this);
  }
}
const ZF = 0x40;
const flipZero = ({ vcpu: { processor } }: VcpuSubject): void => { processor.flags ^= ZF; };
const [, real] = GUESTS.find(([name]) => name === 'real mode')!;

describe('the interpreter and the reference in lockstep', () => {
  it.each(GUESTS)('%s', async (_, image) => {
    const strides = runStrides([new VcpuSubject('interpreter', image, { memory }), new VcpuSubject('reference', image, { memory })], { instructions: 100_000 });
    expect(strides).toMatchObject({ agreement: { because: 'HLT' } });
    const steps = await runLockstep([new VcpuSubject('interpreter', image, { memory }), new VcpuSubject('reference', image, { memory })], { instructions: 100_000 });
    expect(steps).toMatchObject({ agreement: { because: 'HLT' } });
  });

  it.each(guestLoops().map((loop) => [loop.name, loop] as const))('loop %s', (_, loop) => {
    const image: LockstepImage = { kind: 'multiboot', bytes: withParameters(loop, { iterations: 1, rounds: 1 }) }, options = { memory: 16 };
    const interpreter = new VcpuSubject('interpreter', image, options), reference = new VcpuSubject('reference', image, options);
    // Past the prologue, which makes page tables and data, on one engine: the other takes over from there.
    while (interpreter.text === '') interpreter.run(1000);
    reference.rewind(interpreter.checkpoint());
    expect(runStrides([interpreter, reference], { instructions: 20_000, stride: 20_000 })).toEqual({ agreement: { after: 20_000, because: 'the instructions asked for' } });
  });
});

describe('compiled code and the interpreter', () => {
  it.each(guestLoops().map((loop) => [loop.name, loop] as const))('loop %s', (_, loop) => {
    const image: LockstepImage = { kind: 'multiboot', bytes: withParameters(loop, { iterations: 20, rounds: 2 }) }, options = { memory: 16 };
    const jit = new VcpuSubject('jit', image, options);
    expect(runStrides([jit, new VcpuSubject('interpreter', image, options)], { instructions: 1_000_000, stride: 100_003, everyInstruction: false })).toMatchObject({ agreement: {} });
    expect(jit.vcpu.processor.core.jit!.counters.compiled).toBeGreaterThan(0);
  });
});

describe('compiled code at the first sight, engines changing at random, and the interpreter', () => {
  it.each(guestLoops().map((loop) => [loop.name, loop] as const))('loop %s', (_, loop) => { compareMixed(loop, 1, 200_000); });
  it.each(GUESTS)('%s', (_, image) => {
    for (let seed = 1; seed <= 20; seed++) expect(runStrides([new MixedSubject(seed, image, { memory }), new VcpuSubject('interpreter', image, { memory })], { instructions: 100_000, everyInstruction: false })).toMatchObject({ agreement: { because: 'HLT' } });
  });
});

describe('an engine with a defect', () => {
  it.each([1, 30, 77, 250])('that shows in a flag after instruction %i is found there', async (k) => {
    const sound = (): VcpuSubject => new VcpuSubject('reference', real, { memory });
    for (const result of [
      runStrides([new BrokenSubject(real, k, flipZero), sound()], { instructions: 1000, stride: 64 }),
      await runLockstep([new BrokenSubject(real, k, flipZero), sound()], { instructions: 1000 }),
    ]) {
      expect(result).toMatchObject({ divergence: { after: k - 1, differences: [{ register: 'rflags' }] } });
      if (!('divergence' in result)) continue;
      const { values } = result.divergence.differences[0]!;
      expect(values[0] ^ values[1]).toBe(BigInt(ZF));
      expect(result.divergence.history).toHaveLength(Math.min(10, k - 1));
    }
  });

  it('that shows in memory only is found by strides', () => {
    const damage = (s: VcpuSubject): void => s.memory.write(0x20000, [1]);
    const result = runStrides([new BrokenSubject(real, 40, damage), new VcpuSubject('reference', real, { memory })], { instructions: 1000 });
    expect(result).toMatchObject({ divergence: { after: 39, differences: [], memory: { address: 0x20000, values: [1, 0] } } });
  });

  it('is reported with the instruction, what was executed before it, and the registers that differ', () => {
    const subjects = [new BrokenSubject(real, 2, flipZero), new VcpuSubject('reference', real, { memory })] as const;
    const result = runStrides(subjects, { instructions: 1000 });
    const report = 'divergence' in result ? formatDivergence([{ name: 'broken' }, { name: 'sound' }], result.divergence) : '';
    const [first, second] = report.split('\n');
    expect(entryOf(real)).toBe(0x8000);
    expect(first).toMatch(/0 {2}0000:00008000 {2}c7060000/);
    expect(second).toMatch(/^> +1 {2}0000:00008006 {2}8c0e0200 .*mov/i);
    expect(report).toContain('broken and sound agree for 1 instructions');
    expect(report).toMatch(/rflags +2 +42 +2 {2}ZF/);
  });
});
