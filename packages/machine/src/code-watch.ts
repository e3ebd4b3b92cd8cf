import type { Frame } from "./frame.ts";
import { FRAME_CODE, type FrameFlags } from "./frame-flags.ts";
import type { CodeOwner } from "./frame-pool.ts";

/** What holds code decoded from frames: a vCPU's code cache, a region cache. */
export interface CodeObserver {
  /** Bytes of one frame, at a linear address, were written: what was decoded from them is stale from the next instruction on. */
  written(address: number, size: number): void;
  /** The tenant holds the frame no more: everything decoded from it must go, for the number comes back with other contents. */
  frameGone(frame: Frame): void;
  /** Whether anything decoded from the frame is left. */
  holdsCode(frame: Frame): boolean;
}

/**
 * The code caches of one tenant, and the flag by which writes find them.
 *
 * The flag of a frame is shared by all tenants. It is set by whoever decodes, and cleared only when no cache of this tenant holds code
 * of the frame and no other tenant holds the frame; a flag that stays for nothing costs a slow write, a lost one would run stale code.
 */
export class CodeWatch implements CodeOwner {
  readonly #flags: FrameFlags;
  readonly #tenants: (frame: Frame) => number;
  readonly #observers: CodeObserver[] = [];

  /** `tenants` tells how many tenants hold a frame. */
  constructor(flags: FrameFlags, tenants: (frame: Frame) => number) {
    this.#flags = flags;
    this.#tenants = tenants;
  }
  /** Adds a code cache. Returns what takes it away again. */
  observe(observer: CodeObserver): () => void {
    this.#observers.push(observer);
    return () => {
      const at = this.#observers.indexOf(observer);
      if (at >= 0) this.#observers.splice(at, 1);
    };
  }
  /** Marks a frame as holding code, before its bytes are read for decoding. */
  mark(frame: Frame): void {
    this.#flags.set(frame, FRAME_CODE);
  }
  /** Tells every cache of a write that has just been made, within one frame. */
  written(address: number, size: number): void {
    for (const observer of this.#observers) observer.written(address, size);
    this.unmark(address >>> 12);
  }
  /** Clears the flag where nothing needs it any more. The tenant must still hold the frame. */
  unmark(frame: Frame): void {
    if (this.#tenants(frame) > 1 || this.#observers.some((observer) => observer.holdsCode(frame))) return;
    this.#flags.clear(frame, FRAME_CODE);
  }
  frameGone(frame: Frame): void {
    for (const observer of this.#observers) observer.frameGone(frame);
  }
}
