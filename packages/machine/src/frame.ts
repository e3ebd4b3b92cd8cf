/** The number of a 4 KiB frame of machine memory: its linear address >> 12. 0 is never handed out. */
export type Frame = number;

/** Bytes of a frame: the page size of the guests, so that a guest page is one frame. */
export const FRAME_BYTES: number = 4096;

/** log2 of {@link FRAME_BYTES}. */
export const FRAME_SHIFT: number = 12;

/** What allocation answers when no frame is to be had. Frame 0 holds the pool's own header, so no caller can own it. */
export const NO_FRAME: Frame = 0;

/** Most frames a machine can have: 3.5 GiB, which leaves the end of a 32-bit address space to the platform. */
export const MAX_FRAMES: number = 3584 * 256;
