import { type ArchitecturalState, compareStates, type IgnoredBits, type StateDifference } from '../oracle/architectural-state.ts';
import type { LockstepSubject } from '../oracle/lockstep-subject.ts';
import { formatInstruction, nextInstruction } from './next-instruction.ts';
import { VcpuSubject } from './vcpu-subject.ts';

/** The first point at which two subjects part. */
export interface Divergence {
  /** Steps that both made alike before: instructions, iterations of a REP, deliveries of an exception. */
  readonly after: number;
  /** State before the step that they made differently, by the first subject. */
  readonly before: ArchitecturalState;
  /** That instruction in words, where a subject can tell. */
  readonly instruction: string;
  /** What differs after it; empty where one subject ended and the other did not, or only memory differs. */
  readonly differences: readonly StateDifference[];
  /** First guest-physical address whose byte differs, with both bytes. */
  readonly memory?: { readonly address: number; readonly values: readonly [number, number] };
  /** Why each subject ended, if it did. */
  readonly ended: readonly [string | undefined, string | undefined];
  /** The last instructions before it, the oldest first. */
  readonly history: readonly string[];
}

/** Both went alike. */
export interface Agreement {
  /** Steps made. */
  readonly after: number;
  /** Why the run ended: HLT, both subjects' end, or the instructions asked for. */
  readonly because: string;
  /** Differences that a subject explains as its own deviation from the processor, with how often. */
  readonly explained?: ReadonlyMap<string, number>;
}

/** How far to go and what to leave out. */
export interface LockstepOptions {
  /** Instructions to execute at most. */
  readonly instructions: number;
  /** Bits that are not compared after an instruction, given the state before it, besides flags that the first subject's description leaves undefined. */
  readonly ignored?: (before: ArchitecturalState) => IgnoredBits;
  /** Instructions to show before a difference; default 10. */
  readonly last?: number;
  /** Told now and then how many instructions have agreed. */
  readonly progress?: (instructions: number) => void;
}

/** How a lockstep run ended. */
export type LockstepResult = { readonly divergence: Divergence } | { readonly agreement: Agreement };

/** What is known of the next instruction: from our own decoder, else from what a subject says of it. */
async function describe(subjects: readonly [LockstepSubject, LockstepSubject]): Promise<{ line: string; undefined: IgnoredBits; isHalt: boolean }> {
  const own = subjects.filter((s) => s instanceof VcpuSubject);
  if (own[0]) {
    const next = nextInstruction(own[0]);
    // Two of our engines have one description: they leave the same in undefined flags.
    return { line: formatInstruction(next), undefined: own.length === 2 ? {} : next.undefined, isHalt: next.isHalt };
  }
  const line = (await subjects[0].disassembly?.()) ?? (await subjects[1].disassembly?.()) ?? '';
  return { line, undefined: {}, isHalt: /^hlt\b/i.test(line) };
}

const union = (a: IgnoredBits, b: IgnoredBits = {}): IgnoredBits => ({ ...a, ...b, rflags: (a.rflags ?? 0n) | (b.rflags ?? 0n) });

/**
 * Steps two subjects side by side until they differ, or both end, or the instructions are used up. HLT ends the run, too: with
 * interrupts held back, as QEMU holds them while it steps, nothing would wake the processor. Flags that an instruction leaves undefined are taken
 * over from the other subject by one of our engines, so that they do not differ ever after.
 */
