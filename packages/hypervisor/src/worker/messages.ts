import type { TextScreen } from "@ringzero/devices";
import type { MachineAttachment, OwnerId } from "@ringzero/machine";
import type { CounterMark, Counters } from "../counters.ts";
import type { PcOptions } from "../pc.ts";
import type { VirtualMachineSnapshot } from "../snapshot.ts";
import type { TrapBatch } from "../techniques/ring-deprivileging/trap-buffer.ts";
import type { VirtualMachineOptions, VirtualMachineState } from "../virtual-machine.ts";

/** What a worker is started with. What it is to make comes as its first message. */
export interface WorkerData {
  /** The machine to join. */
  readonly attachment: MachineAttachment;
  /** Whether it makes its engine at once: what it is to make may take a while to come. */
  readonly ahead: boolean;
}

/** Asked of a virtual machine's worker. */
export type ToWorker =
  /** The first message: the virtual machine to make, and where it goes on if it does not boot. */
  | { readonly kind: "make"; readonly pc: PcOptions; readonly options: VirtualMachineOptions; readonly snapshot: VirtualMachineSnapshot | undefined }
  | { readonly kind: "start" | "pause" | "reset" | "powerOff" | "crash" | "kill" }
  /** Trapped instructions are wanted, or no more. */
  | { readonly kind: "watchTraps"; readonly on: boolean }
  | { readonly kind: "type"; readonly bytes: Uint8Array }
  | { readonly kind: "press"; readonly scanCodes: readonly number[] }
  | { readonly kind: "look" | "snapshot"; readonly request: number };

/** Said by it. */
export type FromWorker =
  /** It is there; these are the owners of its memory, the engine's first. */
  | { readonly kind: "ready"; readonly owners: readonly OwnerId[] }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "output"; readonly bytes: Uint8Array }
  | { readonly kind: "state"; readonly state: VirtualMachineState }
  | { readonly kind: "traps"; readonly batch: TrapBatch }
  /** A step of the console's script has kept what was counted. */
  | { readonly kind: "mark"; readonly name: string; readonly mark: CounterMark }
  | { readonly kind: "paused" }
  | { readonly kind: "view"; readonly request: number; readonly counters: Counters; readonly screen: TextScreen; readonly state: VirtualMachineState }
  | { readonly kind: "snapshot"; readonly request: number; readonly snapshot: VirtualMachineSnapshot }
  | { readonly kind: "ended"; readonly state: VirtualMachineState; readonly counters: Counters; readonly screen: TextScreen; readonly failure: string | undefined };
