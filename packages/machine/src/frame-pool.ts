import { cellsOf, type Cells } from "./cells.ts";
import { FRAME_BYTES, FRAME_SHIFT, NO_FRAME, type Frame } from "./frame.ts";
import { FRAME_CODE, FRAME_IMMUTABLE, FrameFlags } from "./frame-flags.ts";
import { FreeMap } from "./free-map.ts";
import { measureLedger, type Ledger, type StandingTable } from "./ledger.ts";
import type { LinearMemory } from "./linear-memory.ts";
import { OwnerRecords, type Owner, type OwnerId, type OwnerKind } from "./owner.ts";
import { HEADER, MAX_OWNERS, POOL_VERSION, poolLayout, type PoolLayout } from "./pool-layout.ts";
import { ReferenceTable, type TableFrames } from "./reference-table.ts";

/** In a chart of frames: bits of the owner's number. */
export const CHART_OWNER: number = 0x7ff;
/** In a chart of frames: one of the pool's own tables. */
export const CHART_TABLE: number = 0x4000;
/** In a chart of frames: more than one owner holds the frame. */
export const CHART_SHARED: number = 0x8000;

/** What is told that a tenant holds a frame no more from which its engines may have decoded code. */
export interface CodeOwner {
  /** The tenant's last reference to a frame flagged {@link FRAME_CODE} goes. */
  frameGone(frame: Frame): void;
}

/** The owner of a frame as it is created. */
export interface OwnerDescription {
  /** For people: shown in the ledger, cut to 44 bytes of UTF-8. */
  readonly name: string;
  /** What it is. */
  readonly kind: OwnerKind;
  /** The tenant it belongs to. Left out, the new owner is a tenant itself. */
  readonly tenant?: OwnerId;
}

/**
 * The frames of a machine: who references which, and which are free.
 *
 * Every worker has a FramePool over the same tables in linear memory; everything that two of them may touch at once is atomic. A frame
 * with more than one *tenant* is immutable; references of several owners within one tenant are that tenant's business. A worker that is
 * terminated in the middle of an operation can lose the frame it was about to hand over, never more, and never stops another worker.
 */
export class FramePool {
  /** Frames of the whole machine, those of the pool's tables among them. */
  readonly capacity: number;
  /** The flag byte of each frame. */
  readonly flags: FrameFlags;
  readonly #memory: LinearMemory;
  /** Frames whose last reference went here. */
  #freed = 0;
  readonly #cells: Cells;
  readonly #layout: PoolLayout;
  readonly #free: FreeMap;
  readonly #records: OwnerRecords;
  readonly #tables: (ReferenceTable | undefined)[] = [];
  readonly #tenantTables: (ReferenceTable | undefined)[] = [];
  readonly #codeOwners = new Map<OwnerId, CodeOwner>();
  readonly #tableFrames: TableFrames;

