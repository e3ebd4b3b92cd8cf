import type { Frame } from "./frame.ts";
import type { Owner, OwnerId } from "./owner.ts";
import type { ReferenceTable } from "./reference-table.ts";

/** Frames of the machine as a whole. */
export interface FrameTotals {
  /** Frames of the machine. */
  readonly capacity: number;
  /** Frames that only engines may have. */
  readonly reserved: number;
  /** Frames in use, the pool's own tables among them. */
  readonly inUse: number;
  /** Frames that were in use and wait to be used again: the platform takes nothing back. */
  readonly free: number;
  /** The most that were in use at once. */
  readonly highWater: number;
  /** Frames of the pool's own tables. */
  readonly tables: number;
  /** Frames that the memory has grown to. */
  readonly committed: number;
}

/** What one owner, or one tenant with all its owners, references. */
export interface Holding {
  /** References, as often as made: what the owner would need if nothing were shared, not even within itself. */
  readonly references: number;
  /** Frames that it alone references. */
  readonly private: number;
  /** Frames that it references together with others. */
  readonly shared: number;
  /** Of the shared frames those charged to another: each is charged to the holder with the lowest number. */
  readonly saved: number;
}

/** An owner's line in the ledger. */
export interface OwnerHolding extends Owner, Holding {}

/** Frames by owner and by tenant. All figures are frames of 4 KiB. */
export interface Ledger {
  readonly frames: FrameTotals;
  readonly owners: readonly OwnerHolding[];
  /** The same by tenant: sharing between the owners of one tenant does not show here. `references` counts owners' frames. */
  readonly tenants: readonly OwnerHolding[];
  /** Frames that sharing between owners spares: as many more would be in use without it. */
  readonly saved: number;
}

/** Reads the ledger from the reference tables. Frames that other workers move meanwhile may be counted before or after. */
export function measureLedger(
  frames: FrameTotals,
  owners: readonly Owner[],
  tableOf: (id: OwnerId) => ReferenceTable,
  tenantTableOf: (id: OwnerId) => ReferenceTable,
  holders: (frame: Frame) => number,
  tenants: (frame: Frame) => number,
): Ledger {
  const lines = hold(owners, frames.capacity, tableOf, holders);
  const tenantLines = hold(owners.filter((owner) => owner.tenant === owner.id), frames.capacity, tenantTableOf, tenants);
  return { frames, owners: lines, tenants: tenantLines, saved: lines.reduce((sum, line) => sum + line.saved, 0) };
}

function hold(owners: readonly Owner[], capacity: number, tableOf: (id: OwnerId) => ReferenceTable, holders: (frame: Frame) => number): OwnerHolding[] {
  const charged = new Uint8Array(capacity);
  return owners.map((owner) => {
    const line = { references: 0, private: 0, shared: 0, saved: 0 };
    tableOf(owner.id).each((frame, count) => {
      line.references += count;
      if (holders(frame) <= 1) line.private++;
      else {
        line.shared++;
        line.saved += charged[frame]!;
      }
      charged[frame] = 1;
    });
    return { ...owner, ...line };
  });
}
