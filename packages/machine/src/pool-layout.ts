import { FRAME_BYTES } from "./frame.ts";

/** Changes whenever a table of the pool moves or changes its meaning, so that no worker attaches to tables it misreads. */
export const POOL_VERSION: number = 1;

/** 32-bit words of the header, at the start of frame 0. */
export const HEADER = {
  version: 0,
  /** Frames of the whole machine, the pool's tables among them. */
  capacity: 1,
  /** Frames that only engines may have, so that a guest that takes all memory leaves them their tables. */
  reserved: 2,
  /** First frame that was never handed out. */
  fresh: 3,
  /** Freed frames that nobody has claimed. */
  free: 4,
  /** Frames claimed, the pool's tables among them. */
  inUse: 5,
  /** The most that `inUse` ever was. */
  highWater: 6,
  /** Frames of the pool's own tables. */
  tables: 7,
  /** Word of the bitmap at which the next search for a freed frame begins. */
  hint: 8,
} as const;

/** Most owners alive at once. */
export const MAX_OWNERS: number = 2048;

/** Bytes of an owner's record and its 32-bit words. Records begin at {@link PoolLayout.owners}. */
export const OWNER: { readonly bytes: number; readonly kind: number; readonly tenant: number; readonly table: number; readonly tenantTable: number; readonly nameLength: number; readonly name: number; readonly nameBytes: number; readonly tallies: number; readonly tallyCount: number } = {
  bytes: 192,
  /** Word: kind + 1; 0 = the record is free. */
  kind: 0,
  /** Word: the tenant's owner number. */
  tenant: 1,
  /** Word: frame of the reference table's directory. */
  table: 2,
  /** Word: where the owner is a tenant, the frame of the directory that counts its owners' frames. */
  tenantTable: 3,
  /** Word: bytes of the name. */
  nameLength: 4,
  /** Byte offset of the name, UTF-8. */
  name: 20,
  nameBytes: 44,
  /** Byte offset of the tallies, 64-bit floats. */
  tallies: 64,
  tallyCount: 16,
};

/** Where the pool's tables lie in linear memory, in bytes. Everything follows from the capacity. */
export interface PoolLayout {
  /** Records of owners. */
  readonly owners: number;
  /** One bit a frame, set = freed and not claimed. */
  readonly freeMap: number;
  /** One 32-bit word a frame: references of all owners together. */
  readonly references: number;
  /** One 16-bit word a frame: owners that hold it. */
  readonly holders: number;
  /** One 16-bit word a frame: tenants that hold it. */
  readonly tenants: number;
  /** One byte a frame: see `FRAME_CODE` and its neighbours. */
  readonly flags: number;
  /** First frame behind the tables. */
  readonly firstFrame: number;
}

/** The layout for a machine of `capacity` frames. */
export function poolLayout(capacity: number): PoolLayout {
  let end = FRAME_BYTES;
  const table = (bytes: number): number => {
    const at = end;
    end += Math.ceil(bytes / FRAME_BYTES) * FRAME_BYTES;
    return at;
  };
  return {
    owners: table(MAX_OWNERS * OWNER.bytes),
    freeMap: table(Math.ceil(capacity / 32) * 4),
    references: table(capacity * 4),
    holders: table(capacity * 2),
    tenants: table(capacity * 2),
    flags: table(capacity),
    firstFrame: end / FRAME_BYTES,
  };
}
