import type { Cells } from "./cells.ts";
import type { MemoryViews } from "./linear-memory.ts";
import { MAX_OWNERS, OWNER, type PoolLayout } from "./pool-layout.ts";
import type { Frame } from "./frame.ts";

/** Number of an owner: an index of its record. Reused after the owner is gone. */
export type OwnerId = number;

/** Kinds of owners, in the order of their numbers in a record. */
export const OWNER_KINDS = ["engine", "vm", "kernel", "container", "cache", "sharing"] as const;

/**
 * What an owner is: `engine` the processor's own structures (TLBs, decoded code, tables), `vm` a virtual machine, `kernel` the shared
 * kernel's own memory, `container` what is charged to one container, `cache` file pages, `sharing` the table of immutable frames.
 */
export type OwnerKind = (typeof OWNER_KINDS)[number];

/** An owner as its record describes it. */
export interface Owner {
  /** Its number. */
  readonly id: OwnerId;
  /** For people. */
  readonly name: string;
  /** What it is. */
  readonly kind: OwnerKind;
  /** The tenant that it belongs to; its own `id` where it is a tenant itself. */
  readonly tenant: OwnerId;
}

/** Records of owners, in linear memory for all workers to read. */
export class OwnerRecords {
  readonly #views: MemoryViews;
  readonly #cells: Cells;
  readonly #base: number;

  constructor(views: MemoryViews, cells: Cells, layout: PoolLayout) {
    this.#views = views;
    this.#cells = cells;
    this.#base = layout.owners;
  }

  /** Claims a free record. Throws an Error when none is left. */
  claim(kind: OwnerKind): OwnerId {
    for (let id = 1; id < MAX_OWNERS; id++) {
      if (this.#cells.compareExchange(this.#views.i32, this.#word(id, OWNER.kind), 0, OWNER_KINDS.indexOf(kind) + 1) === 0) return id;
    }
    throw new Error(`The machine has ${MAX_OWNERS - 1} owners of memory already. End some virtual machines or containers first.`);
  }
  /** Fills a claimed record. */
  describe(id: OwnerId, name: string, tenant: OwnerId): void {
    const bytes = nameBytes(name);
    this.#cells.store(this.#views.i32, this.#word(id, OWNER.tenant), tenant);
    this.#cells.store(this.#views.i32, this.#word(id, OWNER.nameLength), bytes.length);
    this.#views.u8.set(bytes, this.#byte(id) + OWNER.name);
    const tallies = (this.#byte(id) + OWNER.tallies) >>> 3;
    this.#views.f64.fill(0, tallies, tallies + OWNER.tallyCount);
  }
  /** Takes a record's tables away: from here on the owner is not there. */
  hide(id: OwnerId): void {
    this.setTable(id, 0);
    this.setTenantTable(id, 0);
  }
  /** Frees a record. */
  free(id: OwnerId): void {
    this.hide(id);
    this.#cells.store(this.#views.i32, this.#word(id, OWNER.kind), 0);
  }
  /** The owner of a record, undefined where the record is free, or not yet described: the table is entered last and goes first. */
  get(id: OwnerId): Owner | undefined {
    if (id <= 0 || id >= MAX_OWNERS || this.table(id) === 0) return undefined;
    const kind = OWNER_KINDS[this.#cells.load(this.#views.i32, this.#word(id, OWNER.kind)) - 1];
    if (kind === undefined) return undefined;
    const length = this.#cells.load(this.#views.i32, this.#word(id, OWNER.nameLength));
    const at = this.#byte(id) + OWNER.name;
    let name = "";
    for (let i = 0; i < length; i++) name += String.fromCharCode(this.#views.u8[at + i]!);
    return { id, name: decodeURIComponent(escapeBytes(name)), kind, tenant: this.#cells.load(this.#views.i32, this.#word(id, OWNER.tenant)) };
  }
  /** The tenant of an owner, without reading the whole record. */
  tenant(id: OwnerId): OwnerId {
    return this.#cells.load(this.#views.i32, this.#word(id, OWNER.tenant));
  }
  /** Whether an owner holds structures of the engines. */
  isEngine(id: OwnerId): boolean {
    return this.#cells.load(this.#views.i32, this.#word(id, OWNER.kind)) === 1 + OWNER_KINDS.indexOf("engine");
  }
  /** All owners in order of number. */
  list(): Owner[] {
    const owners: Owner[] = [];
    for (let id = 1; id < MAX_OWNERS; id++) {
      const owner = this.get(id);
      if (owner) owners.push(owner);
    }
    return owners;
  }
  /** Directory of the owner's reference table; 0 = the owner is not there (any more). */
  table(id: OwnerId): Frame {
    return this.#cells.load(this.#views.i32, this.#word(id, OWNER.table));
  }
  setTable(id: OwnerId, directory: Frame): void {
    this.#cells.store(this.#views.i32, this.#word(id, OWNER.table), directory);
  }
  /** Directory of the table that counts a tenant's owners. */
  tenantTable(id: OwnerId): Frame {
    return this.#cells.load(this.#views.i32, this.#word(id, OWNER.tenantTable));
  }
  setTenantTable(id: OwnerId, directory: Frame): void {
    this.#cells.store(this.#views.i32, this.#word(id, OWNER.tenantTable), directory);
  }
  /** Index in the 64-bit float view of the owner's first tally. */
  tallies(id: OwnerId): number {
    return (this.#byte(id) + OWNER.tallies) >>> 3;
  }

  #byte(id: OwnerId): number {
    return this.#base + id * OWNER.bytes;
  }
  #word(id: OwnerId, word: number): number {
    return (this.#byte(id) >>> 2) + word;
  }
}

/** UTF-8 without TextEncoder, which is the platform's and not the language's; cut to the record between two characters. */
function nameBytes(name: string): number[] {
  const bytes: number[] = [];
  for (const character of name.toWellFormed()) {
    const encoded = encodeURIComponent(character);
    const own = encoded.startsWith("%") ? encoded.slice(1).split("%").map((hex) => Number.parseInt(hex, 16)) : [encoded.charCodeAt(0)];
    if (bytes.length + own.length > OWNER.nameBytes) break;
    bytes.push(...own);
  }
  return bytes;
}
function escapeBytes(bytes: string): string {
  return bytes.replace(/[^0-9A-Za-z]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
