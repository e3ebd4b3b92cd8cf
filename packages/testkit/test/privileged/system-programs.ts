import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { assemble } from '@ringzero/x86';
import { SYSTEM_PROGRAMS } from '../../../x86/test/system/programs/index.ts';
import type { SystemProgram } from '../../../x86/test/system/programs/system-program.ts';
import { type OracleName, oracleVersion } from '../../src/oracle/run-image.ts';
import { runSnippets, type SnippetsRun } from '../../src/oracle/run-snippets.ts';

/** What an oracle printed for every program when it was last accepted: `golden/bochs.json`, `golden/qemu.json`. */
export interface Golden {
  /** The oracle's version. */
  readonly version: string;
  readonly programs: { readonly [program: string]: GoldenRun };
}

/** One program's run. */
export interface GoldenRun {
  /** SHA-256 of each flat binary that was run, so that a golden cannot outlive its program. */
  readonly images: readonly string[];
  readonly outcomes: { readonly [snippet: string]: string };
}

/** Runs a program of snippets on an oracle. An image takes well under a second; the 10 end a snippet that hangs. */
export async function runSystemProgram(oracle: OracleName, program: SystemProgram): Promise<GoldenRun> {
  const run: SnippetsRun = await runSnippets(oracle, Object.keys(program.snippets), (names) => imageWith(program, names), { seconds: 10 });
  return { images: run.images.map(digest), outcomes: run.outcomes };
}

/** What the oracle should print: the architecture's outcomes but for the deviations listed. */
export function foretold(oracle: OracleName, program: SystemProgram): { readonly [snippet: string]: string } {
  return { ...program.expected, ...Object.fromEntries(Object.entries(program.deviations[oracle]).map(([snippet, { says }]) => [snippet, says])) };
}

/** SHA-256 of the image with every snippet. */
export function digestOf(program: SystemProgram): string {
  return digest(imageWith(program, Object.keys(program.snippets)));
}

const goldenFile = (oracle: OracleName): URL => new URL(`golden/${oracle}.json`, import.meta.url);

/** What was accepted of an oracle. */
export function readGolden(oracle: OracleName): Golden {
  return JSON.parse(readFileSync(goldenFile(oracle), 'utf8')) as Golden;
}

/** Runs every program and writes what the oracle printed: `npm run accept`. */
export async function acceptGolden(oracle: OracleName): Promise<void> {
  const programs: { [name: string]: GoldenRun } = {};
  for (const program of SYSTEM_PROGRAMS) programs[program.name] = await runSystemProgram(oracle, program);
  const golden: Golden = { version: oracleVersion(oracle) ?? 'unknown', programs };
  writeFileSync(goldenFile(oracle), `${JSON.stringify(golden, undefined, 2)}\n`);
}

function imageWith(program: SystemProgram, names: readonly string[]): Uint8Array {
  return assemble(program.build(Object.fromEntries(names.map((name) => [name, program.snippets[name]!]))), { bits: 16, origin: 0x8000 }).bytes;
}

function digest(image: Uint8Array): string {
  return createHash('sha256').update(image).digest('hex');
}
