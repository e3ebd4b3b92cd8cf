import {
  type ArchitecturalState,
  type DescriptorRegister,
  packAttributes,
  type RegisterName,
  SEGMENT_REGISTERS,
} from './architectural-state.ts';
import { BochsDebugger } from './bochs-debugger.ts';
import { bochsDeviation } from './bochs-deviations.ts';
import type { LockstepSubject } from './lockstep-subject.ts';
import type { OracleImage, RunOptions } from './oracle-image.ts';
import { findProgram } from './programs.ts';
import { BOCHS, writeBochsConfiguration } from './run-bochs.ts';
import { ScratchDirectory } from './scratch-directory.ts';

/** Commands that together print the state. (`fp` would print the x87 state to standard error.) */
const STATE_COMMANDS = ['r', 'sreg', 'creg', 'dreg', 'sse', 'show "cpu0.FPU"'] as const;

/** Bochs, stepped through its debugger: slower than QEMU, but it checks segment limits and everything else a processor checks. */
export class BochsSubject implements LockstepSubject {
  readonly name = 'bochs';
  ended: string | undefined;
  readonly #debugger: BochsDebugger;
  readonly #scratch: ScratchDirectory;
  #next = '';

  private constructor(bochs: BochsDebugger, scratch: ScratchDirectory) {
    this.#debugger = bochs;
    this.#scratch = scratch;
  }

  /**
   * Starts Bochs on a floppy image and runs it up to an instruction.
   *
   * @param from linear address of the first instruction to step, 0x7C00 for a boot sector
   */
  static async start(image: OracleImage, from: bigint, options: RunOptions = {}): Promise<BochsSubject> {
    const program = findProgram(BOCHS);
    if ('absent' in program) throw new Error(program.absent);
    const scratch = new ScratchDirectory('bochs');
    try {
      const configuration = writeBochsConfiguration(scratch.path, image, options);
      const subject = new BochsSubject(await BochsDebugger.start(program.path, configuration, scratch.path), scratch);
      await subject.runTo(from);
      return subject;
    } catch (cause) {
      scratch.remove();
      throw new Error('Bochs did not reach the first instruction.', { cause });
    }
  }

