import { describe, expect, test } from 'vitest';
import { SYSTEM_PROGRAMS } from '../../../x86/test/system/programs/index.ts';
import { type OracleName, whyAbsent } from '../../src/oracle/run-image.ts';
import { acceptGolden, digestOf, foretold, readGolden } from './system-programs.ts';

const ORACLES: readonly OracleName[] = ['bochs', 'qemu'];

if (process.env['RINGZERO_ACCEPT'] === '1') {
  for (const oracle of ORACLES) if (whyAbsent(oracle) === undefined) await acceptGolden(oracle);
}

describe.each(ORACLES)('what %s printed when it was last run (npm run accept)', (oracle) => {
  test.each(SYSTEM_PROGRAMS.map((program) => [program.name, program] as const))('%s', (name, program) => {
    const golden = readGolden(oracle).programs[name];
    expect(golden?.images[0], 'the program has changed since: npm run accept').toBe(digestOf(program));
    expect(golden?.outcomes).toEqual(foretold(oracle, program));
  });

  test.each(SYSTEM_PROGRAMS.map((program) => [program.name, program] as const))('%s: a deviation deviates from an outcome, and has a reason from a manual', (_, program) => {
    for (const [snippet, { says, why }] of Object.entries(program.deviations[oracle])) {
      expect(program.expected, snippet).toHaveProperty([snippet]);
      expect(says, snippet).not.toBe(program.expected[snippet]);
      expect(why, snippet).toMatch(/(?:SDM|APM) vol\. \d/);
    }
  });
});
