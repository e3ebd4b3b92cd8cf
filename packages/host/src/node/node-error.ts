import { HostError, type HostErrorCode } from "../host-error.ts";

/** Codes of Node's system errors. */
const CODES: { readonly [code: string]: HostErrorCode } = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset", EPIPE: "reset", ERR_STREAM_DESTROYED: "reset", ERR_STREAM_WRITE_AFTER_END: "reset",
  ENETUNREACH: "unreachable", EHOSTUNREACH: "unreachable",
  ETIMEDOUT: "timeout",
  EADDRINUSE: "in-use",
  ENOTFOUND: "not-found", EAI_AGAIN: "not-found", ENODATA: "not-found", ENOENT: "not-found",
  EACCES: "denied", EPERM: "denied", EROFS: "denied",
  ENOSPC: "no-space", EDQUOT: "no-space",
  EEXIST: "exists", ENOTDIR: "not-a-directory", EISDIR: "is-a-directory", ENOTEMPTY: "not-empty", ELOOP: "symbolic-link", EXDEV: "cross-device", ENAMETOOLONG: "name-too-long",
};

/** One of Node's errors as ours, behind a sentence that says what was wanted. */
export function hostError(cause: unknown, sentence: string): HostError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new HostError(CODES[code ?? ""] ?? "failed", `${sentence} The system says: ${message}`, { cause });
}
