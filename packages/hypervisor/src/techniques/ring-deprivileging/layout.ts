/**
 * Where the monitor keeps its own tables: in guest frames behind the guest's memory, which the guest's page tables cannot reach, and the descriptor table at a
 * linear address that supervisor rights alone reach.
 */
const PAGE = 4096;
/** Frames of the descriptor table: 8192 descriptors. */
const DESCRIPTOR_FRAMES = 16;
/** Frames for shadow page tables; when they are used up, all translations are made anew. */
const TABLE_FRAMES = 254;

/** Frames from the first one behind the guest's memory, in order: descriptor table, a page directory for each virtual ring, page tables. */
export const MONITOR: { readonly frames: number; readonly directories: number; readonly tables: number; readonly tableFrames: number } = {
  directories: DESCRIPTOR_FRAMES * PAGE, tables: (DESCRIPTOR_FRAMES + 2) * PAGE, tableFrames: TABLE_FRAMES, frames: DESCRIPTOR_FRAMES + 2 + TABLE_FRAMES,
};
/** Linear addresses of the descriptor table. */
export const HIDDEN: { readonly start: number; readonly bytes: number; readonly frames: number } = { start: 0xffc0_0000, bytes: DESCRIPTOR_FRAMES * PAGE, frames: DESCRIPTOR_FRAMES };
