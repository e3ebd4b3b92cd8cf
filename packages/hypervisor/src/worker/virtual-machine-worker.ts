import type { WorkerHandle } from "@ringzero/host";
import type { Machine } from "@ringzero/machine";
import type { PcOptions } from "../pc.ts";
import type { VirtualMachineSnapshot } from "../snapshot.ts";
import type { VirtualMachineOptions } from "../virtual-machine.ts";
import type { ToWorker, WorkerData } from "./messages.ts";

/** What a worker's virtual machine is made of. */
export interface VirtualMachineParts {
  /** The platform and what it boots. */
  readonly pc: PcOptions;
  /** How it runs. */
  readonly options: VirtualMachineOptions;
  /** Where it goes on; undefined = it boots. */
  readonly snapshot: VirtualMachineSnapshot | undefined;
  /** Buffers among these that are moved over instead of being copied: the caller has them no more. */
  readonly transfer?: readonly ArrayBuffer[];
}

/**
 * A worker that is there before the virtual machine that it will run: it joins the machine and makes its engine while a kernel or a snapshot is still on its way. It runs one virtual machine
 * and ends with it.
 */
export class VirtualMachineWorker {
  /** The machine that it has joined. */
  readonly machine: Machine;
  /** The thread. Whoever makes the virtual machine listens to it. */
  readonly handle: WorkerHandle;

  /** Starts it. `module` calls `serveVirtualMachine`; the machine must be in shared memory. `ahead`: it makes its engine while it waits. */
  constructor(machine: Machine, module: URL, name: string, ahead: boolean = true) {
    const data: WorkerData = { attachment: machine.attachment(), ahead };
    this.machine = machine;
    this.handle = machine.host.workers.start(module, { name, data });
  }
  /** Tells it what to make. Once. */
  make({ transfer, ...parts }: VirtualMachineParts): void { this.handle.post({ kind: "make", ...parts } satisfies ToWorker, transfer); }
  /** Ends it. */
  async terminate(): Promise<void> { await this.handle.terminate(); }
}
