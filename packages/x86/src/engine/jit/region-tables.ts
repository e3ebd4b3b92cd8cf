import type { Region } from "./region.ts";

/** An entry of the table of computed jumps. */
export const JUMP_ENTRY = {
  /** i32: the block's offset. */
  offset: 0,
  /** u32: the entry's number plus one; 0 = nothing here. */
  block: 4,
  /** u32: code page descriptor of the page that it lies in. */
  descriptor: 8,
  /** u32: that page's RegionPage.bit. */
  page: 12,
  bytes: 16,
} as const;

/** What a region reads of linear memory besides the state block, and where in its memory that is. */
export interface RegionTables {
  readonly bytes: Uint8Array;
  /** Entries of the table of computed jumps minus one: the entry of an offset is at `(offset & mask) * 16`. */
  readonly jumpMask: number;
  /** Where the distance of each entry's page from page 0 is, in bytes (i64 each); undefined where there is one page. */
  readonly distances: number | undefined;
}

/** A region's tables and where they lie. */
export interface PlacedTables extends RegionTables { readonly address: number }

const LARGEST = 1024;

/** Tables of a region; undefined where it needs none. */
export function regionTables(region: Region): RegionTables | undefined {
  const { entries, pages, indirect } = region;
  // One page may be another than the entry's: behind an instruction across two pages.
  const several = pages.size > 1 || !pages.has(0);
  if (!indirect && !several) return undefined;
  let size = indirect ? 16 : 0;
  while (indirect && size < LARGEST && new Set(entries.map((b) => b.start & (size - 1))).size < entries.length) size *= 2;
  const distances = size * JUMP_ENTRY.bytes, bytes = new Uint8Array(distances + (several ? entries.length * 8 : 0)), v = new DataView(bytes.buffer);
  for (const b of entries) {
    if (several) v.setBigInt64(distances + b.entry * 8, BigInt(b.start >> 12) << 12n, true);
    // Who jumps to an instruction in two pages would have to ask for both; and flags are not stored for computed jumps.
    if (!indirect || b.crosses || b.liveIn !== 0) continue;
    const at = (b.start & (size - 1)) * JUMP_ENTRY.bytes;
    v.setInt32(at + JUMP_ENTRY.offset, b.start, true);
    v.setUint32(at + JUMP_ENTRY.block, b.entry + 1, true);
    const { descriptor, bit } = pages.get(b.start >> 12)!;
    v.setUint32(at + JUMP_ENTRY.descriptor, descriptor, true);
    v.setUint32(at + JUMP_ENTRY.page, bit, true);
  }
  return { bytes, jumpMask: size - 1, distances: several ? distances : undefined };
}
