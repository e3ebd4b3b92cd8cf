import { assemble } from '@ringzero/x86';
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { entryOf, type ImageKind, type LockstepImage, oracleImage } from '../lockstep/lockstep-image.ts';
import { formatDivergence, type LockstepOptions, type LockstepResult, runLockstep } from '../lockstep/run-lockstep.ts';
import { runStrides } from '../lockstep/run-strides.ts';
import { adoptStart, VcpuSubject } from '../lockstep/vcpu-subject.ts';
import { BochsSubject } from '../oracle/bochs-subject.ts';
import { QemuSubject } from '../oracle/qemu-subject.ts';

const ENGINES = ['interpreter', 'reference', 'jit'] as const, ORACLES = ['qemu', 'bochs'] as const;
const KINDS = ['program', 'boot', 'flat', 'multiboot'] as const;

const USAGE = `Runs one image on two processors, instruction by instruction, and reports the first difference.

  npm run lockstep -- IMAGE [--a ${ENGINES.join('|')}] [--b ${[...ENGINES, ...ORACLES].join('|')}]

IMAGE is a binary, or a text that ends in .asm, which is assembled first.
  --kind ${KINDS.join('|')}
                       program: a flat binary started at 0000:8000 in real mode, all registers known (default)
                       boot: a boot sector, started at 0000:7C00
                       flat: a flat binary started at --at in 32-bit protected mode
                       multiboot: a kernel as the Multiboot Specification has it
  --at ADDRESS         where a flat binary lies (default 0x100000)
  --from ADDRESS       runs both up to this linear address before the first comparison
  --own-start          keeps our start state instead of taking over the registers and the first 4 KiB of memory that QEMU or Bochs shows
  --instructions N     at most so many (default 1000000; 20000 with an oracle)
  --stride N           two of our engines: instructions between comparisons of memory (default 2000); with the JIT, of registers, too
  --ignore R=MASK,...  bits of registers not to compare (R alone: all), besides flags that an instruction leaves undefined
  --last N             instructions to show before a difference (default 10)
  --memory MIB         guest memory (default 32)

The exit status is 0 where both agree, 1 where they differ.`;

const { values, positionals } = readArguments();

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        a: { type: 'string', default: 'interpreter' }, b: { type: 'string', default: 'reference' }, kind: { type: 'string', default: 'program' },
        at: { type: 'string' }, from: { type: 'string' }, 'own-start': { type: 'boolean', default: false }, instructions: { type: 'string' }, stride: { type: 'string' },
        ignore: { type: 'string' }, last: { type: 'string', default: '10' }, memory: { type: 'string', default: '32' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return fail((error as Error).message);
  }
}

if (values.help || positionals.length !== 1) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  try {
    process.exitCode = await lockstep(positionals[0]!);
  } catch (error) {
    for (let e: unknown = error; e instanceof Error; e = e.cause) console.error(`lockstep: ${e.message}`);
    process.exitCode = 2;
  }
}

async function lockstep(file: string): Promise<number> {
  const a = oneOf('--a', values.a, ENGINES), b = oneOf('--b', values.b, [...ENGINES, ...ORACLES]);
  const image = readImage(file, oneOf('--kind', values.kind, KINDS));
  const memory = number('--memory', values.memory), from = values.from === undefined ? undefined : number('--from', values.from);
  const first = new VcpuSubject(a, image, { memory });
  const options: LockstepOptions = {
    instructions: number('--instructions', values.instructions ?? (isOracle(b) ? '20000' : '1000000')), last: number('--last', values.last),
    ignored: () => ignoredBits(values.ignore), progress,
  };
  if (from !== undefined) runTo(first, from);
  if (!isOracle(b)) {
    const second = new VcpuSubject(b, image, { memory });
    if (from !== undefined) runTo(second, from);
    const stride = values.stride === undefined ? {} : { stride: number('--stride', values.stride) };
    const result = values.ignore === undefined ? runStrides([first, second], { ...options, ...stride, everyInstruction: a !== 'jit' && b !== 'jit' })
      : await runLockstep([first, second], options);
    return report([first, second], result, first);
  }
  const start = BigInt(from ?? entryOf(image));
  const second = await (b === 'qemu' ? QemuSubject : BochsSubject).start(oracleImage(image), start, { memory });
  try {
    if (!values['own-start']) await adoptStart(first, second);
    return report([first, second], await runLockstep([first, second], options), first);
  } finally {
    await second.close();
  }
}

function isOracle(name: string): name is (typeof ORACLES)[number] { return (ORACLES as readonly string[]).includes(name); }

function readImage(file: string, kind: ImageKind): LockstepImage {
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`);
  const address = values.at === undefined ? 0x10_0000 : number('--at', values.at);
  if (!file.endsWith('.asm')) return { kind, bytes: readFileSync(file), address };
  const source = readFileSync(file, 'utf8');
  const format = kind === 'multiboot' || kind === 'boot' ? kind : 'flat';
  const { bytes } = assemble(source, { file, format, ...(kind === 'program' ? { origin: 0x8000 } : kind === 'flat' ? { bits: 32, origin: address } : {}) });
  return { kind, bytes, address };
}

/** Executes up to an address, at most a hundred million instructions. */
function runTo(subject: VcpuSubject, address: number): void {
  for (let n = 0; n < 1e8; n++) {
    if (subject.codeAddress() === BigInt(address)) return;
    if (subject.ended !== undefined) break;
    subject.step();
  }
  throw new Error(`${subject.name} did not come to ${address.toString(16)}.`);
}

function report(subjects: readonly [{ readonly name: string }, { readonly name: string }], result: LockstepResult, ours: VcpuSubject): number {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  if (ours.text !== '') console.log(`port E9: ${JSON.stringify(ours.text)}`);
  if ('divergence' in result) {
    console.log(formatDivergence(subjects, result.divergence));
    return 1;
  }
  for (const [why, times] of result.agreement.explained ?? []) console.log(`${times} × ${why}`);
  console.log(`${subjects[0].name} and ${subjects[1].name} agree: ${result.agreement.after} instructions, to ${result.agreement.because}`);
  return 0;
}

function progress(instructions: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${instructions} instructions agree `);
}

function ignoredBits(text: string | undefined): { [register: string]: bigint } {
  const bits: { [register: string]: bigint } = {};
  for (const part of text?.split(',') ?? []) {
    const [register = '', mask] = part.split('=');
    bits[register] = mask === undefined ? -1n : BigInt(mask.startsWith('0x') ? mask : `0x${mask}`);
  }
  return bits;
}
function fail(why: string): never {
  console.error(`lockstep: ${why}`);
  process.exit(2);
}
function number(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${option} is a number, not "${text}".`);
  return value;
}
function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  if (!(allowed as readonly string[]).includes(value)) throw new Error(`${option} is one of ${allowed.join(', ')}, not "${value}".`);
  return value as T;
}
