import { compareStates } from '../oracle/architectural-state.ts';
import { formatInstruction, nextInstruction } from './next-instruction.ts';
import type { Divergence, LockstepOptions, LockstepResult } from './run-lockstep.ts';
import type { Checkpoint, VcpuSubject } from './vcpu-subject.ts';

/** Instructions between two comparisons, unless the caller says otherwise. */
export const STRIDE = 2000;

/**
 * Runs two of our engines over the same image, registers and memory compared after every `stride` instructions. Where they differ both go back to
 * the last comparison, and bisection finds the first instruction after which they do. It is that one exactly for engines that go
 * instruction by instruction; compiled code gives its registers back at a region's end, so that with the JIT it is the last of a region.
 */
export function runStrides(subjects: readonly [VcpuSubject, VcpuSubject], options: LockstepOptions & { readonly stride?: number }): LockstepResult {
  const [first, second] = subjects, last = options.last ?? 10;
  const origin = first.retired;
  const start = differ(subjects);
  if (start) return { divergence: { after: 0, before: first.registers(), instruction: 'before the first instruction', history: [], ...start } };
  for (;;) {
    const done = first.retired - origin, stride = Math.min(options.stride ?? STRIDE, options.instructions - done);
    if (stride === 0) return { agreement: { after: done, because: 'the instructions asked for' } };
    const checkpoints = subjects.map((s) => s.checkpoint()) as [Checkpoint, Checkpoint];
    for (const s of subjects) s.run(stride);
    if (differ(subjects)) return { divergence: narrow(subjects, checkpoints, stride, done, last) };
    options.progress?.(first.retired - origin);
    if (first.ended !== undefined) return { agreement: { after: first.retired - origin, because: first.ended === 'halted' ? 'HLT' : first.ended } };
  }
}

type Found = Pick<Divergence, 'differences' | 'ended' | 'memory'>;

/** What differs now, or undefined. */
function differ([first, second]: readonly [VcpuSubject, VcpuSubject]): Found | undefined {
  const differences = compareStates(first.registers(), second.registers());
  const address = first.memoryDifference(second);
  const ended = [first.ended, second.ended] as const;
  if (differences.length === 0 && address === undefined && ended[0] === ended[1] && first.retired === second.retired) return undefined;
  if (address === undefined) return { differences, ended };
  return { differences, ended, memory: { address, values: [first.memory.view(address, 1)[0]!, second.memory.view(address, 1)[0]!] } };
}

/** The first of `stride` instructions after which the subjects differ. */
function narrow(subjects: readonly [VcpuSubject, VcpuSubject], checkpoints: readonly [Checkpoint, Checkpoint], stride: number, done: number, last: number): Divergence {
  const rewind = (): void => subjects.forEach((s, i) => s.rewind(checkpoints[i]!));
  const differAfter = (n: number): Found | undefined => {
    rewind();
    if (n > 0) for (const s of subjects) s.run(n);
    return differ(subjects);
  };
  let alike = 0, apart = stride;
  while (apart - alike > 1) {
    const middle = (alike + apart) >> 1;
    if (differAfter(middle)) apart = middle;
    else alike = middle;
  }
  const found = differAfter(apart);
  // Engines that depend on more than their state, such as compiled code, may not repeat it.
  if (!found) throw new Error(`The difference within instructions ${done} to ${done + stride} did not show again. Try a smaller stride.`);
  rewind();
  const [, second] = subjects, history: string[] = [];
  if (alike > last) second.run(alike - last);
  while (second.retired < checkpoints[1].state.retired + alike) {
    history.push(formatInstruction(nextInstruction(second)));
    second.run(1);
  }
  return { after: done + alike, before: second.registers(), instruction: formatInstruction(nextInstruction(second)), history, ...found };
}
