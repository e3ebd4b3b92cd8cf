import type { Frame } from "./frame.ts";
import { FRAME_LOGGED, type FrameFlags } from "./frame-flags.ts";

/**
 * Which frames of a tenant were written since it was last asked (KVM's dirty log). A watched frame is flagged; its first write is noted
 * and takes the flag off, so that every further write runs at full speed until the next round.
 */
export class DirtyLog {
  readonly #flags: FrameFlags;
  readonly #watched = new Set<Frame>();
  readonly #dirty = new Set<Frame>();

  constructor(flags: FrameFlags) {
    this.#flags = flags;
  }
  /** Watches a frame. TLB entries that let writes pass must be flushed by the caller. */
  watch(frame: Frame): void {
    this.#watched.add(frame);
    this.#flags.set(frame, FRAME_LOGGED);
  }
  /** Watches no more, as before a frame is released. */
  forget(frame: Frame): void {
    this.#watched.delete(frame);
    this.#dirty.delete(frame);
    this.#flags.clear(frame, FRAME_LOGGED);
  }
  /** Notes a write. */
  written(frame: Frame): void {
    if (this.#watched.has(frame)) this.#dirty.add(frame);
    this.#flags.clear(frame, FRAME_LOGGED);
  }
  /** Frames written since the last call, in the order of their first write, and watches them again. TLB entries: as with `watch`. */
  take(): Frame[] {
    const frames = [...this.#dirty];
    this.#dirty.clear();
    for (const frame of frames) this.#flags.set(frame, FRAME_LOGGED);
    return frames;
  }
}
