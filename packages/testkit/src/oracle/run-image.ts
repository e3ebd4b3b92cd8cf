import type { OracleImage, RunOptions, Transcript } from './oracle-image.ts';
import { findProgram, programVersion } from './programs.ts';
import { BOCHS, runOnBochs } from './run-bochs.ts';
import { QEMU, runOnQemu } from './run-qemu.ts';

/** The programs that arbitrate what no silicon here can be asked: privileged behaviour. */
export type OracleName = 'qemu' | 'bochs';

/** Runs one image on one oracle and returns what it wrote to port 0xE9. */
export function runImage(oracle: OracleName, image: OracleImage, options: RunOptions = {}): Promise<Transcript> {
  return oracle === 'qemu' ? runOnQemu(image, options) : runOnBochs(image, options);
}

/** The reason for which an oracle cannot run here, or undefined where it can: `test.skipIf(whyAbsent('bochs'))`. */
export function whyAbsent(oracle: OracleName): string | undefined {
  const program = findProgram(oracle === 'qemu' ? QEMU : BOCHS);
  return 'absent' in program ? program.absent : undefined;
}

/** An oracle's version, or undefined where it is absent. */
export function oracleVersion(oracle: OracleName): string | undefined {
  const program = findProgram(oracle === 'qemu' ? QEMU : BOCHS);
  if ('absent' in program) return undefined;
  return oracle === 'qemu'
    ? programVersion(program.path, ['--version'], /version (\S+)/)
    : programVersion(program.path, ['--help'], /Bochs x86 Emulator (\S+)/);
}
