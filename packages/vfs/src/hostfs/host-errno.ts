import type { HostErrorCode } from "@ringzero/host";
import { EACCES, EEXIST, EIO, EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOSPC, ENOTDIR, ENOTEMPTY, EXDEV, type Errno } from "@ringzero/linux-abi";

const ERRNOS: { readonly [code in HostErrorCode]?: Errno } = {
  "not-found": ENOENT, denied: EACCES, exists: EEXIST, "not-a-directory": ENOTDIR, "is-a-directory": EISDIR, "not-empty": ENOTEMPTY, "symbolic-link": ELOOP,
  "cross-device": EXDEV, "name-too-long": ENAMETOOLONG, "no-space": ENOSPC,
};

/** Does something with the host's files; where the host refuses, throws what a program is told. */
export function onHost<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if ((error as Error | undefined)?.name !== "HostError") throw error;
    throw ERRNOS[(error as { readonly code: HostErrorCode }).code] ?? EIO;
  }
}
