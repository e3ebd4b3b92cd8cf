import type { ThreadGroup } from "../task/thread-group.ts";

/**
 * Numbers of tasks as a set of them sees them: pid_namespaces(7). The kernel itself has one number for each task, that of the first namespace; what crosses
 * the border of a system call is translated here. A task has a number in its namespace and in all above.
 */
export class PidNamespace {
  /** The namespace above; undefined for the kernel's own. */
  readonly parent: PidNamespace | undefined;
  /** Its first process: with it all others end. */
  init: ThreadGroup | undefined;
  readonly #local = new Map<number, number>();
  readonly #global = new Map<number, number>();
  #next = 1;

  constructor(parent?: PidNamespace) {
    this.parent = parent;
  }
  /** Whether it is the kernel's own, in which every task has its number. */
  get isFirst(): boolean { return this.parent === undefined; }
  /** Gives a task numbers here and above. */
  add(global: number): void {
    if (!this.parent) return;
    this.parent.add(global);
    const local = this.#next++;
    this.#local.set(global, local);
    this.#global.set(local, global);
  }
  /** Takes a task's numbers away, here and above. */
  remove(global: number): void {
    if (!this.parent) return;
    this.parent.remove(global);
    const local = this.#local.get(global);
    if (local === undefined) return;
    this.#local.delete(global);
    this.#global.delete(local);
  }
  /** The number that the namespace has for a task; 0 where it does not see it. */
  local(global: number): number { return this.parent ? this.#local.get(global) ?? 0 : global; }
  /** The kernel's number for one of the namespace; -1 where there is none. */
  global(local: number): number { return this.parent ? this.#global.get(local) ?? -1 : local; }
  /** Whether a task has a number here. */
  sees(global: number): boolean { return !this.parent || this.#local.has(global); }
}

/** The names of a machine: uts_namespaces(7). */
export interface UtsNamespace {
  /** nodename of uname(2): sethostname(2). */
  hostName: string;
  /** domainname of uname(2). */
  domainName: string;
}
