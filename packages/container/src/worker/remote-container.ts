import type { OwnerId } from "@ringzero/machine";
import type { ProcessSpec } from "../spec.ts";
import type { ContainerState } from "../state.ts";
import type { CallName, Calls } from "./messages.ts";
import type { RemoteProcess } from "./remote-process.ts";

/** What a container asks its runtime. @internal */
export interface ContainerCalls {
  ask<K extends CallName>(call: K, what: Calls[K]["ask"]): Promise<Calls[K]["answer"]>;
  process(number: number): RemoteProcess;
}

/** A container as whoever holds the machine sees it: OCI runtime specification, "Lifecycle". Each method rejects with an Error of one sentence where it cannot be done. */
export class RemoteContainer {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Its owner in the machine's ledger and tallies. */
  readonly owner: OwnerId;
  /** Its first program. */
  readonly init: RemoteProcess;
  readonly #calls: ContainerCalls;

  /** Made by `RemoteRuntime.create`. @internal */
  constructor(calls: ContainerCalls, state: ContainerState, init: RemoteProcess) {
    this.#calls = calls;
    this.id = state.id;
    this.name = state.name;
    this.owner = state.owner;
    this.init = init;
  }
  /** Starts its program. */
  async start(): Promise<void> { await this.#calls.ask("start", { id: this.id }); }
  /** Starts a program beside the first one. */
  async exec(spec: ProcessSpec): Promise<RemoteProcess> { return this.#calls.process((await this.#calls.ask("exec", { id: this.id, spec })).process); }
  /** Sends its first process a signal, TERM unless another is given. */
  async kill(signal: string | number = "TERM"): Promise<void> { await this.#calls.ask("kill", { id: this.id, signal }); }
  /** Resolves when its first program has ended: its status as a shell sees it. */
  wait(): Promise<number> { return this.init.exited; }
  /** Removes it and gives back all that it had. With `force` one that runs is killed first. */
  async delete(force: boolean = false): Promise<void> { await this.#calls.ask("delete", { id: this.id, force }); }
  /** It as it is now. */
  async state(): Promise<ContainerState> { return await this.#calls.ask("state", { id: this.id }); }
}
