import { disassemble } from '@ringzero/x86';
import { DECODED, MODE, defaultInstructionSet } from '@ringzero/x86/internals';
import type { IgnoredBits } from '../oracle/architectural-state.ts';
import { undefinedFlags } from '../silicon/undefined-flags.ts';
import type { VcpuSubject } from './vcpu-subject.ts';

const LONGEST = 15;
const SIZES = [16, 32, 64] as const;

/** An instruction about to execute. */
export interface NextInstruction {
  readonly selector: number;
  readonly offset: bigint;
  readonly bytes: Uint8Array;
  /** Flags that it leaves undefined. */
  readonly undefined: IgnoredBits;
  /** HLT, at a privilege level that may execute it. */
  readonly isHalt: boolean;
  readonly text: string;
}

/** The instruction that one of our engines executes next, by its own decoder. */
export function nextInstruction(subject: VcpuSubject): NextInstruction {
  const { processor } = subject.vcpu, { mode } = subject, { decoder } = processor.core;
  const code = subject.readMemory(subject.codeAddress(), LONGEST);
  const status = decoder.decode(code, 0, code.length, mode);
  const built = status === DECODED.ok ? defaultInstructionSet().built(decoder.variant) : undefined;
  const bytes = code.subarray(0, built ? decoder.length : Math.min(code.length, 4));
  const text = code.length === 0 ? '(not present)'
    : disassemble(code, { mode: SIZES[(mode & MODE.size) as 0 | 1 | 2], address: processor.rip, real: (mode & MODE.real) !== 0 }).text;
  return {
    selector: processor.selector(1), offset: processor.rip, bytes, text,
    undefined: built ? { rflags: BigInt(undefinedFlags(decoder, built, processor.gpr32(1) & 0xff)) } : {},
    isHalt: built?.variant.instruction.name === 'HLT' && processor.cpl === 0,
  };
}

/** `cs:ip  bytes  text`, for lists of what was executed. */
export function formatInstruction({ selector, offset, bytes, text }: NextInstruction): string {
  const hex = Buffer.from(bytes).toString('hex');
  return `${selector.toString(16).padStart(4, '0')}:${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(20)}  ${text}`;
}
