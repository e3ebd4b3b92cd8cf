import type { Host } from "@ringzero/host";
import { Guests } from "@ringzero/guests";
import { RemoteVirtualMachine, type PcOptions } from "@ringzero/hypervisor";
import { FRAME_BYTES, type Machine } from "@ringzero/machine";
import type { ByName, ProgressEvent, VmCreate, VmLine } from "../protocol/vm-calls.ts";
import { CHANNEL } from "../protocol/messages.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { CallContext } from "./call-context.ts";
import { VmTenant } from "./vm-tenant.ts";

const GUEST_APPEND = "console=ttyS0";

/** The virtual machines of the service. */
export class VmRegistry {
  readonly #host: Host;
  readonly #machine: Machine;
  readonly #module: URL;
  readonly #changed: () => void;
  readonly #tenants = new Map<string, VmTenant>();
  /** Names of those that are being made. */
  readonly #claimed = new Set<string>();

  /** `module` is the worker's; `changed` is called when one has come or gone. */
  constructor(host: Host, machine: Machine, module: URL, changed: () => void) {
    this.#host = host;
    this.#machine = machine;
    this.#module = module;
    this.#changed = changed;
  }

  /** How many there are. */
  get size(): number { return this.#tenants.size + this.#claimed.size; }
  /** The one of a name. Throws where there is none. */
  get(name: string): VmTenant {
    const tenant = this.#tenants.get(name);
    if (!tenant) throw new ServiceError("not-found", `No such virtual machine: ${name}. "ringzero vm ls" lists them.`);
    return tenant;
  }

  /** Makes one that is ready to start. */
  async create(args: VmCreate, context: CallContext<"vm.create">): Promise<ByName> {
    const name = this.#claim(args.name);
    try {
      const { pc, boots } = await this.#parts(args, context);
      const vm = await RemoteVirtualMachine.create(this.#machine, this.#module, pc, { name, idle: "paced", ...(args.technique && { technique: args.technique }) });
      if (context.signal.aborted) await vm.kill();
      else this.#keep(new VmTenant(vm, { boots, memory: args.memory, technique: args.technique ?? "nested-paging" }, this.#host.wallClock));
      return { name };
    } catch (error) {
      throw error instanceof ServiceError ? error : new ServiceError("invalid", (error as Error).message, { cause: error });
    } finally {
      this.#claimed.delete(name);
      this.#changed();
    }
  }
  #keep(tenant: VmTenant): void {
    this.#tenants.set(tenant.name, tenant);
    void tenant.vm.ended.then(() => {
      this.#tenants.delete(tenant.name);
      this.#changed();
    });
  }
  #claim(wanted: string | undefined): string {
    let name = wanted ?? "vm1";
    const taken = (): boolean => this.#tenants.has(name) || this.#claimed.has(name);
    if (wanted !== undefined && taken()) throw new ServiceError("conflict", `There is a virtual machine "${name}" already. Choose another name, or end it with "ringzero vm kill ${name}".`);
    for (let n = 2; taken(); n++) name = `vm${n}`;
    this.#claimed.add(name);
    return name;
  }
  async #parts({ files, memory, append, guest }: VmCreate, context: CallContext<"vm.create">): Promise<{ readonly pc: PcOptions; readonly boots: string }> {
    const file = (name: keyof VmCreate["files"]): Promise<Uint8Array> | undefined => (files[name] === undefined ? undefined : context.file(CHANNEL[name], files[name]));
    const [kernel, initrd, multiboot, floppy] = await Promise.all([file("kernel"), file("initrd"), file("multiboot"), file("floppy")]);
    if (guest && !kernel && !multiboot && !floppy) {
      const linux = await this.#guest(guest, (event) => context.event(event));
      return { pc: { memory, kernel: linux.kernel!, initrd: initrd ?? linux.initrd!, commandLine: append ?? GUEST_APPEND }, boots: guest };
    }
    const pc: PcOptions = { memory, ...(kernel && { kernel }), ...(initrd && { initrd }), ...(multiboot && { multiboot }), ...(floppy && { floppy }), ...(append !== undefined && { commandLine: append }) };
    return { pc, boots: floppy ? "floppy" : multiboot ? "multiboot" : "kernel" };
  }
  async #guest(name: "linux-i386", say: (event: ProgressEvent) => void): ReturnType<Guests["prepare"]> {
    return await new Guests(this.#host).prepare(name, (step, done, all) => say({ kind: "progress", step, done, all }));
  }

  /** What `vm ls` shows. */
  async list(): Promise<VmLine[]> {
    const ledger = this.#machine.ledger(), lines = await Promise.all([...this.#tenants.values()].map(async (tenant): Promise<VmLine[]> => {
      const view = await tenant.look(), holding = ledger.tenants.find((t) => t.name === tenant.name && t.kind === "vm");
      if (!view) return [];
      const { instructions, exits, interrupts, ringCrossings, traps: { emulated, reflected, shadowFills, ...traps }, time, idle } = view.counters;
      return [{
        name: tenant.name, state: view.state, boots: tenant.boots, memory: tenant.memory, private: (holding?.private ?? 0) * FRAME_BYTES, shared: (holding?.shared ?? 0) * FRAME_BYTES,
        instructions, exits: { ...exits }, interrupts, ringCrossings, technique: tenant.technique,
        traps: { instructions: Object.fromEntries(traps.instructions), emulated, reflected, shadowFills }, time, idle, created: tenant.created,
      }];
    }));
    return lines.flat();
  }
  /** Ends all of them. */
  async killAll(): Promise<void> { await Promise.all([...this.#tenants.values()].map((tenant) => tenant.vm.kill())); }
}
