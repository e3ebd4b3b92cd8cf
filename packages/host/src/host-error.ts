/**
 * Why the platform did not do something: `unsupported` it cannot, whoever asks; `refused`, `unreachable`, `reset`, `timeout` and `in-use` are
 * a network's answers; `not-found` there is no such name, file, command or module; `denied` it does not let us; `no-space` the store is full;
 * `exists`, `not-a-directory`, `is-a-directory`, `not-empty`, `symbolic-link` (where none is followed), `cross-device` and `name-too-long` are
 * a file system's answers; `failed` anything else.
 */
export type HostErrorCode = "unsupported" | "refused" | "unreachable" | "reset" | "timeout" | "in-use" | "not-found" | "denied" | "no-space"
  | "exists" | "not-a-directory" | "is-a-directory" | "not-empty" | "symbolic-link" | "cross-device" | "name-too-long" | "failed";

/** The platform did not do what it was asked for. The message says in a sentence what was asked for, why not, and what to do. */
export class HostError extends Error {
  /** For messages and logs. */
  override readonly name = "HostError";
  /** Why, the same on every platform. */
  readonly code: HostErrorCode;

  /** `message` is the sentence for people; `options.cause` the platform's own error. */
  constructor(code: HostErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
