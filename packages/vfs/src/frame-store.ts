import { ENOSPC } from "@ringzero/linux-abi";
import { addressOf, frameOf, FRAME_BYTES, NO_FRAME, type FrameWriter, type Machine, type MemoryViews, type OwnerId } from "@ringzero/machine";

/** Frames of the machine for file pages, by linear address, charged to one owner. */
export class FrameStore {
  readonly machine: Machine;
  readonly owner: OwnerId;
  readonly #writer: FrameWriter;

  /** `writer` is the door of the kernel that the owner belongs to. */
  constructor(machine: Machine, owner: OwnerId, writer: FrameWriter) {
    this.machine = machine;
    this.owner = owner;
    this.#writer = writer;
  }
  get views(): MemoryViews { return this.machine.views; }
  /** A zeroed frame. Throws ENOSPC. */
  allocate(): number {
    const frame = this.machine.pool.allocate(this.owner);
    if (frame === NO_FRAME) throw ENOSPC;
    return addressOf(frame);
  }
  release(address: number): void { this.machine.pool.release(this.owner, frameOf(address)); }
  write(address: number, bytes: Uint8Array): void { this.#writer.write(address, bytes); }
  zero(address: number, length: number): void { this.#writer.fill(address, length, 0); }
}
export { FRAME_BYTES };
