import { ENOSPC } from "@ringzero/linux-abi";
import { addressOf, frameOf, FRAME_BYTES, NO_FRAME, type FrameWriter, type Machine, type MemoryViews, type OwnerId } from "@ringzero/machine";

/** Frames of the machine for file pages, by linear address, charged to one owner. */
export class FrameStore {
  /** The machine whose frames these are. */
  readonly machine: Machine;
  /** Who is charged for them in the ledger. */
  readonly owner: OwnerId;
  readonly #writer: FrameWriter;

  /** `writer` is the door of the kernel that the owner belongs to. */
  constructor(machine: Machine, owner: OwnerId, writer: FrameWriter) {
    this.machine = machine;
    this.owner = owner;
    this.#writer = writer;
  }
  /** The machine's memory as arrays. Take them anew after anything that may allocate: memory that grows replaces them. */
  get views(): MemoryViews { return this.machine.views; }
  /** A zeroed frame. Throws ENOSPC. */
  allocate(): number {
    const frame = this.machine.pool.allocate(this.owner);
    if (frame === NO_FRAME) throw ENOSPC;
    return addressOf(frame);
  }
  /** Gives up one reference to the frame at an address that `allocate` returned. */
  release(address: number): void { this.machine.pool.release(this.owner, frameOf(address)); }
  /** Writes into frames through the kernel's door, so that decoded code and copy-on-write are honoured. All bytes, or `length` from `start` on, which lie in one frame. */
  write(address: number, bytes: Uint8Array, start?: number, length?: number): void { this.#writer.write(address, bytes, start, length); }
  /** Fills `length` bytes with zeros, through the same door. */
  zero(address: number, length: number): void { this.#writer.fill(address, length, 0); }
}
export { FRAME_BYTES };
