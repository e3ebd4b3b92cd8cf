import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary directory that lives as long as one run of an oracle. */
export class ScratchDirectory implements Disposable {
  /** Absolute path. */
  readonly path: string;

  /** @param purpose part of the directory's name */
  constructor(purpose: string) {
    this.path = mkdtempSync(join(tmpdir(), `ringzero-${purpose}-`));
  }

  /** Deletes the directory and what is in it. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.remove();
  }
}
