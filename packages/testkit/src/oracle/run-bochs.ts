import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { END_OF_TRANSCRIPT } from './boot-floppy.ts';
import { captureProcess } from './captured-process.ts';
import { DEFAULT_MEMORY, DEFAULT_SECONDS, type OracleImage, type RunOptions, type Transcript } from './oracle-image.ts';
import { findProgram } from './programs.ts';
import { ScratchDirectory } from './scratch-directory.ts';

/** Debian's `bochs` is a script that starts this program in a home directory of its own. */
export const BOCHS = 'bochs-bin';

const MARKER = String.fromCharCode(END_OF_TRANSCRIPT);
/** The debugger announces the first instruction, at the reset vector; what follows is the program's. */
const FIRST_INSTRUCTION = /\(0\) \[0x0000fffffff0\][^\n]*\n/;
/** When the simulation ends the debugger prints the instruction it stopped at. */
const LAST_INSTRUCTION = /\(0\)\.\[\d+\] \[0x[\s\S]*$/;

/**
 * Writes the configuration of a headless Bochs into a directory and returns its path.
 *
 * The display is the VNC server without a client: the text display wants a terminal. Sound must be named away, because with Debian's
 * build the mixer thread of a host without a sound card overruns a buffer and aborts. With a low `ips` the firmware's waits, which
 * are in simulated time, pass quickly.
 */
export function writeBochsConfiguration(directory: string, image: OracleImage, options: RunOptions): string {
  if (image.kind !== 'floppy') throw new Error('Bochs has no loader for multiboot kernels: make a floppy image.');
  const floppy = join(directory, 'floppy');
  const configuration = join(directory, 'bochsrc');
  writeFileSync(floppy, image.bytes);
  const share = process.env['BXSHARE'] ?? '/usr/share/bochs';
  const lines = [
    'display_library: rfb, options="timeout=0"',
    `romimage: file=${share}/BIOS-bochs-legacy`,
    `vgaromimage: file=${share}/VGABIOS-lgpl-latest`,
    `megs: ${options.memory ?? DEFAULT_MEMORY}`,
    `cpu: model=${options.cpu ?? 'ryzen'}, ips=4000000, reset_on_triple_fault=0`,
    `floppya: 1_44=${floppy}, status=inserted`,
    'boot: floppy',
    'port_e9_hack: enabled=1',
    'sound: driver=dummy, waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy',
    'plugin_ctrl: speaker=0, gameport=0, parallel=0, serial=0',
    `log: ${join(directory, 'log')}`,
    'panic: action=fatal',
    'error: action=report',
    'info: action=ignore',
    'debug: action=ignore',
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  return configuration;
}

/** Runs a floppy image on Bochs and returns what it wrote to port 0xE9. */
export async function runOnBochs(image: OracleImage, options: RunOptions = {}): Promise<Transcript> {
  const program = findProgram(BOCHS);
  if ('absent' in program) throw new Error(program.absent);
  using scratch = new ScratchDirectory('bochs');
  const configuration = writeBochsConfiguration(scratch.path, image, options);
  const commands = join(scratch.path, 'commands');
  writeFileSync(commands, 'continue\n');
  const capture = await captureProcess(program.path, ['-q', '-f', configuration, '-rc', commands], {
    directory: scratch.path,
    seconds: options.seconds ?? DEFAULT_SECONDS,
    enough: (output) => output.includes(MARKER),
  });
  const start = FIRST_INSTRUCTION.exec(capture.output);
  if (!start) throw new Error(`Bochs did not start: ${capture.complaint.trim()}`);
  const said = capture.output.slice(start.index + start[0].length);
  if (said.includes(MARKER)) return { text: said.split(MARKER, 1)[0] ?? '', ending: 'marker' };
  if (capture.ended === 'timeout') return { text: said, ending: 'timeout' };
  const text = said.replace(LAST_INSTRUCTION, '');
  const panic = /Bochs is exiting with the following message:\n(.*)/.exec(capture.complaint)?.[1] ?? '';
  if (panic.includes('shutdown requested')) return { text, ending: 'exit' };
  if (panic.includes('with no resolution')) return { text, ending: 'shutdown' };
  const log = readFileSync(join(scratch.path, 'log'), 'utf8').trim().split('\n').slice(-20).join('\n');
  throw new Error(`Bochs stopped: ${panic || capture.complaint.trim()}\n${log}`);
}
