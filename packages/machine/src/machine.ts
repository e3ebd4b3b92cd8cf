import type { Host } from "@ringzero/host";
import { FRAME_BYTES, MAX_FRAMES, NO_FRAME } from "./frame.ts";
import { addressOf, FramePool, type OwnerDescription } from "./frame-pool.ts";
import type { Ledger } from "./ledger.ts";
import { framesOf, LinearMemory, type MemoryViews } from "./linear-memory.ts";
import type { Owner, OwnerId } from "./owner.ts";
import { Tallies } from "./tally.ts";
import { TraceBus } from "./trace-bus.ts";

/** How large a machine is. */
export interface MachineOptions {
  /** Bytes of frames, the machine's own tables among them: at most 3.5 GiB, at least 1 MiB. Taken from the platform as needed. */
  readonly memory: number;
  /** Whether several workers share the machine. Default: wherever the platform has shared memory. */
  readonly shared?: boolean;
  /** Frames at the end that only engines may have. Default: one in 64. */
  readonly reserved?: number;
}

/** What another worker needs to join a machine: it survives `postMessage`. */
export interface MachineAttachment {
  /** The machine's memory, shared. */
  readonly memory: WebAssembly.Memory;
  /** Bytes the memory may grow to. */
  readonly maximum: number;
}

/** Memory for an engine's own structures: TLBs, decoded code, translated regions. */
export interface EngineMemory {
  /** What generated modules import. */
  readonly memory: WebAssembly.Memory;
  /** Current views of the memory. */
  readonly views: MemoryViews;
  /** Linear address of `bytes` zeroed bytes at a frame's boundary. Throws {@link OutOfFrames} where there is no room. */
  allocate(bytes: number): number;
  /** Gives back what `allocate(bytes)` gave. */
  release(address: number, bytes: number): void;
}

/** An engine or a set-up asked for frames that the machine does not have. Guests never meet it: their first touch gets NO_FRAME. */
export class OutOfFrames extends Error {
  /** For messages and logs. */
  override readonly name = "OutOfFrames";
}

/**
 * The simulated machine that all tenants share: one linear memory, its frames, and the bus that observers listen to. Every worker
 * that runs a tenant has a Machine of its own over the same memory.
 */
export class Machine {
  /** The platform under it, as this worker has it. */
  readonly host: Host;
  /** Its memory. */
  readonly linear: LinearMemory;
  /** Its frames. */
  readonly pool: FramePool;
  /** What happens, for those who listen on this worker. */
  readonly trace: TraceBus = new TraceBus();

  private constructor(host: Host, linear: LinearMemory, pool: FramePool) {
    this.host = host;
    this.linear = linear;
    this.pool = pool;
  }

  /** Makes a machine. Throws an Error where the size is out of range or the platform refuses the memory. */
  static async create(host: Host, options: MachineOptions): Promise<Machine> {
    const capacity = Math.floor(options.memory / FRAME_BYTES);
    if (!(capacity >= 256 && capacity <= MAX_FRAMES)) throw new Error(`A machine has between 1 MiB and 3584 MiB of memory, not ${options.memory} bytes.`);
    const shared = options.shared ?? host.sharedMemory;
    if (shared && !host.sharedMemory) throw new Error("This platform has no shared memory: a page needs cross-origin isolation for it. Make the machine with `shared: false` and run it on one worker.");
    const linear = LinearMemory.create({ initial: 1, maximum: capacity * FRAME_BYTES, shared });
    return new Machine(host, linear, FramePool.create(linear, capacity, options.reserved ?? Math.floor(capacity / 64)));
  }

  /** Joins a machine that another worker made. */
  static attach(host: Host, attachment: MachineAttachment): Machine {
    const linear = LinearMemory.attach(attachment.memory, attachment.maximum);
    if (!linear.shared) throw new Error("A machine in unshared memory stays on the worker that made it.");
    return new Machine(host, linear, FramePool.attach(linear));
  }

  /** What to send to a worker so that it can join. */
  attachment(): MachineAttachment {
    return { memory: this.linear.memory, maximum: this.linear.maximum };
  }

  /** The memory that generated modules import as theirs. */
  get memory(): WebAssembly.Memory {
    return this.linear.memory;
  }
  /** Current views of the memory. */
  get views(): MemoryViews {
    return this.linear.views;
  }
  /** Linear address of the flag byte of frame 0. */
  get frameFlags(): number {
    return this.pool.flags.address;
  }

  /** A new owner of frames. */
  createOwner(description: OwnerDescription): Owner {
    return this.pool.createOwner(description);
  }
  /** An owner's running totals. */
  tallies(owner: OwnerId): Tallies {
    return new Tallies(this.linear.views, this.pool.talliesOf(owner));
  }
  /** Frames by owner: private, shared, saved. */
  ledger(): Ledger {
    return this.pool.ledger();
  }

  /** Memory for engine structures, charged to `owner`. */
  engineMemory(owner: OwnerId): EngineMemory {
    const { linear, pool } = this;
    return {
      memory: linear.memory,
      views: linear.views,
      allocate(bytes: number): number {
        const first = pool.allocateRun(owner, framesOf(bytes));
        if (first === NO_FRAME) throw new OutOfFrames(`No ${framesOf(bytes)} neighbouring frames are left for "${pool.owner(owner)?.name}". Give the machine more memory.`);
        return addressOf(first);
      },
      release(address: number, bytes: number): void {
        pool.releaseRun(owner, address / FRAME_BYTES, framesOf(bytes));
      },
    };
  }
}
