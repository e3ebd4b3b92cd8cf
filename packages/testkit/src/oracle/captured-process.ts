import { spawn } from 'node:child_process';

/** How a captured process ended. */
export interface Capture {
  /** What it wrote to standard output, one character a byte. */
  readonly output: string;
  /** What it wrote to standard error. */
  readonly complaint: string;
  /** `stopped` by the caller's wish, `exited` by itself, or out of time. */
  readonly ended: 'stopped' | 'exited' | 'timeout';
  /** Exit status, or null where a signal ended it. */
  readonly status: number | null;
}

/**
 * Runs a program until it exits, until `enough` says that its output suffices, or until the time is up, and kills it then.
 *
 * @param options.seconds the longest time to wait
 */
export function captureProcess(
  program: string,
  parameters: readonly string[],
  options: { directory: string; seconds: number; enough: (output: string) => boolean },
): Promise<Capture> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd: options.directory, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let complaint = '';
    let ended: Capture['ended'] = 'exited';
    const end = (how: Capture['ended']): void => {
      if (ended === 'exited') ended = how;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => end('timeout'), options.seconds * 1e3);
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString('latin1');
      if (options.enough(output)) end('stopped');
    });
    child.stderr.on('data', (data: Buffer) => (complaint += data.toString()));
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new Error(`${program} could not be started.`, { cause }));
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ output, complaint, ended, status });
    });
  });
}
