import { type ArchitecturalState, compareStates, type IgnoredBits, type StateDifference } from './architectural-state.ts';
import type { LockstepSubject } from './lockstep-subject.ts';

/** The first point at which two subjects part. */
export interface Divergence {
  /** Instructions that both executed alike before. */
  readonly after: number;
  /** State before the instruction that they executed differently, by the first subject. */
  readonly before: ArchitecturalState;
  /** That instruction in words, where a subject can tell. */
  readonly instruction: string;
  /** What differs after it; empty where one subject ended and the other did not. */
  readonly differences: readonly StateDifference[];
  /** Why each subject ended, if it did. */
  readonly ended: readonly [string | undefined, string | undefined];
}

/** How far to go and what to leave out. */
export interface LockstepOptions {
  /** Instructions to execute at most. */
  readonly instructions: number;
  /** Bits that are not compared after an instruction, given the state before it; for flags that the manuals leave undefined. */
  readonly ignored?: (before: ArchitecturalState) => IgnoredBits;
}

/**
 * Steps two subjects side by side until they differ, or both end, or the instructions are used up. HLT ends the run, too: with
 * interrupts held back, as QEMU holds them while it steps, nothing would wake the processor.
 */
export async function runLockstep(
  subjects: readonly [LockstepSubject, LockstepSubject],
  options: LockstepOptions,
): Promise<Divergence | undefined> {
  const [first, second] = subjects;
  let before = await first.registers();
  const start = compareStates(before, await second.registers(), options.ignored?.(before));
  if (start.length > 0) return { after: 0, before, instruction: 'before the first instruction', differences: start, ended: [undefined, undefined] };
  for (let after = 0; after < options.instructions; after++) {
    const instruction = (await first.disassembly?.()) ?? (await second.disassembly?.()) ?? '';
    if (/^hlt\b/i.test(instruction)) return undefined;
    const ignored = options.ignored?.(before);
    await Promise.all([first.step(), second.step()]);
    const ended = [first.ended, second.ended] as const;
    if (ended[0] !== undefined && ended[1] !== undefined) return undefined;
    if (ended[0] !== undefined || ended[1] !== undefined) return { after, before, instruction, differences: [], ended };
    const [x, y] = await Promise.all([first.registers(), second.registers()]);
    const differences = compareStates(x, y, ignored);
    if (differences.length > 0) return { after, before, instruction, differences, ended };
    before = x;
  }
  return undefined;
}

/** A divergence as a report to print. */
export function formatDivergence([first, second]: readonly [LockstepSubject, LockstepSubject], divergence: Divergence): string {
  const { after, before, instruction, differences, ended } = divergence;
  const lines = [`after ${after} instructions, at ${hex(before.cs)}:${hex(before.rip)}  ${instruction}`];
  for (const [i, subject] of [first, second].entries()) {
    if (ended[i as 0 | 1] !== undefined) lines.push(`  ${subject.name} ended: ${ended[i as 0 | 1]}`);
  }
  for (const { register, values } of differences) {
    lines.push(`  ${register.padEnd(14)} before ${hex(before[register])}  ${first.name} ${hex(values[0])}  ${second.name} ${hex(values[1])}`);
  }
  return lines.join('\n');
}

const hex = (value: bigint | undefined): string => value?.toString(16) ?? '-';
