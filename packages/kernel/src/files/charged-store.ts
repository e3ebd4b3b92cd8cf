import { ENOSPC } from "@ringzero/linux-abi";
import { addressOf, frameOf, NO_FRAME, type FrameWriter, type Machine } from "@ringzero/machine";
import { FrameStore } from "@ringzero/vfs";
import type { Cgroup } from "../namespaces/cgroup.ts";

/** Frames for file pages that count against a control group: Linux charges tmpfs to whoever touches it first. Documentation/admin-guide/cgroup-v2.rst, "Memory Ownership". */
export class ChargedStore extends FrameStore {
  readonly #cgroup: Cgroup;

  constructor(machine: Machine, cgroup: Cgroup, writer: FrameWriter) {
    super(machine, cgroup.owner, writer);
    this.#cgroup = cgroup;
  }
  override allocate(): number {
    if (!this.#cgroup.admitsFrame()) throw ENOSPC;
    const frame = this.machine.pool.allocate(this.owner);
    if (frame === NO_FRAME) throw ENOSPC;
    this.#cgroup.countFrame(1);
    return addressOf(frame);
  }
  /** A page that a mapping still holds stays charged: whoever takes that away counts it. */
  override release(address: number): void {
    if (this.machine.pool.references(frameOf(address)) === 1) this.#cgroup.countFrame(-1);
    super.release(address);
  }
}
