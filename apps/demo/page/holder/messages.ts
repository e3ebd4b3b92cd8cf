import type { Figures } from "@ringzero/contrast";
import type { FrameTotals } from "@ringzero/machine";
import type { Manifest } from "../../src/shared/manifest.ts";

/** Kinds of virtual machines that the page offers. */
export type VmKind = "linux" | "ring-tour" | "ring-tour-deprivileged" | "boot-sector";
/** Kinds of containers: an image's platform, or a program of our own where there are no images. */
export type ContainerKind = "linux/386" | "linux/amd64" | "own";

/** What the holder's worker is started with. */
export interface HolderData {
  /** MiB of the machine that are tried first. */
  readonly memory: number;
  /** Addresses of the workers' modules. */
  readonly modules: { readonly vm: string; readonly runtime: string };
  readonly manifest: Manifest;
}

/** Where a tenant is in its life. */
export type TenantState = "starting" | "running" | "halted" | "paused" | "off" | "exited" | "crashed" | "killed" | "failed";

/** Asked of the holder. `tenant` is a number that the page has chosen. */
export type ToHolder =
  | { readonly kind: "add-vm"; readonly tenant: number; readonly name: string; readonly vm: VmKind; readonly cold: boolean }
  | { readonly kind: "add-container"; readonly tenant: number; readonly name: string; readonly container: ContainerKind; readonly columns: number; readonly rows: number }
  | { readonly kind: "type"; readonly tenant: number; readonly bytes: Uint8Array }
  | { readonly kind: "resize"; readonly tenant: number; readonly columns: number; readonly rows: number }
  | { readonly kind: "pause" | "resume" | "reset" | "power" | "kill" | "crash" | "forget"; readonly tenant: number }
  | { readonly kind: "panic" | "boot-kernel" }
  | { readonly kind: "watch"; readonly milliseconds: number };

/** Said by the holder. */
export type FromHolder =
  | { readonly kind: "ready"; readonly memory: number; readonly shared: boolean; readonly notes: readonly string[] }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "note"; readonly message: string }
  | { readonly kind: "tenant"; readonly tenant: number; readonly state: TenantState; readonly note?: string | undefined }
  | { readonly kind: "prompt"; readonly tenant: number; readonly prompt: Prompt }
  | { readonly kind: "output"; readonly tenant: number; readonly bytes: Uint8Array }
  | { readonly kind: "kernel"; readonly state: KernelState; readonly note?: string | undefined }
  | { readonly kind: "traps"; readonly tenant: number; readonly traps: readonly Trap[]; readonly counts: readonly (readonly [mnemonic: string, count: number])[]; readonly total: number }
  | { readonly kind: "view"; readonly view: MachineView };

/** The shared kernel: none yet, at work, or dead. */
export type KernelState = "none" | "booting" | "running" | "dead";

/** The first prompt of a tenant. */
export interface Prompt {
  /** Wall milliseconds from the request on. */
  readonly milliseconds: number;
  /** Instructions and virtual nanoseconds that the tenant itself had used, 0 where they are not its own. */
  readonly instructions: number;
  readonly nanoseconds: number;
  /** Whether it was restored from a snapshot. */
  readonly restored: boolean;
}

/** A privileged instruction that trapped to the hypervisor. */
export interface Trap {
  readonly address: number;
  readonly instruction: string;
  readonly effect: string;
}

/** An owner's line in the ledger, in frames. */
export interface OwnerLine {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  /** The owner that is the tenant. */
  readonly of: number;
  readonly private: number;
  readonly shared: number;
  readonly saved: number;
}

/** What one tenant of the page has used and crossed since it began: a comparison's figures as they are now. Undefined = not counted for it, as a guest's page faults among its exceptions. */
export interface TenantFigures extends Omit<Figures, "pageFaults"> {
  readonly tenant: number;
  /** Owners of its memory. */
  readonly owners: readonly number[];
  readonly pageFaults: number | undefined;
  readonly idleNanoseconds: number;
}

/** The machine at one moment. */
export interface MachineView {
  /** Wall milliseconds, of the holder's clock. */
  readonly at: number;
  readonly frames: FrameTotals;
  readonly saved: number;
  readonly owners: readonly OwnerLine[];
  readonly tenants: readonly TenantFigures[];
  /** What all containers together used; undefined while no kernel runs. */
  readonly kernel: TenantFigures | undefined;
  /** Neighbouring frames in cells: owner | filled/255 << 16 | shared/255 << 24. */
  readonly cells: Uint32Array;
  readonly framesPerCell: number;
}
