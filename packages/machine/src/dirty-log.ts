/**
 * Which guest frames of a tenant were written since it was last asked (KVM's dirty log). The frames are write-protected in the tenant's map; the
 * first write to each ends in a fault that is noted here and gives the right back, so that every further write runs at full speed until
 * the next round.
 */
export class DirtyLog {
  #written = new Set<number>();

  /** Notes a write to a guest frame, or that its content was exchanged. */
  note(guestFrame: number): void {
    this.#written.add(guestFrame);
  }
  /** Guest frames written since the last call, in order of number. */
  take(): number[] {
    const frames = [...this.#written].sort((a, b) => a - b);
    this.#written = new Set();
    return frames;
  }
}
