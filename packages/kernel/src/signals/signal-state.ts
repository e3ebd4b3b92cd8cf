import { SIG_DFL, SIG_IGN, SIGCHLD, SIGCONT, SIGKILL, SIGNALS, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH, SI_USER } from "@ringzero/linux-abi";

/** A set of signals: bit n - 1 is signal n. */
export type SignalSet = bigint;
/** The set with one signal in it. */
export const signalBit = (signal: number): SignalSet => 1n << BigInt(signal - 1);
/** Signals that cannot be blocked, caught or ignored. */
export const UNBLOCKABLE: SignalSet = signalBit(SIGKILL) | signalBit(SIGSTOP);

/** What sigaction(2) sets for a signal. */
export interface SignalAction {
  /** SIG_DFL, SIG_IGN or an address. */
  readonly handler: number;
  /** SA_*. */
  readonly flags: number;
  /** Where a handler returns to, with SA_RESTORER. */
  readonly restorer: number;
  /** Signals that are blocked while the handler runs. */
  readonly mask: SignalSet;
}
/** What every signal has at first. */
export const DEFAULT_ACTION: SignalAction = { handler: SIG_DFL, flags: 0, restorer: 0, mask: 0n };

/** What is told with a signal: siginfo_t. */
export interface SignalInfo {
  /** Its number. */
  readonly signal: number;
  /** Why: SI_USER, SEGV_MAPERR, CLD_EXITED … */
  readonly code: number;
  /** Who sent it, by the kernel's number; 0 = the kernel. */
  readonly pid: number;
  /** The sender's user. */
  readonly uid: number;
  /** Exit status for SIGCHLD, address for faults. */
  readonly value: number;
}
/** A signal as kill(2) sends it. `pid` and `uid` are the sender's. */
export function userSignal(signal: number, pid: number, uid: number, code: number = SI_USER): SignalInfo {
  return { signal, code, pid, uid, value: 0 };
}

/** Actions of a thread group: shared by CLONE_SIGHAND. */
export class SignalActions {
  readonly #actions: SignalAction[] = [];

  /** The action of a signal. */
  get(signal: number): SignalAction { return this.#actions[signal] ?? DEFAULT_ACTION; }
  /** Sets it. */
  set(signal: number, action: SignalAction): void { this.#actions[signal] = action; }
  /** An independent copy: fork(2). */
  copy(): SignalActions {
    const copy = new SignalActions();
    this.#actions.forEach((action, signal) => copy.set(signal, action));
    return copy;
  }
  /** What execve(2) leaves: handlers go, ignored signals stay ignored. */
  forNewProgram(): SignalActions {
    const made = new SignalActions();
    this.#actions.forEach((action, signal) => { if (action.handler === SIG_IGN) made.set(signal, { ...DEFAULT_ACTION, handler: SIG_IGN }); });
    return made;
  }
}

/** Signals that wait, of a task or of its group. A second one of the same number is lost, as those below SIGRTMIN are. */
export class PendingSignals {
  readonly #infos = new Map<number, SignalInfo>();
  /** Which ones wait. */
  set: SignalSet = 0n;
  /** None waits: asked before every return to a program. */
  get empty(): boolean { return this.#infos.size === 0; }

  /** One more; nothing where that number waits already. */
  add(info: SignalInfo): void {
    if (this.#infos.has(info.signal)) return;
    this.#infos.set(info.signal, info);
    this.set |= signalBit(info.signal);
  }
  /** Takes the lowest one that is not blocked; KILL before all. */
  take(blocked: SignalSet): SignalInfo | undefined {
    const open = this.set & ~blocked;
    if (open === 0n) return undefined;
    for (const signal of open & signalBit(SIGKILL) ? [SIGKILL] : numbers()) {
      if (!(open & signalBit(signal))) continue;
      const info = this.#infos.get(signal)!;
      this.drop(signal);
      return info;
    }
    return undefined;
  }
  /** Forgets one. */
  drop(signal: number): void {
    this.#infos.delete(signal);
    this.set &= ~signalBit(signal);
  }
  /** All that wait, as data. */
  copyOf(): readonly SignalInfo[] { return [...this.#infos.values()]; }
}
function* numbers(): Iterable<number> {
  for (let signal = 1; signal <= SIGNALS; signal++) yield signal;
}

/** What a signal does that nobody has set an action for. signal(7), "Standard signals". */
export type DefaultAction = "ignore" | "terminate" | "stop" | "continue";
/** What happens where nobody has set an action. */
export function defaultAction(signal: number): DefaultAction {
  switch (signal) {
    case SIGCHLD: case SIGURG: case SIGWINCH: return "ignore";
    case SIGSTOP: case SIGTSTP: case SIGTTIN: case SIGTTOU: return "stop";
    case SIGCONT: return "continue";
    default: return "terminate";
  }
}
