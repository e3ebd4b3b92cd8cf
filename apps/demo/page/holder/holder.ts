import type { Host } from "@ringzero/host";
import { VirtualMachineWorker } from "@ringzero/hypervisor";
import type { Machine } from "@ringzero/machine";
import { FrameCells } from "./frame-cells.ts";
import { makeMachine } from "./make-machine.ts";
import type { FromHolder, HolderData, MachineView, ToHolder } from "./messages.ts";
import { SharedKernel } from "./shared-kernel.ts";
import type { Tenant } from "./tenant.ts";
import { vmPlan } from "./vm-plan.ts";
import { VmTenant } from "./vm-tenant.ts";

/** Wall milliseconds between two views for the page. */
const VIEW_INTERVAL = 250;

/**
 * Holds the page's machine: starts and ends its tenants and tells the page what it is to show. With shared memory every tenant has a worker of its own and this one runs no guest; without, all run here, in turn.
 */
export class Holder {
  readonly #data: HolderData;
  readonly #machine: Machine;
  readonly #say: (message: FromHolder, transfer?: readonly Transferable[]) => void;
  readonly #cells: FrameCells;
  readonly #kernel: SharedKernel;
  readonly #tenants = new Map<number, Tenant>();
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(machine: Machine, data: HolderData, say: (message: FromHolder, transfer?: readonly Transferable[]) => void) {
    this.#data = data;
    this.#machine = machine;
    this.#say = say;
    this.#cells = new FrameCells(machine.pool);
    this.#kernel = new SharedKernel(machine, data.manifest, machine.linear.shared ? data.modules.runtime : undefined, (message) => say(message));
  }
  /** Makes the machine and says so, or why it cannot be made: undefined then. */
  static async create(host: Host, data: HolderData, say: (message: FromHolder, transfer?: readonly Transferable[]) => void): Promise<Holder | undefined> {
    try {
      const { machine, memory, notes } = await makeMachine(host, data.memory), holder = new Holder(machine, data, say);
      const alone = host.sharedMemory ? [] : ["This page is not cross-origin isolated, so the browser gives it no shared memory: the whole machine runs on one worker, guests in turn, slower and with the same results. Open it from npm start, or have its server send the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp."];
      say({ kind: "ready", memory, shared: host.sharedMemory, notes: [...notes, ...alone] });
      holder.#watch(VIEW_INTERVAL);
      return holder;
    } catch (error) {
      say({ kind: "failed", message: messageOf(error) });
      return undefined;
    }
  }

  /** Does what the page asks. Never rejects: what goes wrong is said. */
  async answer(m: ToHolder): Promise<void> {
    try {
      await this.#do(m);
    } catch (error) {
      if ("tenant" in m) this.#say({ kind: "tenant", tenant: m.tenant, state: "failed", note: messageOf(error) });
      else this.#say({ kind: "note", message: messageOf(error) });
    }
  }
  async #do(m: ToHolder): Promise<void> {
    switch (m.kind) {
      case "add-vm": return this.#addVm(m);
      case "watch": return this.#watch(m.milliseconds);
      case "add-container":
        this.#tenants.set(m.tenant, await this.#kernel.add(m));
        return;
      case "panic": return this.#kernel.panic();
      case "boot-kernel":
        await this.#kernel.boot();
        return;
      case "type": return this.#tenants.get(m.tenant)?.type(m.bytes);
      case "resize": return this.#tenants.get(m.tenant)?.resize(m.columns, m.rows);
      case "forget":
        await this.#tenants.get(m.tenant)?.kill();
        this.#tenants.delete(m.tenant);
        return;
      default: await this.#tenants.get(m.tenant)?.[m.kind]();
    }
  }

  async #addVm({ tenant, name: called, vm, cold }: Extract<ToHolder, { kind: "add-vm" }>): Promise<void> {
    const asked = performance.now(), name = `${called}-${tenant}`;
    // Its worker gets ready while its files come.
    const worker = this.#machine.linear.shared ? new VirtualMachineWorker(this.#machine, new URL(this.#data.modules.vm), name) : undefined;
    try {
      const plan = await vmPlan(vm, this.#data.manifest, cold);
      this.#tenants.set(tenant, await VmTenant.start(this.#machine, { tenant, name, worker, plan, asked }, (message) => this.#say(message)));
    } catch (error) {
      await worker?.terminate();
      throw error;
    }
  }

  #watch(milliseconds: number): void {
    clearInterval(this.#timer);
    this.#timer = milliseconds > 0 ? setInterval(() => this.#show(), milliseconds) : undefined;
  }
  #show(): void {
    const ledger = this.#machine.ledger(), { cells, framesPerCell } = this.#cells.read(ledger.frames.committed);
    const owners = ledger.owners.map(({ id, name, kind, tenant, private: own, shared, saved }) => ({ id, name, kind, of: tenant, private: own, shared, saved }));
    const view: MachineView = {
      at: performance.now(), frames: ledger.frames, saved: ledger.saved, owners, cells, framesPerCell,
      tenants: [...this.#tenants.values()].filter((t) => !t.ended).map((t) => t.figures()), kernel: this.#kernel.figures(),
    };
    this.#say({ kind: "view", view }, [cells.buffer]);
  }
}
function messageOf(error: unknown): string { return error instanceof Error ? error.message : String(error); }
