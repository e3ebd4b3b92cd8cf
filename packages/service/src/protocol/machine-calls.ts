import * as z from "zod";

/** Who holds frames of the machine. All figures are bytes. */
export interface TenantMemory {
  /** Its name. */
  readonly name: string;
  /** As the ledger has it: `vm`, `kernel`, `container`, `engine`, `cache`, `sharing`. */
  readonly kind: string;
  /** Bytes that it alone references. */
  readonly private: number;
  /** Bytes that it references together with others. */
  readonly shared: number;
  /** Bytes of the shared ones that are charged to another. */
  readonly saved: number;
}
/** Frames of the machine, in bytes. */
export interface MachineMemory {
  /** All it may have. */
  readonly capacity: number;
  /** In use now. */
  readonly inUse: number;
  /** The most at once. */
  readonly highWater: number;
  /** As much more would be in use if nothing were shared. */
  readonly saved: number;
}
/** The machine as a whole. */
export interface MachineInfo {
  /** The release. */
  readonly version: string;
  /** Its process. */
  readonly pid: number;
  /** Where it listens. */
  readonly socket?: string | undefined;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Virtual machines there are. */
  readonly virtualMachines: number;
  /** Containers there are. */
  readonly containers: number;
  /** Containers whose first program runs. */
  readonly running: number;
  /** Bytes of its frames. */
  readonly memory: MachineMemory;
  /** Who holds frames. */
  readonly owners: readonly TenantMemory[];
}

/** What has become of the shared kernel. */
export interface KernelPanic {
  /** Containers that were on it. */
  readonly containers: number;
}
/** The sentence for whoever was on the shared kernel; `failure` is what went wrong. */
export function kernelLost(failure: string): string { return `The shared kernel has ended, and every container with it: ${failure}${failure.endsWith(".") ? "" : "."}`; }

const bytes = z.number().min(0);
/** Schema of what `kernel.panic` ends with. */
export const kernelPanic: z.ZodType<KernelPanic> = z.object({ containers: z.int().min(0) });
/** Schema of what `machine.info` ends with. */
export const machineInfo: z.ZodType<MachineInfo> = z.object({
  version: z.string(), pid: z.int(), socket: z.string().optional(), started: bytes, virtualMachines: bytes, containers: bytes, running: bytes,
  memory: z.object({ capacity: bytes, inUse: bytes, highWater: bytes, saved: bytes }),
  owners: z.array(z.object({ name: z.string(), kind: z.string(), private: bytes, shared: bytes, saved: bytes })),
});
