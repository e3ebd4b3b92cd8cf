import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { OracleImage, RunOptions, Transcript } from './oracle-image.ts';
import { type OracleName, oracleVersion, runImage } from './run-image.ts';

/** What the oracles said of one image when it was last accepted. */
export interface GoldenTranscript {
  /** SHA-256 of the image, so that a golden cannot outlive its program. */
  readonly image: string;
  /** QEMU's transcript. */
  readonly qemu: Transcript;
  /** Bochs's transcript; null for a multiboot kernel, which Bochs cannot load. */
  readonly bochs: Transcript | null;
  /** The oracles' versions and the processor models that they played. */
  readonly versions: { readonly qemu: string; readonly bochs: string | null };
}

/** How to run an image on each oracle, and where its golden lies. */
export interface GoldenOptions {
  /** Options of QEMU. */
  readonly qemu?: RunOptions;
  /** Options of Bochs. */
  readonly bochs?: RunOptions;
  /** Directory of the golden files; default `packages/x86/test/privileged/golden`. */
  readonly directory?: string;
}

/** When set to 1, `goldenTranscript` runs the oracles and writes what they say: `npm run accept`. */
export const ACCEPT = 'RINGZERO_ACCEPT';
/** When set to 1, `goldenTranscript` runs the oracles that are installed and compares: `npm run test:slow`. */
export const ASK_ORACLES = 'RINGZERO_ORACLES';

const PRIVILEGED = fileURLToPath(new URL('../../../x86/test/privileged/golden', import.meta.url));

/**
 * The expected transcript of an image: read from its golden file. No oracle need be installed for that; they run only when the
 * environment asks for it (see `ACCEPT` and `ASK_ORACLES`).
 *
 * @param name file name of the golden, without `.json`
 */
export async function goldenTranscript(image: OracleImage, name: string, options: GoldenOptions = {}): Promise<GoldenTranscript> {
  if (process.env[ACCEPT] === '1') return recordTranscript(image, name, options);
  const golden = readGolden(image, name, options);
  if (process.env[ASK_ORACLES] === '1') await compareWithOracles(image, golden, name, options);
  return golden;
}

/** Runs an image on both oracles and writes its golden file. */
export async function recordTranscript(image: OracleImage, name: string, options: GoldenOptions = {}): Promise<GoldenTranscript> {
  const bochsRuns = image.kind === 'floppy';
  const golden: GoldenTranscript = {
    image: digest(image),
    qemu: await runImage('qemu', image, options.qemu),
    bochs: bochsRuns ? await runImage('bochs', image, options.bochs) : null,
    versions: { qemu: version('qemu', options), bochs: bochsRuns ? version('bochs', options) : null },
  };
  for (const oracle of ['qemu', 'bochs'] as const) {
    if (golden[oracle]?.ending === 'timeout') throw new Error(`${name} did not end on ${oracle}; it said: ${golden[oracle].text}`);
  }
  const directory = options.directory ?? PRIVILEGED;
  mkdirSync(directory, { recursive: true });
  writeFileSync(goldenFile(name, options), `${JSON.stringify(golden, undefined, 2)}\n`);
  return golden;
}

function readGolden(image: OracleImage, name: string, options: GoldenOptions): GoldenTranscript {
  const file = goldenFile(name, options);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`No oracle has run ${name} yet: run \`npm run accept\` and review what it writes.`, { cause });
  }
  const golden = JSON.parse(text) as GoldenTranscript;
  if (golden.image !== digest(image)) {
    throw new Error(`${name} has changed since the oracles ran it: run \`npm run accept\` and review the difference.`);
  }
  return golden;
}

async function compareWithOracles(image: OracleImage, golden: GoldenTranscript, name: string, options: GoldenOptions): Promise<void> {
  for (const oracle of ['qemu', 'bochs'] as const) {
    const expected = golden[oracle];
    if (expected === null || oracleVersion(oracle) === undefined) continue;
    const actual = await runImage(oracle, image, options[oracle]);
    if (actual.text !== expected.text || actual.ending !== expected.ending) {
      throw new Error(
        `${oracle} no longer says what the golden of ${name} holds.\n` +
          `golden (${golden.versions[oracle]}): ${JSON.stringify(expected)}\nnow (${version(oracle, options)}): ${JSON.stringify(actual)}`,
      );
    }
  }
}

function version(oracle: OracleName, options: GoldenOptions): string {
  const model = options[oracle]?.cpu ?? (oracle === 'qemu' ? 'max' : 'ryzen');
  return `${oracleVersion(oracle) ?? 'absent'}, ${model}`;
}

function goldenFile(name: string, options: GoldenOptions): string {
  return `${options.directory ?? PRIVILEGED}/${name}.json`;
}

function digest(image: OracleImage): string {
  return createHash('sha256').update(image.bytes).digest('hex');
}
