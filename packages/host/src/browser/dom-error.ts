import { HostError, type HostErrorCode } from "../host-error.ts";

/** Names of DOMExceptions. */
const CODES: { readonly [name: string]: HostErrorCode } = {
  QuotaExceededError: "no-space",
  NotAllowedError: "denied", SecurityError: "denied", NoModificationAllowedError: "denied", InvalidStateError: "denied",
};

/** One of the browser's errors as ours, behind a sentence that says what was wanted. */
export function hostError(cause: unknown, sentence: string): HostError {
  const { name, message } = cause as DOMException;
  return new HostError(CODES[name] ?? "failed", `${sentence} The browser says: ${message}`, { cause });
}
