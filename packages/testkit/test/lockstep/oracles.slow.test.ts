import { describe, expect, it } from 'vitest';
import { entryOf, oracleImage } from '../../src/lockstep/lockstep-image.ts';
import { runLockstep } from '../../src/lockstep/run-lockstep.ts';
import { adoptStart, VcpuSubject } from '../../src/lockstep/vcpu-subject.ts';
import { BOCHS } from '../../src/oracle/run-bochs.ts';
import { BochsSubject } from '../../src/oracle/bochs-subject.ts';
import { findProgram } from '../../src/oracle/programs.ts';
import { QEMU } from '../../src/oracle/run-qemu.ts';
import { QemuSubject } from '../../src/oracle/qemu-subject.ts';
import { GUESTS } from './guests.ts';

describe.each([['QEMU', QEMU, QemuSubject], ['Bochs', BOCHS, BochsSubject]] as const)('our engines in lockstep with %s', (_, program, Subject) => {
  const found = findProgram(program), why = 'absent' in found ? ` (skipped: ${found.absent})` : '';
  it.skipIf('absent' in found).each(GUESTS)(`%s${why}`, async (_name, image) => {
    const ours = new VcpuSubject('interpreter', image);
    const oracle = await Subject.start(oracleImage(image), BigInt(entryOf(image)));
    try {
      await adoptStart(ours, oracle);
      expect(await runLockstep([ours, oracle], { instructions: 20_000 })).toMatchObject({ agreement: { because: 'HLT' } });
    } finally {
      await oracle.close();
    }
  });
});