export async function runLockstep(subjects: readonly [LockstepSubject, LockstepSubject], options: LockstepOptions): Promise<LockstepResult> {
  const [first, second] = subjects, history: string[] = [], explained = new Map<string, number>();
  const isExplained = ({ register, values: [x, y] }: StateDifference): boolean => {
    const why = second.explains?.(register, x, y) ?? first.explains?.(register, y, x);
    if (why !== undefined) explained.set(why, (explained.get(why) ?? 0) + 1);
    return why !== undefined;
  };
  let before = await first.registers();
  const start = compareStates(before, await second.registers(), options.ignored?.(before));
  if (start.length > 0) return { divergence: { after: 0, before, instruction: 'before the first instruction', differences: start, ended: [undefined, undefined], history } };
  for (let after = 0; after < options.instructions; after++) {
    const { line, undefined: mask, isHalt } = await describe(subjects);
    if (isHalt) return { agreement: { after, because: 'HLT', explained } };
    const ignored = union(mask, options.ignored?.(before));
    await Promise.all([first.step(), second.step()]);
    const ended = [first.ended, second.ended] as const;
    if (ended[0] !== undefined && ended[1] !== undefined) return { agreement: { after: after + 1, because: `both ended: ${ended.join(', ')}`, explained } };
    if (ended[0] !== undefined || ended[1] !== undefined) return { divergence: { after, before, instruction: line, differences: [], ended, history } };
    const [x, y] = await Promise.all([first.registers(), second.registers()]);
    const differences = compareStates(x, y, ignored).filter((d) => !isExplained(d));
    if (differences.length > 0) return { divergence: { after, before, instruction: line, differences, ended, history } };
    if (mask.rflags && x.rflags !== undefined && y.rflags !== undefined) {
      if (first instanceof VcpuSubject) first.adoptFlags(y.rflags, mask.rflags);
      else if (second instanceof VcpuSubject) second.adoptFlags(x.rflags, mask.rflags);
    }
    history.push(line);
    if (history.length > (options.last ?? 10)) history.shift();
    if (after % 100 === 99) options.progress?.(after + 1);
    before = x;
  }
  return { agreement: { after: options.instructions, because: 'the instructions asked for', explained } };
}

/** A divergence as a report to print. */
export function formatDivergence([first, second]: readonly [{ readonly name: string }, { readonly name: string }], divergence: Divergence): string {
  const { after, before, instruction, differences, ended, memory, history } = divergence;
  const lines = history.map((line, i) => `  ${String(after - history.length + i).padStart(8)}  ${line}`);
  lines.push(`> ${String(after).padStart(8)}  ${instruction}`);
  lines.push(`${first.name} and ${second.name} agree for ${after} instructions, and differ after the next:`);
  for (const [i, subject] of [first, second].entries()) {
    if (ended[i as 0 | 1] !== undefined) lines.push(`  ${subject.name} ended: ${ended[i as 0 | 1]}`);
  }
  const width = Math.max(8, ...differences.flatMap(({ register, values }) => [hex(before[register]), ...values.map(hex)].map((text) => text.length)));
  if (differences.length > 0) lines.push(`  ${''.padEnd(14)} ${'before'.padStart(width)}  ${first.name.padStart(width)}  ${second.name.padStart(width)}`);
  for (const { register, values } of differences) {
    const note = register === 'rflags' ? `  ${flagNames(values[0] ^ values[1])}` : '';
    lines.push(`  ${register.padEnd(14)} ${hex(before[register]).padStart(width)}  ${hex(values[0]).padStart(width)}  ${hex(values[1]).padStart(width)}${note}`);
  }
  if (memory) lines.push(`  memory at physical ${hex(BigInt(memory.address))}: ${first.name} ${hex(BigInt(memory.values[0]))}, ${second.name} ${hex(BigInt(memory.values[1]))}`);
  return lines.join('\n');
}

const FLAG_BITS: readonly (readonly [number, string])[] = [
  [0, 'CF'], [2, 'PF'], [4, 'AF'], [6, 'ZF'], [7, 'SF'], [8, 'TF'], [9, 'IF'], [10, 'DF'], [11, 'OF'], [14, 'NT'], [16, 'RF'], [17, 'VM'], [18, 'AC'], [19, 'VIF'], [20, 'VIP'], [21, 'ID'],
];
const flagNames = (bits: bigint): string => FLAG_BITS.filter(([n]) => (bits >> BigInt(n)) & 1n).map(([, name]) => name).join(' ');

const hex = (value: bigint | undefined): string => value?.toString(16) ?? '-';
