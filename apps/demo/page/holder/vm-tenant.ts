import { pc, RemoteVirtualMachine, VirtualMachine, type VirtualMachineState, type VirtualMachineWorker } from "@ringzero/hypervisor";
import type { Machine } from "@ringzero/machine";
import type { FromHolder, TenantFigures, TenantState, Trap } from "./messages.ts";
import { PromptWatch } from "./prompt-watch.ts";
import type { Tenant } from "./tenant.ts";
import type { VmPlan } from "./vm-plan.ts";

/** A virtual machine, on a worker of its own or on this one. */
type AnyVm = RemoteVirtualMachine | VirtualMachine;

/** Milliseconds that a kernel gets to crash by its own means. */
const PATIENCE = 4000;
/** Trapped instructions that the page lists. */
const SHOWN_TRAPS = 200;

/** What a virtual machine in the page is made with. */
export interface VmTenantOptions {
  readonly tenant: number;
  readonly name: string;
  /** Its worker, which may have been started long before; undefined = it runs on this one. */
  readonly worker: VirtualMachineWorker | undefined;
  readonly plan: VmPlan;
  /** When it was asked for, by `performance.now()`. */
  readonly asked: number;
}

/** A virtual machine as the page's holder keeps it. */
export class VmTenant implements Tenant {
  readonly tenant: number;
  readonly #machine: Machine;
  readonly #vm: AnyVm;
  readonly #say: (message: FromHolder) => void;
  readonly #plan: VmPlan;
  #state: TenantState = "starting";

  private constructor(machine: Machine, vm: AnyVm, { tenant, plan, asked }: VmTenantOptions, say: (message: FromHolder) => void) {
    this.tenant = tenant;
    this.#machine = machine;
    this.#vm = vm;
    this.#say = say;
    this.#plan = plan;
    const watch = new PromptWatch(plan.prompt);
    vm.console.onOutput((bytes) => {
      say({ kind: "output", tenant, bytes });
      if (!watch.hear(bytes)) return;
      const { instructions, nanoseconds } = this.figures();
      say({ kind: "prompt", tenant, prompt: { milliseconds: performance.now() - asked, instructions, nanoseconds, restored: plan.from !== undefined } });
    });
    if (plan.deprivileged) this.#showTraps();
    vm.onState((state) => { if (state === "halted" && !this.ended) this.#tell("halted", "Its processor has halted with interrupts off: only a reset makes it go on."); else if (state === "running" && this.#state === "halted") this.#tell("running"); });
    void vm.ended.then((state) => this.#ended(state));
  }

  /** Makes one and starts it. Rejects with an Error in a sentence where it cannot be made. */
  static async start(machine: Machine, options: VmTenantOptions, say: (message: FromHolder) => void): Promise<VmTenant> {
    const { name, worker, plan, tenant } = options, how = { name, ...(plan.deprivileged ? { technique: "ring-deprivileging" as const } : {}) }, { snapshot, console: shown } = plan.from ?? {};
    const make = async (): Promise<AnyVm> => {
      if (worker) return RemoteVirtualMachine.on(worker, { pc: plan.pc, options: how, snapshot, transfer: plan.fetched });
      const platform = pc(plan.pc);
      return snapshot ? VirtualMachine.restore(machine, platform, snapshot, how) : VirtualMachine.create(machine, platform, how);
    };
    const vm = await make(), made = new VmTenant(machine, vm, options, say);
    if (shown) say({ kind: "output", tenant, bytes: shown });
    vm.start();
    // A restored shell says nothing until it is asked: an empty line brings the next prompt, and shows that it is alive.
    if (shown) vm.console.type("\r");
    made.#tell("running", plan.note);
    return made;
  }

  /** Hands on what traps, the newest first, at most four times a second. Accesses to ports are counted and not listed: a console is thousands of them. */
  #showTraps(): void {
    const counts = new Map<string, number>();
    let list: readonly Trap[] = [], total = 0, telling = false;
    this.#vm.onTraps(({ traps, lost }) => {
      total += traps.length + lost;
      for (const { text } of traps) {
        const mnemonic = text.split(" ")[0]!;
        counts.set(mnemonic, (counts.get(mnemonic) ?? 0) + 1);
      }
      const told = traps.filter(({ text }) => !/^(?:in|out) /.test(text)).slice(-SHOWN_TRAPS);
      list = [...told.map((t) => ({ address: t.address, instruction: t.text, effect: `${t.kind}: ${t.done}` })).toReversed(), ...list].slice(0, SHOWN_TRAPS);
      if (telling) return;
      telling = true;
      setTimeout(() => {
        telling = false;
        this.#say({ kind: "traps", tenant: this.tenant, traps: list, counts: [...counts].toSorted((a, b) => b[1] - a[1]), total });
      }, 250);
    });
  }
  #tell(state: TenantState, note?: string): void {
    this.#state = state;
    this.#say({ kind: "tenant", tenant: this.tenant, state, note });
  }
  #ended(state: VirtualMachineState): void {
    const { failure } = this.#vm;
    if (this.#vm instanceof VirtualMachine) this.#vm.dispose();
    const why = failure === undefined ? undefined : failure instanceof Error ? failure.message : String(failure);
    this.#tell(state === "off" || state === "crashed" || state === "killed" ? state : "crashed", state === "crashed" ? (why ?? "Triple fault: its kernel is dead, and nobody else noticed.") : undefined);
  }
  get owners(): readonly number[] { return this.#vm.owners; }
  get ended(): boolean { return this.#state !== "halted" && this.#state !== "running" && this.#state !== "paused" && this.#state !== "starting"; }

  type(bytes: Uint8Array): void { this.#vm.console.write(bytes); }
  resize(): void {}
  async pause(): Promise<void> {
    await this.#vm.pause();
    if (!this.ended) this.#tell("paused");
  }
  resume(): void {
    if (this.ended) return;
    this.#vm.start();
    this.#tell("running");
  }
  reset(): void { this.#vm.reset(); }
  power(): void { this.#vm.powerOff(); }
  async kill(): Promise<void> { await this.#vm.kill(); }
  /** Linux crashes by its own means, at whatever prompt it is; whoever does not gets no say. */
  crash(): void {
    if (this.#plan.panic === undefined) return this.#vm.crash();
    this.#vm.console.type(this.#plan.panic);
    setTimeout(() => { if (!this.ended) this.#vm.crash(); }, PATIENCE);
  }
  figures(): TenantFigures {
    const [, guest = 0] = this.owners, t = this.#machine.tallies(guest);
    const exits = t.get("exits"), interrupts = t.get("interrupts");
    return {
      tenant: this.tenant, owners: this.owners, instructions: t.get("instructions"), exits, systemCalls: undefined, ringCrossings: t.get("ringCrossings"), interrupts, pageFaults: undefined,
      nanoseconds: t.get("nanoseconds"), idleNanoseconds: t.get("idleNanoseconds"),
    };
  }
}
