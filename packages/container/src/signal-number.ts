import { SIGNALS } from "@ringzero/linux-abi";

/** Names without "SIG", as `kill -l` and Docker write them. signal(7). */
const NAMES = ["HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"];

/** The number of a signal given as "SIGTERM", "term", "15" or 15. Throws an Error where there is none. */
export function signalNumber(signal: string | number): number {
  const text = String(signal).trim().toUpperCase(), number = /^\d+$/.test(text) ? Number(text) : NAMES.indexOf(text.replace(/^SIG/, "")) + 1;
  if (!(number >= 1 && number <= SIGNALS)) throw new Error(`There is no signal "${String(signal)}". Give a name such as TERM or KILL, or a number from 1 to ${SIGNALS}.`);
  return number;
}
/** An end as a shell sees it, of a status of wait4(2): the exit status, or 128 and the signal's number. POSIX.1-2017, XCU 2.8.2. */
export function shellStatus(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}