  /** Runs up to the instruction at a linear address. */
  async runTo(address: bigint): Promise<void> {
    const breakpoint = await this.#debugger.command(`lb 0x${address.toString(16)}`);
    if (breakpoint === undefined) throw new Error(this.#debugger.ended ?? 'Bochs has ended');
    this.#note(await this.#debugger.command('continue'));
    await this.#debugger.command('delete 1');
  }

  async step(): Promise<void> {
    if (this.ended === undefined) this.#note(await this.#debugger.command('step'));
  }

  async registers(): Promise<ArchitecturalState> {
    let text = '';
    for (const command of STATE_COMMANDS) text += (await this.#debugger.command(command)) ?? '';
    return parseBochsState(text);
  }

  async readMemory(address: bigint, length: number): Promise<Uint8Array> {
    const text = (await this.#debugger.command(`x /${length}bx 0x${address.toString(16)}`)) ?? '';
    return Uint8Array.from([...text.matchAll(/\t0x([0-9a-f]{2})/g)].map(([, digits = '']) => Number.parseInt(digits, 16)));
  }

  disassembly(): string {
    return this.#next;
  }

  explains(register: RegisterName, expected: bigint, own: bigint): string | undefined {
    return bochsDeviation(register, expected, own);
  }

  close(): void {
    this.#debugger.close();
    this.#scratch.remove();
  }

  /** The debugger prints the next instruction after each command that runs: `(0) [linear] cs:ip (symbol): text ; bytes`. */
  #note(text: string | undefined): void {
    if (text === undefined) this.ended = this.#debugger.ended?.includes('with no resolution') ? 'shutdown' : (this.#debugger.ended ?? 'Bochs has ended');
    else this.#next = /\(0\) \[0x[0-9a-f]+\] \S+ \([^)]*\): ([^;\n]*)/.exec(text)?.[1]?.trim() ?? '';
  }
}

/** Reads what the debugger's commands print. */
export function parseBochsState(text: string): ArchitecturalState {
  const state: ArchitecturalState = {};
  const number = (digits: string | undefined): bigint => BigInt(`0x${(digits ?? '0').replaceAll('_', '')}`);
  const read = (register: RegisterName, pattern: RegExp): void => {
    const digits = pattern.exec(text)?.[1];
    if (digits !== undefined) state[register] = number(digits);
  };
  for (const [, name = '', digits] of text.matchAll(/^(r[a-z0-9]+) *: ([0-9a-f]{8}_[0-9a-f]{8})/gm)) state[name as RegisterName] = number(digits);
  read('rflags', /^eflags 0x([0-9a-f]+)/m);
  const descriptors: readonly DescriptorRegister[] = [...SEGMENT_REGISTERS, 'ldtr', 'tr'];
  for (const register of descriptors) {
    const line = new RegExp(`^${register}:0x([0-9a-f]+), dh=0x([0-9a-f]+), dl=0x([0-9a-f]+)(?:.*\\n\\t.*base=0x([0-9a-f]+), limit=0x([0-9a-f]+))?`, 'm').exec(text);
    if (!line) continue;
    const [, selector, high, low, base, limit] = line;
    const upper = Number(number(high));
    state[register] = number(selector);
    state[`${register}.attributes`] = packAttributes(upper);
    state[`${register}.base`] = base === undefined ? descriptorBase(upper, Number(number(low))) : number(base);
    state[`${register}.limit`] = limit === undefined ? descriptorLimit(upper, Number(number(low))) : number(limit);
  }
  for (const register of ['gdtr', 'idtr'] as const) {
    read(`${register}.base`, new RegExp(`^${register}:base=0x([0-9a-f]+)`, 'm'));
    read(`${register}.limit`, new RegExp(`^${register}:base=0x[0-9a-f]+, limit=0x([0-9a-f]+)`, 'm'));
  }
  read('cr0', /^CR0=0x([0-9a-f]+)/m);
  read('cr2', /^CR2=page fault laddr=0x([0-9a-f]+)/m);
  read('cr3', /^CR3=0x([0-9a-f]+)/m);
  read('cr4', /^CR4=0x([0-9a-f]+)/m);
  read('cr8', /^CR8: 0x([0-9a-f]+)/m);
  read('efer', /^EFER=0x([0-9a-f]+)/m);
  for (const n of [0, 1, 2, 3, 6, 7] as const) read(`dr${n}`, new RegExp(`^DR${n}=0x([0-9a-f]+)`, 'm'));
  read('mxcsr', /^MXCSR: 0x([0-9a-f]+)/m);
  for (const [, n = '', digits] of text.matchAll(/^XMM\[(\d+)\]: ([0-9a-f_]+)/gm)) state[`xmm${Number(n)}` as RegisterName] = number(digits);
  readX87(state, text, number);
  return state;
}

/**
 * The x87 state: Bochs keeps TOP apart from the status word and numbers the registers physically. Its full tag word becomes the abridged
 * one (SDM vol. 1, "x87 FPU Tag Word": 3 is an empty register).
 */
function readX87(state: ArchitecturalState, text: string, number: (digits: string) => bigint): void {
  const field = (name: string): bigint | undefined => {
    const digits = new RegExp(`^ +${name} = (?:0x)?([0-9a-f]+)$`, 'm').exec(text)?.[1];
    return digits === undefined ? undefined : number(digits);
  };
  const [control, status, tags, top] = [field('cwd'), field('swd'), field('twd'), field('tos')];
  if (control === undefined || status === undefined || tags === undefined || top === undefined) return;
  state.fcw = control;
  state.fsw = (status & ~0x3800n) | (top << 11n);
  state.ftw = 0n;
  for (let i = 0n; i < 8n; i++) if (((tags >> (2n * i)) & 3n) !== 3n) state.ftw |= 1n << i;
  for (const [, n = '', exponent = '', fraction = ''] of text.matchAll(/st(\d) = \{\s+exp = 0x([0-9a-f]+)\s+fraction = 0x([0-9a-f]+)/g)) {
    const i = (Number(n) - Number(top)) & 7;
    state[`st${i}` as RegisterName] = (number(exponent) << 64n) | number(fraction);
  }
}

const descriptorBase = (upper: number, low: number): bigint => BigInt(((low >>> 16) | ((upper & 0xff) << 16) | (upper & 0xff00_0000)) >>> 0);

function descriptorLimit(upper: number, low: number): bigint {
  const limit = (low & 0xffff) | (upper & 0xf_0000);
  return BigInt(upper & 0x80_0000 ? ((limit << 12) | 0xfff) >>> 0 : limit);
}
