/**
 * Why a call was refused: `not-found` there is none of that name, `conflict` it is not in a state for this, `invalid` it cannot be made so, `no-program` and `not-executable` what it is to run, `version`
 * another protocol; `gone` the machine has ended; `failed` anything else.
 */
export type ServiceErrorCode = "not-found" | "conflict" | "invalid" | "no-program" | "not-executable" | "failed" | "gone" | "version";

/** A call was refused, or the machine is gone. The message is a sentence for people. */
export class ServiceError extends Error {
  /** For messages and logs. */
  override readonly name = "ServiceError";
  /** Why. */
  readonly code: ServiceErrorCode;
  /** `message` is the sentence. */
  constructor(code: ServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
