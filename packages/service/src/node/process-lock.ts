import { DatabaseSync } from "node:sqlite";

/** SQLite's result for a file that another process has locked. sqlite3.h, SQLITE_BUSY. */
const SQLITE_BUSY = 5;

/**
 * A lock that one process holds until it ends, however it ends: the system releases it then. Node has no call for locks of files (fcntl(2), F_SETLK), but the SQLite in it takes them.
 */
export class ProcessLock {
  // Held for as long as the process lives.
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) { this.#database = database; }

  /** Takes the lock at a path; undefined where another process has it. */
  static take(path: string): ProcessLock | undefined {
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      database.exec("PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
      return new ProcessLock(database);
    } catch (error) {
      database.close();
      if ((error as { readonly errcode?: number }).errcode === SQLITE_BUSY) return undefined;
      throw error;
    }
  }
  /** Gives it back. */
  release(): void { this.#database.close(); }
}
