import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { END_OF_TRANSCRIPT } from './boot-floppy.ts';
import { captureProcess } from './captured-process.ts';
import { DEFAULT_MEMORY, DEFAULT_SECONDS, type OracleImage, type RunOptions, type Transcript } from './oracle-image.ts';
import { findProgram } from './programs.ts';
import { ScratchDirectory } from './scratch-directory.ts';

/** The emulator of a 64-bit PC, which also runs everything older. */
export const QEMU = 'qemu-system-x86_64';

const MARKER = String.fromCharCode(END_OF_TRANSCRIPT);

/** Options of QEMU for one image, without the debug port: a PC with nothing but a floppy drive, translated by TCG. */
export function qemuParameters(image: OracleImage, file: string, options: RunOptions): string[] {
  return [
    ...['-accel', 'tcg', '-cpu', options.cpu ?? 'max', '-m', String(options.memory ?? DEFAULT_MEMORY)],
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...(image.kind === 'floppy' ? ['-drive', `if=floppy,format=raw,file=${file}`, '-boot', 'a'] : ['-kernel', file]),
  ];
}

/** Runs an image on QEMU and returns what it wrote to port 0xE9. */
export async function runOnQemu(image: OracleImage, options: RunOptions = {}): Promise<Transcript> {
  const program = findProgram(QEMU);
  if ('absent' in program) throw new Error(program.absent);
  using scratch = new ScratchDirectory('qemu');
  const file = join(scratch.path, 'image');
  writeFileSync(file, image.bytes);
  const capture = await captureProcess(
    program.path,
    [...qemuParameters(image, file, options), '-debugcon', 'stdio', '-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    { directory: scratch.path, seconds: options.seconds ?? DEFAULT_SECONDS, enough: (output) => output.includes(MARKER) },
  );
  const [text = ''] = capture.output.split(MARKER, 1);
  if (capture.output.includes(MARKER)) return { text, ending: 'marker' };
  if (capture.ended === 'timeout') return { text, ending: 'timeout' };
  // isa-debug-exit ends QEMU with twice the value written, plus one; a reset, which -no-reboot turns into an exit, with 0.
  if (capture.status === 0) return { text, ending: 'shutdown' };
  if (capture.status !== null && (capture.status & 1) === 1 && !/^qemu-system/m.test(capture.complaint)) return { text, ending: 'exit' };
  throw new Error(`QEMU did not run the image: ${capture.complaint.trim() || `status ${capture.status}`}`);
}
