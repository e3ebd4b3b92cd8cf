import type { Container, Process, RemoteContainer, RemoteProcess } from "@ringzero/container";
import { sharedKernelCrossings } from "@ringzero/contrast";
import type { Machine, OwnerId } from "@ringzero/machine";
import { PROMPT } from "../../src/shared/linux-vm.ts";
import type { FromHolder, TenantFigures, TenantState } from "./messages.ts";
import { PromptWatch } from "./prompt-watch.ts";
import type { Tenant } from "./tenant.ts";

/** What a container in the page is made with. */
export interface ContainerTenantOptions {
  readonly tenant: number;
  /** When it was asked for, by `performance.now()`. */
  readonly asked: number;
  /** The owner of its memory. */
  readonly owner: OwnerId;
}

/** What an owner of a container, or the kernel of all, has used and crossed. */
export function containerFigures(machine: Machine, tenant: number, owner: OwnerId): TenantFigures {
  const t = machine.tallies(owner), systemCalls = t.get("systemCalls"), pageFaults = t.get("faults");
  return {
    tenant, owners: [owner], instructions: t.get("instructions"), exits: undefined, systemCalls, ringCrossings: sharedKernelCrossings(systemCalls, pageFaults), interrupts: undefined, pageFaults,
    nanoseconds: t.get("nanoseconds"), idleNanoseconds: t.get("idleNanoseconds"),
  };
}

/** A container as the page's holder keeps it. */
export class ContainerTenant implements Tenant {
  readonly tenant: number;
  readonly #machine: Machine;
  readonly #container: Container | RemoteContainer;
  readonly #process: Process | RemoteProcess;
  readonly #owner: OwnerId;
  readonly #say: (message: FromHolder) => void;
  #state: TenantState = "starting";

  /** A container that has been made and not yet started. */
  constructor(machine: Machine, container: Container | RemoteContainer, { tenant, asked, owner }: ContainerTenantOptions, say: (message: FromHolder) => void) {
    this.tenant = tenant;
    this.#machine = machine;
    this.#container = container;
    this.#process = container.init;
    this.#owner = owner;
    this.#say = say;
    const watch = new PromptWatch(PROMPT);
    this.#process.onOutput((_, bytes) => {
      say({ kind: "output", tenant, bytes });
      if (!watch.hear(bytes)) return;
      const { instructions } = this.figures();
      say({ kind: "prompt", tenant, prompt: { milliseconds: performance.now() - asked, instructions, nanoseconds: 0, restored: false } });
    });
    // Its process ends with its kernel as well, and that would be the reason to tell: whoever answers for the container afterwards is a kernel that lives.
    void this.#process.exited.then(async (code) => {
      await Promise.resolve().then(() => container.state()).catch(() => {});
      setTimeout(() => this.#ended(code));
    });
  }
  /** Starts it. Rejects with an Error in a sentence where its program cannot be started. */
  async start(): Promise<void> {
    await this.#container.start();
    if (!this.ended) this.#tell("running");
  }
  #tell(state: TenantState, note?: string): void {
    this.#state = state;
    this.#say({ kind: "tenant", tenant: this.tenant, state, note });
  }
  #ended(code: number): void {
    if (this.ended) return;
    this.#tell(code === 137 ? "killed" : "exited", `Its first process ended with status ${code}.`);
    void this.#container.delete(true).catch(() => {});
  }
  /** Its kernel is dead, and so is it. */
  lost(): void { if (!this.ended) this.#tell("crashed", "The kernel that it shared with all other containers is dead."); }

  get owners(): readonly number[] { return [this.#owner]; }
  get ended(): boolean { return this.#state !== "running" && this.#state !== "paused" && this.#state !== "starting"; }
  type(bytes: Uint8Array): void { this.#process.write(bytes); }
  resize(columns: number, rows: number): void { if (!this.ended) this.#process.resize(columns, rows); }
  async pause(): Promise<void> {}
  resume(): void {}
  reset(): void {}
  power(): void { if (!this.ended) this.#process.kill("TERM"); }
  async kill(): Promise<void> { if (!this.ended) await this.#container.delete(true); }
  crash(): void {}
  figures(): TenantFigures { return containerFigures(this.#machine, this.tenant, this.#owner); }
}
