import type { FrameCaches } from "./frame-caches.ts";
import type { Frame } from "./frame.ts";
import { FRAME_CODE, type FrameFlags } from "./frame-flags.ts";
import type { CodeOwner } from "./frame-pool.ts";

/**
 * What the processors of one tenant keep about its frames, and the flag by which writes find decoded code.
 *
 * The flag of a frame is shared by all tenants. It is set by whoever decodes, and cleared only when no cache of this tenant holds code
 * of the frame and no other tenant holds the frame; a flag that stays for nothing costs a slow write, a lost one would run stale code.
 */
export class CodeWatch implements CodeOwner {
  readonly #flags: FrameFlags;
  readonly #tenants: (frame: Frame) => number;
  readonly #observers: FrameCaches[] = [];

  /** `tenants` tells how many tenants hold a frame. */
  constructor(flags: FrameFlags, tenants: (frame: Frame) => number) {
    this.#flags = flags;
    this.#tenants = tenants;
  }
  /** Adds a processor's caches. Returns what takes them away again. */
  observe(caches: FrameCaches): () => void {
    this.#observers.push(caches);
    return () => {
      const at = this.#observers.indexOf(caches);
      if (at >= 0) this.#observers.splice(at, 1);
    };
  }
  /** Marks a frame as holding code, before its bytes are read for decoding. From here on all writes to it are seen. */
  mark(frame: Frame): void {
    this.#flags.set(frame, FRAME_CODE);
    for (const observer of this.#observers) observer.dropWriteTranslations(frame);
  }
  /** Tells every processor that no translation may lead to a frame. */
  dropTranslations(frame: Frame): void {
    for (const observer of this.#observers) observer.dropTranslations(frame);
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
