import * as z from "zod";

/** Who holds frames of the machine. All figures are bytes. */
export interface TenantMemory {
  readonly name: string;
  /** As the ledger has it: `vm`, `kernel`, `container`, `engine`, `cache`, `sharing`. */
  readonly kind: string;
  readonly private: number;
  readonly shared: number;
  readonly saved: number;
}
/** The machine as a whole. */
export interface MachineInfo {
  readonly version: string;
  readonly pid: number;
  readonly socket?: string | undefined;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly virtualMachines: number;
  readonly containers: number;
  readonly running: number;
  /** Bytes of its frames. */
  readonly memory: { readonly capacity: number; readonly inUse: number; readonly highWater: number; readonly saved: number };
  readonly owners: readonly TenantMemory[];
}

const bytes = z.number().min(0);
/** Schema of what `machine.info` ends with. */
export const machineInfo: z.ZodType<MachineInfo> = z.object({
  version: z.string(), pid: z.int(), socket: z.string().optional(), started: bytes, virtualMachines: bytes, containers: bytes, running: bytes,
  memory: z.object({ capacity: bytes, inUse: bytes, highWater: bytes, saved: bytes }),
  owners: z.array(z.object({ name: z.string(), kind: z.string(), private: bytes, shared: bytes, saved: bytes })),
});
