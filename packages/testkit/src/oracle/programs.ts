import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program on PATH, or the reason for which a test that needs it is skipped. */
export type ProgramOrAbsence = { readonly path: string } | { readonly absent: string };

/** Looks a program up on PATH. */
export function findProgram(name: string): ProgramOrAbsence {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return { path };
    } catch {
      // Not in this directory.
    }
  }
  return { absent: `${name} is not installed (scripts/install-oracles.sh installs it)` };
}

/** The line of a program's output that names its version, or `unknown`. */
export function programVersion(path: string, options: readonly string[], pattern: RegExp): string {
  const read = (): string => {
    try {
      return execFileSync(path, options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      // Bochs prints its help and exits with 1.
      return String((error as { stdout?: unknown }).stdout ?? '');
    }
  };
  return pattern.exec(read())?.[1] ?? 'unknown';
}
