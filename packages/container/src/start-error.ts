/** A program could not be started. What is wrong with it is in the container, not here. */
export class StartError extends Error {
  /** For messages and logs. */
  override readonly name = "StartError";
  /** As a shell would end: 127 where there is no such program, 126 where it cannot be executed. POSIX.1-2017, XCU 2.8.2. */
  readonly exitCode: number;

  /** `message` is one sentence that says what to do. */
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