  private constructor(memory: LinearMemory, capacity: number) {
    const cells = (this.#cells = cellsOf(memory));
    this.#memory = memory;
    this.capacity = capacity;
    this.#layout = poolLayout(capacity);
    this.#free = new FreeMap(memory.views, cells, this.#layout, capacity);
    this.#records = new OwnerRecords(memory.views, cells, this.#layout);
    this.flags = new FrameFlags(memory.views, cells, this.#layout);
    this.#tableFrames = {
      take: () => {
        const frame = this.#take(this.capacity);
        if (frame !== NO_FRAME) this.#cells.add(this.#memory.views.i32, HEADER.tables, 1);
        return frame;
      },
      give: (frame) => {
        this.#cells.sub(this.#memory.views.i32, HEADER.tables, 1);
        this.#give(frame);
      },
      reach: (frame) => frame > 0 && frame < this.capacity && this.#memory.ensure((frame + 1) * FRAME_BYTES),
    };
  }

  /** Lays the pool's tables out in a fresh memory. `reserved` frames at the end are for owners of kind `engine` alone. */
  static create(memory: LinearMemory, capacity: number, reserved: number): FramePool {
    const pool = new FramePool(memory, capacity);
    const tables = pool.#layout.firstFrame;
    if (tables + reserved >= capacity) throw new Error(`A machine of ${capacity} frames has no room for guests: its own tables take ${tables} frames, engines ${reserved}. Ask for more memory.`);
    if (!memory.ensure(tables * FRAME_BYTES)) throw new Error(`The platform refused ${tables} frames for the machine's own tables. Ask for a smaller machine.`);
    const i32 = memory.views.i32;
    i32[HEADER.version] = POOL_VERSION;
    i32[HEADER.capacity] = capacity;
    i32[HEADER.reserved] = reserved;
    i32[HEADER.fresh] = tables;
    i32[HEADER.inUse] = tables;
    i32[HEADER.highWater] = tables;
    i32[HEADER.tables] = tables;
    return pool;
  }

  /** The pool that another worker has laid out in this memory. */
  static attach(memory: LinearMemory): FramePool {
    const version = Atomics.load(memory.views.i32, HEADER.version);
    if (version !== POOL_VERSION) throw new Error(`This memory holds a frame pool of version ${version}, this worker knows ${POOL_VERSION}. Load the same build in every worker.`);
    return new FramePool(memory, Atomics.load(memory.views.i32, HEADER.capacity));
  }

  /** A new owner of frames. Throws an Error when there are too many, no frame is left for its table, or its tenant is none. */
  createOwner(description: OwnerDescription): Owner {
    if (description.tenant !== undefined && this.#records.get(description.tenant)?.tenant !== description.tenant) throw new Error(`"${description.name}" is to belong to ${description.tenant}, which is no tenant (any more).`);
    const id = this.#records.claim(description.kind);
    const tenant = description.tenant ?? id;
    const directory = this.#tableFrames.take();
    const tenantDirectory = tenant === id ? this.#tableFrames.take() : NO_FRAME;
    if (directory === NO_FRAME || (tenant === id && tenantDirectory === NO_FRAME)) {
      for (const frame of [directory, tenantDirectory]) if (frame !== NO_FRAME) this.#tableFrames.give(frame);
      this.#records.free(id);
      throw new Error(`No frame is left for the table of "${description.name}": all ${this.capacity} frames of the machine are in use. End something, or give the machine more memory.`);
    }
    this.#records.describe(id, description.name, tenant);
    this.#records.setTenantTable(id, tenantDirectory);
    this.#records.setTable(id, directory);
    return this.#records.get(id)!;
  }
  /** The owner of a number, undefined where there is none (any more). */
  owner(id: OwnerId): Owner | undefined {
    return this.#records.get(id);
  }
  /** All owners in order of number. */
  owners(): Owner[] {
    return this.#records.list();
  }

  /**
   * Releases everything that an owner references and forgets it; a tenant must have no other owners left. By rule only the worker that
   * runs a tenant calls this, or whoever has ended that worker.
   */
  removeOwner(id: OwnerId): void {
    const owner = this.#records.get(id);
    if (!owner) return;
    if (this.#records.list().some((other) => other.tenant === id && other.id !== id)) throw new Error(`Tenant "${owner.name}" still has owners of memory. Remove those first.`);
    const table = this.#table(id);
    const held: number[] = [];
    table.each((frame, count) => { held.push(frame, count); });
    for (let i = 0; i < held.length; i += 2) {
      for (let n = held[i + 1]!; n > 0; n--) this.release(id, held[i]!);
    }
    const tenantTable = owner.tenant === id ? this.#tenantTable(id) : undefined;
    // Out of sight of the ledger before the frames are anybody else's.
    this.#records.hide(id);
    table.dispose();
    tenantTable?.dispose();
    this.#tables[id] = undefined;
    this.#tenantTables[id] = undefined;
    this.#codeOwners.delete(id);
    this.#records.free(id);
  }

  /** Names what is to hear that a tenant's frames with decoded code go. One for each tenant and worker. */
  watchCode(tenant: OwnerId, owner: CodeOwner): void {
    this.#codeOwners.set(tenant, owner);
  }

  /**
   * A zeroed frame with one reference, or NO_FRAME: never throws, for it is called where guests first touch memory. Freed frames are
   * reused before the memory grows.
   */
  allocate(owner: OwnerId): Frame {
    const frame = this.#take(this.#limit(owner));
    if (frame === NO_FRAME) return NO_FRAME;
    this.#cells.store(this.#memory.views.i32, this.#referenceWord(frame), 1);
    if (this.#enter(owner, frame)) return frame;
    this.#drop(frame);
    return NO_FRAME;
  }

  /** `count` neighbouring zeroed frames with one reference each: the first one, or NO_FRAME. */
  allocateRun(owner: OwnerId, count: number): Frame {
    if (count === 1) return this.allocate(owner);
    if (count < 1 || !this.#admit(count, this.#limit(owner))) return NO_FRAME;
    let first = this.#free.takeRun(count);
    if (first !== NO_FRAME) this.#clear(first, count);
    else first = this.#takeFresh(count);
    if (first === NO_FRAME) {
      this.#cells.sub(this.#memory.views.i32, HEADER.inUse, count);
      return NO_FRAME;
    }
    for (let n = 0; n < count; n++) {
      this.#cells.store(this.#memory.views.i32, this.#referenceWord(first + n), 1);
      if (this.#enter(owner, first + n)) continue;
      for (let done = 0; done < n; done++) this.release(owner, first + done);
      for (let rest = n; rest < count; rest++) this.#drop(first + rest);
      return NO_FRAME;
    }
    return first;
  }

  /**
   * One more reference to a frame that somebody holds. The caller holds it itself, or got it from a table of immutable frames that holds
   * it. When this gives the frame a second tenant it becomes immutable. False where no frame is left for the owner's table.
   */
  reference(owner: OwnerId, frame: Frame): boolean {
    this.#memory.ensure((frame + 1) * FRAME_BYTES);
    const before = this.#cells.add(this.#memory.views.i32, this.#referenceWord(frame), 1);
    if (before < 1) {
      this.#cells.sub(this.#memory.views.i32, this.#referenceWord(frame), 1);
      throw new Error(`Owner ${owner} references frame ${frame}, which nobody holds. This is a bug of the owner's memory map.`);
    }
    if (this.#enter(owner, frame)) return true;
    this.#cells.sub(this.#memory.views.i32, this.#referenceWord(frame), 1);
    return false;
  }

  /** Takes one of an owner's references back; with the last of all references the frame is free. */
  release(owner: OwnerId, frame: Frame): void {
    const before = this.#table(owner).subtract(frame);
    if (before === 0) throw new Error(`Owner ${owner} releases frame ${frame}, which it does not hold. This is a bug of the owner's memory map.`);
    if (before === 1) this.#leave(owner, frame);
    if (this.#cells.sub(this.#memory.views.i32, this.#referenceWord(frame), 1) === 1) this.#drop(frame);
  }
  /** One more reference to each of the first `count` frames of a list, as `reference` makes it. False where no frame is left for a table; then nothing has changed. */
  referenceAll(owner: OwnerId, frames: Int32Array, count: number): boolean {
    const table = this.#table(owner), references = this.#referenceWord(0);
    for (let n = 0; n < count; n++) {
      const frame = frames[n]!, word = table.word(frame), { i32 } = this.#memory.views;
      // What the owner holds already, as most of what a fork shares, is two counts.
      if (word >= 0 && this.#cells.load(i32, word) > 0) {
        this.#cells.add(i32, word, 1);
        this.#cells.add(i32, references + frame, 1);
      } else if (!this.reference(owner, frame)) {
        this.releaseAll(owner, frames, n);
        return false;
      }
    }
    return true;
  }
  /** Takes a reference back to each of the first `count` frames of a list. Returns how many of them are free now. */
  releaseAll(owner: OwnerId, frames: Int32Array, count: number): number {
    const before = this.#freed, table = this.#table(owner), references = this.#referenceWord(0);
    for (let n = 0; n < count; n++) {
      const frame = frames[n]!, word = table.word(frame), { i32 } = this.#memory.views;
      if (word >= 0 && this.#cells.load(i32, word) > 1) {
        this.#cells.sub(i32, word, 1);
        this.#cells.sub(i32, references + frame, 1);
      } else this.release(owner, frame);
    }
    return this.#freed - before;
  }
  /** Releases `count` neighbours. */
  releaseRun(owner: OwnerId, first: Frame, count: number): void {
    for (let n = 0; n < count; n++) this.release(owner, first + n);
  }

  /** References of all owners to a frame. */
  references(frame: Frame): number {
    return this.#cells.load(this.#memory.views.i32, this.#referenceWord(frame));
  }
  /** References of one owner to a frame. */
  referencesBy(owner: OwnerId, frame: Frame): number {
    return this.#table(owner).get(frame);
  }
  /** Owners that hold a frame. */
  holders(frame: Frame): number {
    return this.#cells.load(this.#memory.views.u16, (this.#layout.holders >>> 1) + frame);
  }
  /** Tenants that hold a frame. With more than one nobody may write it. */
  tenants(frame: Frame): number {
    return this.#cells.load(this.#memory.views.u16, (this.#layout.tenants >>> 1) + frame);
  }

  /** Who references what, read from the tables now. */
  ledger(): Ledger {
    this.#memory.refresh();
    const i32 = this.#memory.views.i32;
    const words = (word: number): number => this.#cells.load(i32, word);
    return measureLedger({
      capacity: this.capacity,
      reserved: words(HEADER.reserved),
      inUse: words(HEADER.inUse),
      free: words(HEADER.free),
      highWater: words(HEADER.highWater),
      tables: words(HEADER.tables),
      committed: Math.min(this.#memory.byteLength / FRAME_BYTES, this.capacity),
    }, this.#records.list(), {
      table: (id) => this.#standing(id, this.#records.table(id)),
      tenantTable: (id) => this.#standing(id, this.#records.tenantTable(id)),
      holders: (frame) => this.holders(frame),
      tenants: (frame) => this.tenants(frame),
    });
  }
  /**
   * The map of the machine as the ledger charges it: `into[frame]` becomes the number of the owner that pays for the frame, the lowest of those that hold it, with
   * {@link CHART_SHARED} where others hold it too; 0 where nobody does, {@link CHART_TABLE} for the pool's own tables at the start. Frames that other workers move meanwhile may be seen before or after.
   */
  chart(into: Uint16Array): void {
    this.#memory.refresh();
    into.fill(0);
    into.fill(CHART_TABLE, 0, this.#layout.firstFrame);
    // From the highest number down, and the table of shared frames before all: whoever comes last pays.
    const owners = this.#records.list(), sharing = new Set(owners.filter((o) => o.kind === "sharing").map((o) => o.id));
    for (const { id } of owners.toSorted((a, b) => Number(sharing.has(b.id)) - Number(sharing.has(a.id)) || b.id - a.id)) {
      this.#standing(id, this.#records.table(id))?.each((frame) => {
        const before = into[frame]!, held = before !== 0 && !sharing.has(before & CHART_OWNER);
        into[frame] = id | (held ? CHART_SHARED : before & CHART_SHARED);
      });
    }
  }
  /** Index in the 64-bit float view of an owner's first tally. */
  talliesOf(owner: OwnerId): number {
    return this.#records.tallies(owner);
  }

  #limit(owner: OwnerId): number {
    return this.#records.isEngine(owner) ? this.capacity : this.capacity - this.#cells.load(this.#memory.views.i32, HEADER.reserved);
  }
  #take(limit: number): Frame {
    if (!this.#admit(1, limit)) return NO_FRAME;
    const freed = this.#free.take();
    if (freed !== NO_FRAME) {
      this.#clear(freed, 1);
      return freed;
    }
    const fresh = this.#takeFresh(1);
    if (fresh === NO_FRAME) this.#cells.sub(this.#memory.views.i32, HEADER.inUse, 1);
    return fresh;
  }
  /** Zeroes frames, which another worker may have brought into being. */
  #clear(first: Frame, count: number): void {
    this.#memory.ensure((first + count) * FRAME_BYTES);
    this.#memory.views.u8.fill(0, first * FRAME_BYTES, (first + count) * FRAME_BYTES);
  }
  /** Counts `count` frames as used if `limit` allows: from here on they are certain, only which ones is open. */
  #admit(count: number, limit: number): boolean {
    const i32 = this.#memory.views.i32;
    const inUse = this.#cells.add(i32, HEADER.inUse, count) + count;
    if (inUse > limit) {
      this.#cells.sub(i32, HEADER.inUse, count);
      return false;
    }
    for (let high = this.#cells.load(i32, HEADER.highWater); high < inUse; ) {
      const seen = this.#cells.compareExchange(i32, HEADER.highWater, high, inUse);
      if (seen === high) break;
      high = seen;
    }
    return true;
  }
  #takeFresh(count: number): Frame {
    for (;;) {
      const first = this.#cells.load(this.#memory.views.i32, HEADER.fresh);
      if (first + count > this.capacity || !this.#memory.ensure((first + count) * FRAME_BYTES)) return NO_FRAME;
      if (this.#cells.compareExchange(this.#memory.views.i32, HEADER.fresh, first, first + count) === first) return first;
    }
  }
  #drop(frame: Frame): void {
    this.#freed++;
    this.#cells.store(this.#memory.views.i32, this.#referenceWord(frame), 0);
    this.flags.clear(frame, 0xff);
    this.#give(frame);
  }
  /** The bit before the count: whoever is admitted afterwards finds it. */
  #give(frame: Frame): void {
    this.#free.put(frame);
    this.#cells.sub(this.#memory.views.i32, HEADER.inUse, 1);
  }

  /** Enters a reference in the tables of owner and tenant. False where a table could not grow; then nothing has changed. */
  #enter(owner: OwnerId, frame: Frame): boolean {
    const table = this.#table(owner);
    const before = table.add(frame);
    if (before < 0) return false;
    if (before > 0) return true;
    const tenant = this.#tenantTable(this.#tenantOf(owner)).add(frame);
    if (tenant < 0) {
      table.subtract(frame);
      return false;
    }
    this.#cells.add(this.#memory.views.u16, (this.#layout.holders >>> 1) + frame, 1);
    if (tenant > 0) return true;
    if (this.#cells.add(this.#memory.views.u16, (this.#layout.tenants >>> 1) + frame, 1) > 0) this.flags.set(frame, FRAME_IMMUTABLE);
    return true;
  }
  #leave(owner: OwnerId, frame: Frame): void {
    this.#cells.sub(this.#memory.views.u16, (this.#layout.holders >>> 1) + frame, 1);
    const tenant = this.#tenantOf(owner);
    if (this.#tenantTable(tenant).subtract(frame) !== 1) return;
    if (this.flags.get(frame) & FRAME_CODE) this.#codeOwners.get(tenant)?.frameGone(frame);
    const left = this.#cells.sub(this.#memory.views.u16, (this.#layout.tenants >>> 1) + frame, 1) - 1;
    if (left !== 1) return;
    this.flags.clear(frame, FRAME_IMMUTABLE);
    // Another worker may have given the frame a second tenant between the count and the flag.
    if (this.tenants(frame) > 1) this.flags.set(frame, FRAME_IMMUTABLE);
  }

  #referenceWord(frame: Frame): number {
    return (this.#layout.references >>> 2) + frame;
  }
  #tenantOf(owner: OwnerId): OwnerId {
    return this.#records.tenant(owner);
  }
  #table(owner: OwnerId): ReferenceTable {
    const directory = this.#records.table(owner);
    if (directory === NO_FRAME || owner <= 0 || owner >= MAX_OWNERS) throw new Error(`There is no owner ${owner} of memory (any more).`);
    return this.#cached(this.#tables, owner, directory);
  }
  #tenantTable(owner: OwnerId): ReferenceTable {
    return this.#cached(this.#tenantTables, owner, this.#records.tenantTable(owner));
  }
  /** A table for reading, of an owner that another worker may remove at any moment. */
  #standing(owner: OwnerId, directory: Frame): StandingTable | undefined {
    if (directory === NO_FRAME) return undefined;
    const table = new ReferenceTable(this.#memory.views, this.#cells, this.#tableFrames, directory);
    return { each: (visit) => table.each(visit), stands: () => this.#records.table(owner) === directory || this.#records.tenantTable(owner) === directory };
  }
  #cached(tables: (ReferenceTable | undefined)[], owner: OwnerId, directory: Frame): ReferenceTable {
    const known = tables[owner];
    if (known?.directory === directory) return known;
    return (tables[owner] = new ReferenceTable(this.#memory.views, this.#cells, this.#tableFrames, directory));
  }
}

/** Linear address of a frame's first byte, an unsigned 32-bit number. */
export function addressOf(frame: Frame): number {
  return frame * FRAME_BYTES;
}
/** The frame of a linear address. */
export function frameOf(address: number): Frame {
  return address >>> FRAME_SHIFT;
}
