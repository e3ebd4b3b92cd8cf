import type { Frame } from "./frame.ts";
import type { Owner, OwnerId } from "./owner.ts";

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

/**
 * What one owner, or one tenant with all its owners, references. The table of frames shared by content (kind `sharing`) is no user of its
 * frames: what it holds together with one other is that one's private, and what it holds alone is in use by nobody.
 */
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
  /** The machine as a whole. */
  readonly frames: FrameTotals;
  /** By owner, in order of number. */
  readonly owners: readonly OwnerHolding[];
  /** The same by tenant: sharing between the owners of one tenant does not show here. `references` counts owners' frames. */
  readonly tenants: readonly OwnerHolding[];
  /** Frames that sharing between owners spares: as many more would be in use without it. */
  readonly saved: number;
}

/** A reference table as the ledger reads it, while other workers go on. */
export interface StandingTable {
  each(visit: (frame: Frame, count: number) => void): void;
  /** Whether it is still its owner's: what was read of one that is not means nothing. */
  stands(): boolean;
}

/** Where the ledger reads. Tables are undefined where the owner is gone. */
export interface LedgerSource {
  table(owner: OwnerId): StandingTable | undefined;
  tenantTable(owner: OwnerId): StandingTable | undefined;
  /** Owners that hold a frame. */
  holders(frame: Frame): number;
  /** Tenants that hold a frame. */
  tenants(frame: Frame): number;
}

/** Reads the ledger from the reference tables. Frames that other workers move meanwhile may be counted before or after. */
export function measureLedger(frames: FrameTotals, owners: readonly Owner[], source: LedgerSource): Ledger {
  const lines = hold(owners, frames.capacity, source.table, source.holders);
  const tenantLines = hold(owners.filter((owner) => owner.tenant === owner.id), frames.capacity, source.tenantTable, source.tenants);
  return { frames, owners: lines, tenants: tenantLines, saved: lines.reduce((sum, line) => sum + line.saved, 0) };
}

function hold(owners: readonly Owner[], capacity: number, tableOf: (id: OwnerId) => StandingTable | undefined, holders: (frame: Frame) => number): OwnerHolding[] {
  const charged = new Uint8Array(capacity);
  const inTable = new Uint8Array(capacity);
  for (const { id, kind } of owners) if (kind === "sharing") tableOf(id)?.each((frame) => { inTable[frame] = 1; });
  return owners.flatMap((owner) => {
    const table = tableOf(owner.id);
    const held: number[] = [];
    let references = 0;
    table?.each((frame, count) => {
      held.push(frame);
      references += count;
    });
    if (!table?.stands()) return [];
    const line = { references, private: 0, shared: 0, saved: 0 };
    for (const frame of held) {
      if (owner.kind === "sharing") {
        if (holders(frame) <= 1) line.private++;
        else line.shared++;
        continue;
      }
      if (holders(frame) - inTable[frame]! <= 1) line.private++;
      else {
        line.shared++;
        line.saved += charged[frame]!;
      }
      charged[frame] = 1;
    }
    return [{ ...owner, ...line }];
  });
}
