import { describe, expect, it } from 'vitest';
import { SYSTEM_PROGRAMS } from '../../../x86/test/system/programs/index.ts';
import { type OracleName, whyAbsent } from '../../src/oracle/run-image.ts';
import { foretold, runSystemProgram } from './system-programs.ts';

describe.each<readonly [OracleName, string]>([['bochs', 'Bochs'], ['qemu', 'QEMU']])('privileged behaviour: %s prints what the architecture has, but for the deviations listed', (oracle, title) => {
  const absent = whyAbsent(oracle), why = absent === undefined ? '' : ` (skipped: ${absent})`;
  it.skipIf(absent !== undefined).each(SYSTEM_PROGRAMS.map((program) => [program.name, program] as const))(`${title}: %s${why}`, async (_, program) => {
    expect((await runSystemProgram(oracle, program)).outcomes).toEqual(foretold(oracle, program));
  });
});
