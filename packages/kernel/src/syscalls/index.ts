import type { SystemCall } from "../syscall.ts";
import { ABSENT } from "./absent.ts";
import { FUTEX } from "./futex.ts";
import { IDENTITY } from "./identity.ts";
import { MEMORY } from "./memory.ts";
import { MOUNT } from "./mount.ts";
import { NAMES } from "./names.ts";
import { OPEN } from "./open.ts";
import { POLL } from "./poll.ts";
import { PROCESS } from "./process.ts";
import { READ_WRITE } from "./read-write.ts";
import { SIGNAL } from "./signal.ts";
import { STAT } from "./stat.ts";
import { TIME } from "./time.ts";

/** Every system call that there is, of both ABIs. */
export const SYSTEM_CALLS: readonly SystemCall[] = [...READ_WRITE, ...OPEN, ...STAT, ...NAMES, ...MEMORY, ...MOUNT, ...PROCESS, ...SIGNAL, ...TIME, ...FUTEX, ...POLL, ...IDENTITY, ...ABSENT];
