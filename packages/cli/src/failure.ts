/** What docker(1) and timeout(1) end with where the command itself fails, not what it runs. */
export const EXIT_USAGE = 125;
/** What timeout(1) ends with when the time is up. */
export const EXIT_TIMEOUT = 124;

/** The command ends with a sentence on standard error and a status. */
export class CommandFailure extends Error {
  /** For messages and logs. */
  override readonly name = "CommandFailure";
  /** The exit status. */
  readonly status: number;
  /** `message` is the sentence. */
  constructor(message: string, status = 1, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
