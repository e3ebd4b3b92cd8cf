import { compareStates } from '../oracle/architectural-state.ts';
import { formatInstruction, nextInstruction } from './next-instruction.ts';
import type { Divergence, LockstepOptions, LockstepResult } from './run-lockstep.ts';
import type { Checkpoint, VcpuSubject } from './vcpu-subject.ts';

/** Instructions between two comparisons, unless the caller says otherwise. */
export const STRIDE = 2000;

/** How to compare two of our engines. */
export interface StrideOptions extends Omit<LockstepOptions, 'ignored'> {
  /** Instructions between two comparisons of everything. */
  readonly stride?: number;
  /** Compares the registers after every instruction, too (default). Compiled code is only entered where it may run on: for the JIT say false. */
  readonly everyInstruction?: boolean;
}

/**
 * Runs two of our engines over the same image: registers compared after every instruction, registers and memory after every `stride`
 * instructions. Where the latter differ both go back, and bisection finds the first instruction after which they do. Without comparisons after every
 * instruction that is the first one whose consequences last; compiled code gives its registers back at a region's end.
 */
export function runStrides(subjects: readonly [VcpuSubject, VcpuSubject], options: StrideOptions): LockstepResult {
  const [first] = subjects, last = options.last ?? 10;
  const origin = first.retired;
  const start = differ(subjects);
  if (start) return { divergence: { after: 0, before: first.registers(), instruction: 'before the first instruction', history: [], ...start } };
  for (;;) {
    const done = first.retired - origin, stride = Math.min(options.stride ?? STRIDE, options.instructions - done);
    if (stride === 0) return { agreement: { after: done, because: 'the instructions asked for' } };
    const checkpoints = subjects.map((s) => s.checkpoint()) as [Checkpoint, Checkpoint];
    const apart = options.everyInstruction ?? true ? runEach(subjects, stride) : runBoth(subjects, stride);
    if (apart > 0) return { divergence: narrow(subjects, checkpoints, apart - 1, done, last) };
    if (differ(subjects)) return { divergence: narrow(subjects, checkpoints, bisect(subjects, checkpoints, stride), done, last) };
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

function runBoth(subjects: readonly [VcpuSubject, VcpuSubject], instructions: number): 0 {
  for (const s of subjects) s.run(instructions);
  return 0;
}
/** Runs both instruction by instruction: the number of the first, from 1, after which registers differ, or 0. */
function runEach([first, second]: readonly [VcpuSubject, VcpuSubject], instructions: number): number {
  for (let n = 1; n <= instructions; n++) {
    first.run(1);
    second.run(1);
    if (!first.hasRegistersOf(second) || first.ended !== second.ended || first.retired !== second.retired) return n;
    if (first.ended !== undefined) return 0;
  }
  return 0;
}

type Checkpoints = readonly [Checkpoint, Checkpoint];
function rewind(subjects: readonly [VcpuSubject, VcpuSubject], checkpoints: Checkpoints): void { subjects.forEach((s, i) => s.rewind(checkpoints[i]!)); }

/** After how many of `stride` instructions the subjects are still alike, one before they are not. */
function bisect(subjects: readonly [VcpuSubject, VcpuSubject], checkpoints: Checkpoints, stride: number): number {
  let alike = 0, apart = stride;
  while (apart - alike > 1) {
    const middle = (alike + apart) >> 1;
    rewind(subjects, checkpoints);
    runBoth(subjects, middle);
    if (differ(subjects)) apart = middle;
    else alike = middle;
  }
  return alike;
}

/** The divergence behind the first `alike` instructions since the checkpoints. */
function narrow(subjects: readonly [VcpuSubject, VcpuSubject], checkpoints: Checkpoints, alike: number, done: number, last: number): Divergence {
  rewind(subjects, checkpoints);
  runBoth(subjects, alike + 1);
  const found = differ(subjects);
  // Engines that depend on more than their state, such as compiled code, may not repeat it.
  if (!found) throw new Error(`The difference after ${done + alike} instructions did not show again. Try another stride.`);
  rewind(subjects, checkpoints);
  const [, second] = subjects, history: string[] = [];
  if (alike > last) second.run(alike - last);
  while (second.retired < checkpoints[1].state.retired + alike) {
    history.push(formatInstruction(nextInstruction(second)));
    second.run(1);
  }
  return { after: done + alike, before: second.registers(), instruction: formatInstruction(nextInstruction(second)), history, ...found };
}
