import type { Frame } from "./frame.ts";

/** What a processor keeps about frames of its guest, and must be told about: decoded code, and translations that lead to a frame. */
export interface FrameCaches {
  /** Bytes of one frame, at a linear address, were written: what was decoded from them is stale from the next instruction on. */
  written(address: number, size: number): void;
  /** The tenant holds the frame no more: everything decoded from it must go, for the number comes back with other contents. */
  frameGone(frame: Frame): void;
  /** Whether anything decoded from the frame is left. */
  holdsCode(frame: Frame): boolean;
  /** A guest frame's machine frame was taken away, exchanged, or lost a right: no translation may lead there any more. */
  dropTranslations(frame: Frame): void;
  /** The frame holds code now: no translation may let it be written unseen. */
  dropWriteTranslations(frame: Frame): void;
}
